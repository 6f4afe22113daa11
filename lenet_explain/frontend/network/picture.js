// A drawn, sampled, uploaded or linked digit: one raster for all of them, and the paper's preparation of it.
// Arithmetic only, no page. A place is {x, y}, x to the right and y down; pixel i spans i to i + 1.
import { withUsualStrokes } from "./strokes.js";

/** Side of the raw raster: four of its pixels are one of MNIST's 28. */
export const RAW = 112;

/** Full ink; 0 is paper. */
export const LEVELS = 15;

const BYTE = 255;
const NEARLY = 1.1; // pixels; MNIST's own digits are centred on pixel 14, half a pixel from the middle, 13.5

/** Half goes to the even neighbour, as NumPy rounds. */
function nearestEven(value) {
  const [below, over] = [Math.floor(value), value - Math.floor(value)];
  return over > 0.5 || (over === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** Distance from a place to the segment that starts at `from` and goes along (dx, dy). */
function segmentDistance(x, y, from, dx, dy) {
  const length = dx * dx + dy * dy;
  const along = length ? Math.min(1, Math.max(0, ((x - from.x) * dx + (y - from.y) * dy) / length)) : 0;
  return Math.hypot(x - from.x - along * dx, y - from.y - along * dy);
}

/**
 * Paints a segment with round ends and soft edges, in place. Ink 1 to 15 only darkens, ink 0 only erases.
 * @param {Uint8Array} raster levels, row by row, `across` in a row
 * @param {{x: number, y: number}} from @param {{x: number, y: number}} to in pixels of the raster
 */
export function stroke(raster, from, to, width, ink, across = RAW) {
  const [dx, dy, reach, down] = [to.x - from.x, to.y - from.y, width / 2 + 0.5, raster.length / across];
  const first = (one, other) => Math.max(0, Math.floor(Math.min(one, other) - reach));
  const last = (one, other, side) => Math.min(side - 1, Math.ceil(Math.max(one, other) + reach));
  for (let y = first(from.y, to.y); y <= last(from.y, to.y, down); y += 1) {
    for (let x = first(from.x, to.x); x <= last(from.x, to.x, across); x += 1) {
      const covered = Math.min(1, reach - segmentDistance(x + 0.5, y + 0.5, from, dx, dy));
      if (!(covered > 0)) continue; // also where a place is not a number
      const here = y * across + x;
      const painted = Math.round(ink ? ink * covered : LEVELS * (1 - covered));
      raster[here] = ink ? Math.max(raster[here], painted) : Math.min(raster[here], painted);
    }
  }
}

/** @param {ArrayLike<number>} bytes 28 × 28, 0 (paper) to 255 (ink) @returns {Uint8Array} a raster, 4 × 4 for each */
export function fromImage(bytes) {
  const at = (index) => Math.floor(index / RAW / 4) * 28 + Math.floor((index % RAW) / 4);
  return Uint8Array.from({ length: RAW * RAW }, (_, index) => Math.round((bytes[at(index)] * LEVELS) / BYTE));
}

/** The rectangle {left, top, width, height} of the values above `least`; null where there is none. */
export function bounds(values, width, least = 0) {
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  for (let index = 0; index < values.length; index += 1) {
    if (!(values[index] > least)) continue;
    const [x, y] = [index % width, Math.floor(index / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y)];
  }
  return right < 0 ? null : { left, top, width: right - left + 1, height: bottom - top + 1 };
}

/** Centre of mass in pixels, counted from the middle of the first; null where there is no ink. */
export function mass(values, width) {
  let [sum, x, y] = [0, 0, 0];
  for (let index = 0; index < values.length; index += 1) {
    sum += values[index];
    x += values[index] * (index % width);
    y += values[index] * Math.floor(index / width);
  }
  return sum ? { x: x / sum, y: y / sum } : null;
}

/** For each of `to` pixels along one side, what it takes of `from`: by area when shrinking, else bilinear. */
function shares(from, to) {
  const step = from / to;
  return Array.from({ length: to }, (_, place) => {
    if (step < 1) {
      const middle = Math.min(from - 1, Math.max(0, (place + 0.5) * step - 0.5));
      const first = Math.min(Math.floor(middle), Math.max(0, from - 2));
      return { first, parts: [1 - (middle - first), middle - first].slice(0, from) };
    }
    const [start, end, first] = [place * step, (place + 1) * step, Math.floor(place * step)];
    const part = (at) => (Math.min(at + 1, end) - Math.max(at, start)) / step;
    const length = Math.min(from, Math.ceil(end)) - first;
    return { first, parts: Array.from({ length }, (_, at) => part(first + at)) };
  });
}

/** Sum of parts of `values`, from `start` on and every `stride`. */
function weighed(values, start, stride, parts) {
  let sum = 0;
  for (let at = 0; at < parts.length; at += 1) sum += parts[at] * values[start + at * stride];
  return sum;
}

/** `area` of a raster in width × height, 0 to 1 in steps of 1/255, as MNIST keeps its grey. */
function resampled({ raster, across }, area, width, height) {
  const rows = new Float64Array(area.height * width);
  shares(area.width, width).forEach(({ first, parts }, x) => {
    const from = area.top * across + area.left + first;
    for (let y = 0; y < area.height; y += 1) rows[y * width + x] = weighed(raster, from + y * across, 1, parts);
  });
  const values = new Float32Array(width * height);
  shares(area.height, height).forEach(({ first, parts }, y) => {
    for (let x = 0; x < width; x += 1) {
      const level = weighed(rows, first * width + x, width, parts);
      values[y * width + x] = nearestEven((level / LEVELS) * BYTE) / BYTE;
    }
  });
  return { width, height, values };
}

/** The ink's rectangle, its aspect kept, the longer side of `box` pixels. */
function scaledTo(drawing, crop, box) {
  const size = (length) => Math.max(1, Math.round((length * box) / Math.max(crop.width, crop.height)));
  return resampled(drawing, crop, size(crop.width), size(crop.height));
}

/** Where the crop lies already, if it is in whole pixels of the field, scaled, and nearly centred; else null. */
function placedAlready(field, crop, scaled, centre) {
  const cell = RAW / field;
  const place = { left: crop.left / cell, top: crop.top / cell };
  const whole = Number.isInteger(place.left) && Number.isInteger(place.top);
  if (!whole || scaled.width * cell !== crop.width || scaled.height * cell !== crop.height) return null;
  const off = [place.left + centre.x, place.top + centre.y].map((at) => Math.abs(at - (field - 1) / 2));
  return Math.max(...off) <= NEARLY ? place : null;
}

/**
 * The offset that brings the centre of mass nearest to the field's middle, by the rule of `centred` in datasets.py.
 * @param {Object | null} drawn the crop in pixels of the raster; null where strokes were widened, which moves the edges
 */
function placedIn(field, drawn, scaled, centre) {
  const offset = (at, size) => Math.min(field - size, Math.max(0, nearestEven((field - 1) / 2 - at)));
  const placed = { left: offset(centre.x, scaled.width), top: offset(centre.y, scaled.height) };
  return (drawn && placedAlready(field, drawn, scaled, centre)) ?? placed;
}

/** `picture`, values of width × height, laid on paper of side × side. */
function laid(picture, place, side) {
  const paper = new Float32Array(side * side);
  for (let y = 0; y < picture.height; y += 1) {
    const from = y * picture.width;
    paper.set(picture.values.subarray(from, from + picture.width), (place.top + y) * side + place.left);
  }
  return paper;
}

/**
 * The paper's preparation (1998, III.A), stage by stage, after thin strokes were made as wide as MNIST's, which the paper
 * has no need of; a stage there is nothing for is null.
 * Not normalised, the raster only shrinks to the input: strokes as they are, no crop, no field, no border.
 * @param {{box?: number, field?: number, side?: number, background?: number, ink?: number, normalise?: boolean}} [options]
 *   sides in pixels, box ≤ field ≤ side; the network's values of paper and of full ink
 * @returns {{raw: Uint8Array, crop: Object | null, strokes: Object | null, scaled: Object | null, mass: Object | null, placed: Object | null,
 *   field: Float32Array | null, input: Float32Array}}
 *   crop in pixels of the raster, strokes as `withUsualStrokes` says with their own crop, mass in pixels of `scaled`, placed
 *   in pixels of the field; values 0 to 1 but `input`
 */
export function prepare(raster, options) {
  const { box = 20, field: fieldSide = 28, side = 28, background = 0, ink = 1, normalise = true } = options ?? {};
  const inked = (values) => values.map((value) => background + (ink - background) * value);
  const none = { raw: raster, crop: null, strokes: null, scaled: null, mass: null, placed: null, field: null };
  if (!normalise) {
    const whole = resampled({ raster, across: RAW }, { left: 0, top: 0, width: RAW, height: RAW }, side, side);
    return { ...none, input: inked(whole.values) };
  }
  const crop = bounds(raster, RAW);
  if (!crop) return { ...none, field: new Float32Array(fieldSide ** 2), input: inked(new Float32Array(side ** 2)) };
  const strokes = strokesIn(raster, crop);
  const scaled = scaledTo(strokes, strokes.crop, box);
  const centre = mass(scaled.values, scaled.width);
  const placed = placedIn(fieldSide, strokes.radius ? null : crop, scaled, centre);
  const field = laid(scaled, placed, fieldSide);
  const border = (side - fieldSide) / 2;
  const input = laid({ width: fieldSide, height: fieldSide, values: field }, { left: border, top: border }, side);
  return { raw: raster, crop, strokes, scaled, mass: centre, placed, field, input: inked(input) };
}

/** The drawing with strokes that are not thin, and the rectangle that its ink fills then. */
function strokesIn(raster, crop) {
  const found = withUsualStrokes(raster, RAW, crop, LEVELS);
  return { ...found, crop: found.radius ? bounds(found.raster, found.across) : crop };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"; // safe in an address
const CONTEXTS = 938;
const LONGEST_TEXT = 20000; // letters, more than twice what pure noise takes

/**
 * Goes through the raster and lets `code(context, bit)` write each bit, or say it when `bit` is not known yet.
 * A level mostly equals the one above it; else it is paper, full ink or, on an edge, one of four bits.
 */
function codeLevels(raster, code) {
  const kind = (level) => (level === 0 ? 0 : level === LEVELS ? 2 : 1);
  const at = (here, back) => (here >= back ? raster[here - back] : 0);
  for (let here = 0; here < RAW * RAW; here += 1) {
    const level = raster[here];
    const [left, above, corner, right] = [at(here, 1), at(here, RAW), at(here, RAW + 1), at(here, RAW - 1)];
    const around = kind(left) + 3 * kind(above) + 9 * kind(corner) + 27 * kind(right);
    const like = (left === corner ? 1 : 0) + (above === at(here, 2 * RAW) ? 2 : 0) + (left === above ? 4 : 0);
    let found = code(around * 8 + like, level === above) ? above : -1;
    if (found < 0 && code(648 + around, level === 0)) found = 0;
    if (found < 0 && code(729 + around, level === LEVELS)) found = LEVELS;
    if (found < 0) {
      const edge = 810 + ((left + above) >> 2) * 16;
      found = 1;
      for (let bit = 3; bit >= 0; bit -= 1) found = found * 2 + Number(code(edge + found, ((level >> bit) & 1) === 1));
    }
    raster[here] = found & 15;
  }
}

/** A binary arithmetic coder on 30 bits: `take(split)` chooses the bit, `shift()` tells when six bits are settled. */
function coder(take, shift) {
  const chance = new Float64Array(CONTEXTS).fill(0.5); // how likely a bit is 1, learned as it goes
  const seen = new Uint8Array(CONTEXTS);
  let [low, high] = [0, 2 ** 30 - 1];
  const code = (context, wanted) => {
    const split = low + Math.floor((high - low) * chance[context]);
    const bit = take(split, wanted);
    if (bit) high = split;
    else low = split + 1;
    chance[context] += ((bit ? 0.9998 : 0.0002) - chance[context]) / (seen[context] + 1.6);
    seen[context] = Math.min(40, seen[context] + 1);
    while (low >> 24 === high >> 24) {
      shift(low >> 24);
      [low, high] = [(low & 0xffffff) << 6, ((high & 0xffffff) << 6) | 63];
    }
    return bit;
  };
  return { code, last: () => (low >> 24) + 1 };
}

/** Four letters that differ for rasters that differ, all but surely. */
function checkLetters(raster) {
  let sum = 0x811c9dc5;
  for (const level of raster) sum = Math.imul(sum ^ level, 0x01000193);
  return [0, 6, 12, 18].map((place) => ALPHABET[(sum >>> place) & 63]).join("");
}

/** @param {Uint8Array} raster @returns {string} letters, digits, - and _; `decode` reads it back without loss */
export function encode(raster) {
  let body = "";
  const { code, last } = coder((_, wanted) => wanted, (six) => (body += ALPHABET[six]));
  codeLevels(raster.slice(), code);
  return "1" + checkLetters(raster) + body + ALPHABET[last()];
}

/** @returns {Uint8Array | null} the raster; null for whatever `encode` did not write */
export function decode(text) {
  if (typeof text !== "string" || text.length > LONGEST_TEXT || !/^1[\w-]{5,}$/.test(text)) return null;
  let next = 5;
  const letter = () => Math.max(0, ALPHABET.indexOf(text.charAt(next++) || "A"));
  let seen = 0; // thirty bits of the text
  const slide = () => (seen = ((seen & 0xffffff) << 6) | letter());
  for (let count = 0; count < 5; count += 1) slide();
  const raster = new Uint8Array(RAW * RAW);
  codeLevels(raster, coder((split) => seen <= split, slide).code);
  return encode(raster) === text ? raster : null;
}
