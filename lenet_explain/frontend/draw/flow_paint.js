// Paints the living network: every map of every layer, and what belongs to the unit that is opened.
import { sized, signedColours, inkColours, stamp } from "../page/dom.js";
import { fieldOf, unitsOver } from "../network/fields.js";
import { mapBox, windowBox } from "./flow_layout.js";
import { linksNow } from "../network/network.js";

const FONT = "16px";

/** The layer's numbers that are shown: its sums or its values; the input as ink. */
export function shownOf(now, at, sums) {
  if (at === 0) return now.space.input;
  const step = now.space.steps[at - 1];
  return sums ? step.sums : step.values;
}

/** The largest size that each layer has shown so far: its scale, which grows and does not flicker. */
export function grownLimits(limits, now, sums) {
  const own = (limits[`${now.network.key} ${sums}`] ??= []);
  now.space.steps.forEach((step, at) => {
    const { amplitude } = step.layer.activation;
    const bound = !sums && (amplitude ?? (["tanh", "sigmoid", "softmax"].includes(step.layer.activation.name) ? 1 : 0));
    own[at] = bound || Math.max(own[at] ?? 0, ...extremes(shownOf(now, at + 1, sums).data));
  });
  return own;
}

function extremes(data) {
  let size = 0;
  for (const value of data) if (Math.abs(value) > size) size = Math.abs(value);
  return [size];
}

/** What was painted last on each canvas of maps. */
const painted = new WeakMap();

/**
 * @param {HTMLCanvasElement} still what does not follow the pointer is painted here, once for each change
 * @param {{now, layout, limits: number[], sums: boolean, wires: boolean, chosen, palette}} scene
 */
export function paintFlow(canvas, still, scene) {
  const { layout } = scene;
  const context = sized(canvas, layout.width, layout.height);
  paintStill(still, scene, fontOf(context));
  context.drawImage(still, 0, 0, layout.width, layout.height);
  if (scene.wires) wires(context, scene);
  if (scene.chosen?.index >= 0) opened(context, scene);
  else if (scene.chosen) reached(context, scene);
}

function paintStill(canvas, scene, font) {
  const { now, layout, sums, palette } = scene;
  const ratio = window.devicePixelRatio || 1;
  const key = [now, layout, sums, palette, scene.limits.join(), ratio, font];
  if (painted.get(canvas)?.every((one, at) => one === key[at])) return;
  painted.set(canvas, key);
  const context = sized(canvas, layout.width, layout.height);
  layout.layers.forEach((layer, at) => {
    words(context, scene, layer, at, font);
    maps(context, scene, layer, at, font);
  });
}

function words(context, { layout, limits, palette, now }, layer, at, font) {
  const shape = `${layer.maps}@${layer.height}×${layer.width}`;
  context.fillStyle = palette.text;
  context.textBaseline = "top";
  const scale = at ? `±${limits[at - 1] >= 100 ? limits[at - 1].toFixed(0) : limits[at - 1].toPrecision(2)}` : "";
  if (layout.upright) {
    context.textAlign = "left";
    context.font = `600 ${FONT} ${font}`;
    context.fillText(layer.name, 0, layer.y - 22);
    const wide = context.measureText(layer.name).width;
    context.font = `${FONT} ${font}`;
    context.fillStyle = palette.quiet;
    context.fillText(`${shape}  ${scale}`, wide + 8, layer.y - 22);
    return;
  }
  const middle = layer.column.x + layer.column.width / 2;
  context.textAlign = "center";
  context.font = `600 ${FONT} ${font}`;
  context.fillText(layer.name, middle, 0);
  context.font = `${FONT} ${font}`;
  context.fillStyle = palette.quiet;
  context.fillText(shape, middle, 20);
  context.fillText(at ? scale : `${now.network.pixels.background}…${now.network.pixels.ink}`.replace("-", "−"), middle, layout.height - 18);
}

const fontOf = (context) => getComputedStyle(context.canvas).fontFamily;

function maps(context, { now, limits, sums, palette }, layer, at, font) {
  const { data } = shownOf(now, at, sums);
  const { background, ink } = now.network.pixels;
  const shade = inkColours(palette);
  const colourOf = at ? signedColours(palette, limits[at - 1]) : (value) => shade((value - background) / (ink - background));
  if (layer.lone) {
    const [width, height] = [layer.across, layer.down];
    const filled = data.length === width * height ? data : [...data, ...Array(width * height - data.length).fill(0)];
    stamp(context, filled, width, height, { x: layer.x, y: layer.y, width: layer.wide, height: layer.high }, colourOf);
  } else {
    const area = layer.height * layer.width;
    for (let map = 0; map < layer.maps; map += 1) {
      stamp(context, data.subarray(map * area, (map + 1) * area), layer.width, layer.height, mapBox(layer, map), colourOf);
    }
  }
  if (at === now.space.steps.length) answerMarks(context, now, layer, palette, font);
}

/** The digit beside each answer, the one that wins in bold with a mark. */
function answerMarks(context, { reading }, layer, palette, font) {
  const column = layer.across === 1;
  context.textAlign = column ? "left" : "center";
  context.textBaseline = column ? "middle" : "top";
  for (let digit = 0; digit < layer.maps; digit += 1) {
    const box = mapBox(layer, digit);
    const won = digit === reading.digit;
    context.fillStyle = won ? palette.accent : palette.text;
    context.font = `${won ? 700 : 400} ${column ? 18 : 16}px ${font}`;
    if (column) context.fillText(won ? `${digit} ◀` : String(digit), box.x + box.width + 6, box.y + box.height / 2);
    else context.fillText(won ? `▲${digit}` : String(digit), box.x + box.width / 2, box.y + box.height + 2);
  }
}

/** A frame that stands out from whatever lies under it: a line of the background on both sides of its own. */
function outlined(context, { x, y, width, height }, wide, palette) {
  context.save();
  context.strokeStyle = palette.background;
  context.lineWidth = wide + 3;
  context.setLineDash([]);
  context.strokeRect(x, y, width, height);
  context.restore();
  context.lineWidth = wide;
  context.strokeRect(x, y, width, height);
}

const middleOf = ({ x, y, width, height }) => [x + width / 2, y + height / 2];

function line(context, one, other) {
  context.beginPath();
  context.moveTo(...one);
  context.lineTo(...other);
  context.stroke();
}

/** Which maps of the layer before a map reads. */
function readsOf({ layer, before }, map) {
  if (layer.kind === "convolution") {
    const linked = linksNow(layer);
    return Array.from({ length: before.maps }, (_, input) => input).filter((input) => linked[map * before.maps + input]);
  }
  const whole = layer.kind === "dense" || layer.kind === "radial basis";
  return whole ? Array.from({ length: before.maps }, (_, input) => input) : [map];
}

/** A thin line from each map to each that reads it; of one layer only where a unit of it is opened. */
function wires(context, { now, layout, chosen, palette }) {
  context.save();
  context.strokeStyle = palette.quiet;
  now.space.steps.forEach((step, at) => {
    const opened = chosen?.index === at;
    context.globalAlpha = opened ? 0.5 : 0.12;
    const [from, to] = [layout.layers[at], layout.layers[at + 1]];
    const ends = step.layer.maps > 20 ? (opened ? [chosen.map] : []) : Array.from({ length: step.layer.maps }, (_, map) => map);
    for (const map of ends) {
      for (const input of readsOf(step, map)) {
        const [one, other] = [mapBox(from, input), mapBox(to, map)];
        line(context, [one.x + one.width, one.y + one.height / 2], [other.x, other.y + other.height / 2]);
      }
    }
  });
  context.restore();
}

/** The opened unit, its window in every map that it reads, and its field on the input, the rest of which goes dim. */
function opened(context, { now, layout, chosen, palette }) {
  const { index, map, y, x } = chosen;
  const step = now.space.steps[index];
  const { height, width, stride, padding } = step.layer.window;
  const reads = readsOf(step, map);
  dimOthers(context, layout.layers[index], new Set(reads), palette);
  context.strokeStyle = palette.accent;
  const unit = windowBox(layout.layers[index + 1], map, { top: y, left: x, height: 1, width: 1 });
  const frame = { top: y * stride - padding, left: x * stride - padding, height, width };
  const inside = cutTo(frame, step.before);
  for (const input of reads) {
    const box = windowBox(layout.layers[index], input, inside);
    if (!layout.layers[index].lone) outlined(context, box, 2, palette);
    if (reads.length > 16) continue;
    context.globalAlpha = 0.6;
    context.lineWidth = 1.5;
    line(context, middleOf(box), middleOf(unit));
    context.globalAlpha = 1;
  }
  outlined(context, { x: unit.x - 1, y: unit.y - 1, width: unit.width + 2, height: unit.height + 2 }, 3, palette);
  if (index > 0) fieldOnInput(context, layout.layers[0], fieldOf(now.space, index, y, x), palette);
}

function cutTo({ top, left, height, width }, { height: rows, width: columns }) {
  const [first, from] = [Math.max(0, top), Math.max(0, left)];
  return { top: first, left: from, height: Math.min(rows, top + height) - first, width: Math.min(columns, left + width) - from };
}

function dimOthers(context, layer, reads, palette) {
  if (layer.lone || reads.size === layer.maps) return;
  context.globalAlpha = 0.8;
  context.fillStyle = palette.background;
  for (let map = 0; map < layer.maps; map += 1) {
    const box = mapBox(layer, map);
    if (!reads.has(map)) context.fillRect(box.x, box.y, box.width, box.height);
  }
  context.globalAlpha = 1;
}

function fieldOnInput(context, layer, field, palette) {
  const [whole, box] = [mapBox(layer, 0), windowBox(layer, 0, field)];
  context.save();
  context.globalAlpha = 0.7;
  context.fillStyle = palette.background;
  context.beginPath();
  context.rect(whole.x, whole.y, whole.width, whole.height);
  context.rect(box.x, box.y, box.width, box.height);
  context.fill("evenodd");
  context.restore();
  context.lineWidth = 2;
  context.setLineDash([5, 3]);
  context.strokeRect(box.x, box.y, box.width, box.height);
  context.setLineDash([]);
}

/** A pixel of the input, and all units that see it. */
function reached(context, { now, layout, chosen, palette }) {
  const { y, x } = chosen;
  context.strokeStyle = palette.accent;
  outlined(context, windowBox(layout.layers[0], 0, { top: y, left: x, height: 1, width: 1 }), 2, palette);
  unitsOver(now.space, { top: y, left: x, height: 1, width: 1 }).forEach((span, at) => {
    const layer = layout.layers[at + 1];
    if (span === null) return;
    const window = { top: span.top, left: span.left, height: span.bottom - span.top + 1, width: span.right - span.left + 1 };
    const boxes = layer.lone
      ? [{ x: layer.x, y: layer.y, width: layer.wide, height: layer.high }]
      : Array.from({ length: layer.maps }, (_, map) => windowBox(layer, map, window));
    for (const one of boxes) outlined(context, one, 2, palette);
  });
}
