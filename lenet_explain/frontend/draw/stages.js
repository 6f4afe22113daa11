// From the drawing to the input of a network: the paper's preparation as a row of small pictures with their numbers.
import { RAW, LEVELS } from "../network/picture.js";
import { THIN, USUAL } from "../network/strokes.js";
import { fitted, inkColours, made, sized, stamp } from "../page/dom.js";

const SIDE = 96; // CSS pixels of a picture
const FIELD = 28; // pixels along the field in which the paper centres a digit

const rounded = (value) => value.toFixed(1);

/** Five stages, always, so that nothing jumps: name, {width, height, values 0 to 1, box?}, and the numbers in words. */
export function stagesOf({ network, prepared, pixels }) {
  const { background, ink } = network.pixels;
  const { height: side } = network.input;
  const shade = (values) => Array.from(values, (value) => (value - background) / (ink - background));
  const fed = { name: "input", width: side, height: side, values: shade(pixels) };
  const last = `${side}×${side}, paper ${background}, ink ${ink}`.replaceAll("-", "−");
  const raw = { name: "drawn", width: RAW, height: RAW, values: levels(prepared.raw) };
  const { crop, strokes, scaled, mass, placed, field } = prepared;
  if (!crop) {
    const none = { width: FIELD, height: FIELD, values: new Float32Array(FIELD ** 2), words: field ? "nothing is drawn" : "skipped" };
    const fedWords = field ? last : `only made smaller: ${last}`;
    const skipped = ["strokes", "scaled", "centred"].map((name) => ({ name, ...none }));
    return [{ ...raw, words: `${RAW}×${RAW} px` }, ...skipped, { ...fed, words: fedWords }];
  }
  const middle = FIELD / 2 - 0.5;
  const off = { x: placed.left + mass.x - middle, y: placed.top + mass.y - middle };
  return [
    { ...raw, box: crop, words: `${RAW}×${RAW} px; ink ${crop.width} wide, ${crop.height} high` },
    { name: "strokes", width: strokes.across, height: strokes.raster.length / strokes.across, values: levels(strokes.raster), words: strokeWords(strokes, crop) },
    { name: "scaled", ...scaled, words: `cropped, longer side 20: ${scaled.width} wide, ${scaled.height} high` },
    {
      name: "centred", width: FIELD, height: FIELD, values: field, cross: true,
      words: `${FIELD}×${FIELD}, placed at column ${placed.left}, row ${placed.top}: mass ${rounded(Math.hypot(off.x, off.y))} px off the middle`,
    },
    { ...fed, words: last },
  ];
}

const levels = (raster) => Array.from(raster, (level) => level / LEVELS);

/** 'strokes 0.031 of the height, thickened to 0.105' */
export function strokeWords({ share, radius }, { width, height }) {
  const drawn = `strokes ${share.toFixed(3)} of the ${width > height ? "width" : "height"}`;
  return radius ? `${drawn}, thickened to ${USUAL}` : `${drawn}: left as they are, from ${THIN} on`;
}

/** Paints one picture as large as fits, its aspect kept. */
function paintStage(canvas, { width, height, values, box, cross }, palette) {
  const context = sized(canvas, SIDE, SIDE);
  const cell = SIDE / Math.max(width, height);
  const at = { x: (SIDE - width * cell) / 2, y: (SIDE - height * cell) / 2, width: width * cell, height: height * cell };
  stamp(context, values, width, height, at, inkColours(palette));
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  if (box) context.strokeRect(box.left * cell, box.top * cell, box.width * cell, box.height * cell);
  if (!cross) return;
  context.globalAlpha = 0.7;
  context.beginPath();
  for (const [x, y] of [[0, SIDE / 2], [SIDE, SIDE / 2]]) context.lineTo(x, y);
  context.moveTo(SIDE / 2, 0);
  context.lineTo(SIDE / 2, SIDE);
  context.stroke();
  context.globalAlpha = 1;
}

/** Draws the stages of what `worked` gives into `parent`, using the pictures again that are there. */
export function showStages(parent, now, palette) {
  const stages = stagesOf(now);
  const figures = fitted(parent, stages.length, () => {
    const canvas = made("canvas", "stage");
    canvas.setAttribute("role", "img");
    return made("figure", "", [canvas, made("figcaption", "", [made("b"), made("span")])]);
  });
  stages.forEach((stage, at) => {
    const [canvas, caption] = figures[at].children;
    paintStage(canvas, stage, palette);
    [caption.children[0].textContent, caption.children[1].textContent] = [stage.name, stage.words];
    canvas.setAttribute("aria-label", `${stage.name}: ${stage.words}`);
  });
}
