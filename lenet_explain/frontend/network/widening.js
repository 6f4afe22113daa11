// The input made wider: what every layer becomes, what that costs, and the wide raster that is drawn on.
// Arithmetic only, no page. Widths and places are in pixels of the input; the raster has FINE of its pixels in each.
import { sizeAfter } from "./network.js";
import { LEVELS, RAW, decode, encode } from "./picture.js";

export const WIDEST = 160;
export const STEP = 4; // pixels between two readings: two subsamplings by 2
export const FINE = 4; // pixels of the raster along one of the input
export const HIGH = 32; // pixels of the raster's height: what the highest network reads
export const ACROSS = WIDEST * FINE; // the raster is always this wide, so that what is cut off by the edge comes back
export const DOWN = HIGH * FINE;
const FIELD = 28; // side of a digit's picture, from which a raster is put together

export const emptyWide = () => new Uint8Array(ACROSS * DOWN);

/** The nearest width that the network can read, its own at least. */
export function widthInRange(wanted, own) {
  const steps = Math.round(((Number.isFinite(wanted) ? wanted : own) - own) / STEP);
  return Math.min(WIDEST, Math.max(own, own + steps * STEP));
}

/** Sizes of the input and of every layer for an input of this width: [{height, width}], the input first. */
export function sizesAt(network, width) {
  let before = { height: network.input.height, width };
  return [before, ...network.layers.map((layer) => (before = sizeAfter(layer, before)))];
}

/**
 * Every layer for its own input and for the wide one. A layer has the same connections at each of its places: hence
 * their number grows with the places, the parameters not at all.
 * @param {(layer: Object) => number} connectionsOf of a layer at its own size
 */
export function layersAt(network, width, connectionsOf = (layer) => layer.connections) {
  const sizes = sizesAt(network, width).slice(1);
  return network.layers.map((layer, at) => {
    const own = { height: layer.height, width: layer.width };
    const single = connectionsOf(layer);
    const places = sizes[at].height * sizes[at].width;
    return { name: layer.name, maps: layer.maps, own, size: sizes[at], single, connections: (single / (own.height * own.width)) * places };
  });
}

/** What one wide pass costs, and what it costs to run the network at each place: {places, single, wide, apart}. */
export function costAt(network, width, connectionsOf) {
  const layers = layersAt(network, width, connectionsOf);
  const last = layers[layers.length - 1].size;
  const places = last.height * last.width;
  const sum = (what) => layers.reduce((total, layer) => total + layer[what], 0);
  return { layers, places, single: sum("single"), wide: sum("connections"), apart: places * sum("single") };
}

/** Where each reading looks: {left, middle} in pixels of the input. */
export function windowsAt(network, width) {
  const own = network.input.width;
  const count = (width - own) / STEP + 1;
  return Array.from({ length: count }, (_, at) => ({ left: at * STEP, middle: at * STEP + own / 2 }));
}

/** The raster's left part as the network reads it, each pixel the mean of those that it covers. */
export function inputAt(raster, width, { input, pixels }) {
  const { height } = input;
  const top = (HIGH - height) / 2;
  const found = new Float32Array(height * width);
  const scale = (pixels.ink - pixels.background) / (LEVELS * FINE * FINE);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      let sum = 0;
      for (let row = 0; row < FINE; row += 1) {
        const from = ((y + top) * FINE + row) * ACROSS + x * FINE;
        for (let column = 0; column < FINE; column += 1) sum += raster[from + column];
      }
      found[y * width + x] = pixels.background + sum * scale;
    }
  }
  return found;
}

/** How much ink stands in the middle columns of each window, in pixels of full ink. */
export function inkInMiddle(input, width, { input: { height }, pixels: { background, ink } }, windows, columns = 8) {
  return windows.map(({ middle }) => {
    let sum = 0;
    for (let y = 0; y < height; y += 1) {
      for (let x = middle - columns / 2; x < middle + columns / 2; x += 1) {
        sum += (input[y * width + x] - background) / (ink - background);
      }
    }
    return sum;
  });
}

/** Puts a digit of 28 × 28 bytes onto the raster, its field's left edge at `left`; ink only darkens. In place. */
export function put(raster, bytes, left) {
  const top = (HIGH - FIELD) / 2;
  for (let y = 0; y < FIELD * FINE; y += 1) {
    for (let x = 0; x < FIELD * FINE; x += 1) {
      const column = Math.round(left * FINE) + x;
      if (column < 0 || column >= ACROSS) continue;
      const at = (top * FINE + y) * ACROSS + column;
      const level = Math.round((bytes[Math.floor(y / FINE) * FIELD + Math.floor(x / FINE)] * LEVELS) / 255);
      raster[at] = Math.max(raster[at], level);
    }
  }
}

/** How far apart so many digits stand, as far as there is room, and how wide an input holds them: {apart, width}. */
export function spread(count) {
  const apart = count > 1 ? Math.min(FIELD, Math.floor((WIDEST - FIELD) / (count - 1))) : FIELD;
  return { apart, width: widthInRange((count - 1) * apart + FIELD + 3 * STEP, HIGH) };
}

/** A row of digits, `apart` pixels from the middle of one to the next, in the middle of `width`. */
export function rowOf(pictures, apart, width) {
  const raster = emptyWide();
  const first = (width - (pictures.length - 1) * apart) / 2 - FIELD / 2;
  pictures.forEach((bytes, at) => put(raster, bytes, first + at * apart));
  return raster;
}

const HALF = WIDEST / 2; // a link keeps one level for each pixel of the input, in two halves, one below the other

/** Where a link keeps a pixel of the input: it has room for a raster of RAW × RAW. */
const placeInLink = (x, y) => (y + (x < HALF ? 0 : HIGH)) * RAW + (x % HALF);

/** '96.1AbC…': a width and what is drawn, at the resolution of the input. */
export function wideWords({ raster, width }) {
  const small = new Uint8Array(RAW * RAW);
  for (let y = 0; y < HIGH; y += 1) {
    for (let x = 0; x < WIDEST; x += 1) {
      let sum = 0;
      for (let at = 0; at < FINE * FINE; at += 1) sum += raster[(y * FINE + Math.floor(at / FINE)) * ACROSS + x * FINE + (at % FINE)];
      small[placeInLink(x, y)] = Math.round(sum / (FINE * FINE));
    }
  }
  return `${width}.${encode(small)}`;
}

/** @returns {null | {raster: Uint8Array, width: number}} null for whatever `wideWords` did not write */
export function wideFrom(words) {
  const [, width, drawn] = (words ?? "").match(/^(\d{2,3})\.([\w-]+)$/) ?? [];
  const small = width && Number(width) <= WIDEST ? decode(drawn) : null;
  if (!small) return null;
  const raster = emptyWide();
  raster.forEach((_, at) => {
    raster[at] = small[placeInLink(Math.floor((at % ACROSS) / FINE), Math.floor(at / ACROSS / FINE))];
  });
  return { raster, width: Number(width) };
}
