// Why a digit may be misread: what can be measured of it, beside what the networks have learned from.
// Arithmetic and words only, no page.
import { LEVELS } from "../network/picture.js";
import { THICK, THIN, USUAL } from "../network/strokes.js";

const USUAL_PARTS = 1; // of 99 % of MNIST's training digits
const BOX = 20; // pixels of the longer side of a digit as the networks read it
const PALE = 0.15; // of the contrast of black on white: below it, noise of paper and camera is as dark as ink
const SPECK = 0.02; // of all ink: smaller parts are not counted

/** How many parts the ink is in, corners touching, without specks. */
export function partsOf(raster, across) {
  const inked = Uint8Array.from(raster, (level) => (2 * level >= LEVELS ? 1 : 0));
  const steps = [-across - 1, -across, 1 - across, -1, 1, across - 1, across, across + 1];
  const sizes = [];
  for (let start = 0; start < inked.length; start += 1) {
    if (!inked[start]) continue;
    inked[start] = 0;
    const open = [start];
    let size = 0;
    while (open.length) {
      const at = open.pop();
      size += 1;
      for (const step of steps) {
        const next = at + step;
        if (!inked[next] || Math.abs((next % across) - (at % across)) > 1) continue;
        inked[next] = 0;
        open.push(next);
      }
    }
    sizes.push(size);
  }
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return sizes.filter((size) => size >= SPECK * all).length;
}

/**
 * How sure a network is of what it reads: {far, value}, the distance to the nearest glyph or the largest share.
 * @param {{far: boolean, values: number[]}} answers as `answersAt` gives them
 */
export const surenessOf = ({ far, values }) => ({ far, value: far ? Math.min(...values) : Math.max(...values) });

const percent = (share) => `${(100 * share).toFixed(0)}%`;

/**
 * Each measure as {name, found, usual, odd, mended}: odd is a sentence where the digit is unlike those that were learned,
 * else ""; mended: it is made as usual before it is read, as a photograph's thin strokes are, and no reason for doubt.
 * @param {{prepared: Object, read: {far: boolean, value: number, least: number, count: number}, measures: Object}} digit
 *   prepared: as `prepare` gives it; read: as `surenessOf` says, with the limit that each of `count` sample digits keeps;
 *   measures: what the picture's reader found: share, pixels, contrast
 */
export function measured({ prepared, read, measures }) {
  return [strokeMeasure(prepared), sizeMeasure(measures), partsMeasure(prepared), contrastMeasure(measures), sureMeasure(read)].filter(Boolean);
}

function strokeMeasure({ strokes, crop, raw }) {
  if (!strokes) return { name: "strokes", found: "not measured", usual: `${THIN} to ${THICK}`, odd: raw.some(Boolean) ? "Normalising is skipped: strokes and size reach the network as they are in the picture." : "" };
  const { share, radius } = strokes;
  const side = crop.width > crop.height ? "width" : "height";
  const words = `${share.toFixed(3)} of its ${side}`;
  const odd = radius
    ? `The strokes are thin, ${words}: they are thickened to ${USUAL}, where corners fill and small loops may close.`
    : share > THICK ? `The strokes are thick, ${words}: loops may be closed.` : "";
  return { name: "stroke width", found: words, usual: `${THIN} to ${THICK}, median ${USUAL}`, odd, mended: radius > 0 };
}

function sizeMeasure({ pixels, share }) {
  const high = Math.round(pixels);
  const odd = pixels < BOX ? `The digit is only ${high} pixels high in the picture, and the network reads it at ${BOX}: come nearer.` : "";
  return { name: "height in the picture", found: `${high} pixels, ${percent(share)} of the picture`, usual: `${BOX} pixels at least`, odd };
}

function partsMeasure({ strokes, raw }) {
  const { raster, across } = strokes ?? { raster: raw, across: Math.sqrt(raw.length) };
  const parts = partsOf(raster, across);
  const odd = parts > USUAL_PARTS ? `The digit is in ${parts} parts: the networks learned from digits that are almost all of one.` : "";
  return { name: "parts", found: String(parts), usual: "1", odd };
}

function contrastMeasure({ contrast }) {
  const odd = contrast < PALE ? `The ink is pale, ${percent(contrast)} of black on white: paper and camera leave marks as dark.` : "";
  return { name: "contrast", found: percent(contrast), usual: `${percent(PALE)} at least`, odd };
}

function sureMeasure({ far, value, least, count }) {
  if (far) {
    const odd = value > least ? `Its distance to the nearest glyph is ${value.toFixed(1)}: each of ${count} sample digits comes within ${least.toFixed(1)}.` : "";
    return { name: "distance to the nearest glyph", found: value.toFixed(1), usual: `within ${least.toFixed(1)} (${count} sample digits)`, odd };
  }
  const odd = value < least ? `The network gives its answer ${(100 * value).toFixed(1)}%: of each of ${count} sample digits it is surer, from ${(100 * least).toFixed(1)}% on.` : "";
  return { name: "share of the answer", found: `${(100 * value).toFixed(1)}%`, usual: `from ${(100 * least).toFixed(1)}% on (${count} sample digits)`, odd };
}
