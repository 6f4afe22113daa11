// What every layer makes of the wide input, as strips that lie under the paper: each unit below the pixels it looks at.
import { sized, signedColours, stamp } from "../page/dom.js";

const FLAT = 0.45; // rows are drawn lower than columns are wide, so that all layers fit on a screen
const GAP = 8;
const HEAD = 24; // for a layer's words
const GLYPH = { across: 7, down: 12 }; // how 84 units make a picture

/** Of every layer the middle of its first unit and the way to the next, in pixels of the input: [{first, jump}]. */
export function fieldsOf(network) {
  let [first, jump] = [0.5, 1];
  return network.layers.map(({ window: { width, stride, padding } }) => {
    first += ((width - 1) / 2 - padding) * jump;
    jump *= stride;
    return { first, jump };
  });
}

/** The strips, from top to bottom: [{step, words, left, wide, top, high, glyphs, rows}]. */
function laidOut({ network, space, width }, cell) {
  let top = 0;
  const fields = fieldsOf(network);
  return space.steps.flatMap((step, at) => {
    const { layer, values } = step;
    if (layer.kind === "batch normalisation") return [];
    const jump = fields[at].jump * cell;
    const lone = values.height === 1;
    const glyphs = lone && layer.maps === GLYPH.across * GLYPH.down;
    const rows = lone ? layer.maps : values.height;
    const high = glyphs ? (GLYPH.down / GLYPH.across) * (jump - 4) : lone ? (layer.maps <= 10 ? 90 : 48) : values.height * jump * FLAT;
    const size = (own) => `${layer.maps}@${own.height}×${own.width}`;
    const shown = glyphs ? "as pictures of 7×12" : lone ? (layer.maps <= 10 ? "share of each digit" : `a row for each of its ${layer.maps}`) : "map 0";
    const words = [`${layer.name} ${size(values)}`, width > network.input.width ? `was ${size(layer)}` : "", shown].filter(Boolean).join(" · ");
    const strip = { step, words, glyphs, rows, lone, top: top + HEAD, high, left: (fields[at].first - fields[at].jump / 2) * cell, wide: values.width * jump };
    top += HEAD + high + GAP;
    return [strip];
  });
}

function limitOf(values) {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function paintGlyphs(context, { step, left, top, wide, high }, colourOf) {
  const { maps, width, data } = step.values;
  const each = wide / width;
  for (let place = 0; place < width; place += 1) {
    const own = Float32Array.from({ length: maps }, (_, map) => data[map * width + place]);
    const box = { x: left + place * each + 2, y: top, width: each - 4, height: high };
    stamp(context, own, GLYPH.across, GLYPH.down, box, colourOf);
  }
}

/** Scores are told apart by how they lie at one place: the best is full, the others by their softmax. */
function shares({ values, sums }, distances) {
  if (!distances) return values.data;
  const { maps, width, data } = sums;
  return data.map((value, at) => {
    let sum = 0;
    for (let map = 0; map < maps; map += 1) sum += Math.exp(value - data[map * width + (at % width)]);
    return 1 / sum;
  });
}

/** Which digit the first and the last row stand for. */
function ends(context, { left, top, high, rows }, palette) {
  context.fillStyle = palette.quiet;
  context.fillText("0", left - 16, top + 13);
  context.fillText(String(rows - 1), left - 16, top + high - 2);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{found, room: number, cell: number, palette, family}} shown
 */
export function paintStrips(canvas, { found, room, cell, palette, family }) {
  const strips = laidOut(found, cell);
  const last = strips[strips.length - 1];
  const context = sized(canvas, room, last.top + last.high + 2);
  context.font = `16px ${family}`;
  for (const strip of strips) {
    const { step, left, top, wide, high, words, glyphs, rows } = strip;
    context.fillStyle = palette.text;
    context.fillText(words, 0, top - 7, room);
    const final = strip === last;
    const data = final ? shares(step, found.distances) : strip.lone ? step.values.data : step.values.data.subarray(0, rows * step.values.width);
    const colourOf = signedColours(palette, final ? 1 : limitOf(data));
    if (glyphs) paintGlyphs(context, strip, colourOf);
    else stamp(context, data, step.values.width, rows, { x: left, y: top, width: wide, height: high }, colourOf);
    context.strokeStyle = palette.quiet;
    context.globalAlpha = 0.5;
    context.strokeRect(left + 0.5, top + 0.5, wide - 1, high - 1);
    context.globalAlpha = 1;
    if (final) ends(context, strip, palette);
  }
  return strips.map(({ words }) => words).join("; ");
}
