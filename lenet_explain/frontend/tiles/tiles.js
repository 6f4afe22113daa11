// One layer's weights as tiles: draws what figures/tiles.py frames, and reads out the weight under the cursor.
import { unframe } from "../page/frame.js";
import { followMoments, momentOf } from "../page/moment.js";
import { arrange, cellAt, cellIndex, moved } from "./tile_layout.js";
import { prepare } from "./tile_colours.js";
import { paint, paintLoupe } from "./tile_paint.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const HINT = "Point at a weight or tap it; in the picture, arrow keys move on.";
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const LOUPE = 66; // CSS pixels, and a line of text below it
const LOUPE_LINE = 20;
const MARGIN = 3; // CSS pixels around everything, for the focus ring

/** 0.1316 → '+0.132'; a whole number stays whole; what is not finite is named. */
function signed(value) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "+infinity" : "−infinity";
  const size = Math.abs(value);
  if (size === 0) return "0";
  const digits = Number.isInteger(size) || size >= 1000 ? size.toPrecision(Math.max(1, String(size | 0).length)) : null;
  return (value < 0 ? "−" : "+") + (digits ?? (size < 0.001 ? size.toExponential(1) : size.toFixed(3)));
}

/** Fills {row}, {column}, {y}, {x} and {index}, the cell's place in its tile, into a sentence. */
function filled(sentence, meta, cell) {
  const words = {
    row: meta.rowLabels[cell.row],
    column: meta.columnLabels[cell.column],
    y: cell.y,
    x: cell.x,
    index: cell.y * meta.width + cell.x,
  };
  return sentence.replace(/\{(\w+)\}/g, (_, name) => words[name]);
}

function isAbsent(meta, cell) {
  return Boolean(meta.present) && !meta.present[cell.row * meta.columns + cell.column];
}

/** Where the cursor is and what it finds there: ['C3 map 4, …', 'now +0.132', …] */
function reading(view) {
  const { meta, values, cursor } = view;
  if (isAbsent(meta, cursor)) return [filled(meta.absent, meta, cursor)];
  const index = cellIndex(meta, cursor);
  const place = `${filled(meta.place, meta, cursor)}:`;
  if (values.length === 1) return [place, signed(values[0][index])];
  const [before, now] = values.map((array) => array[index]);
  const change = Number.isFinite(now - before) ? `change ${signed(now - before)}` : "";
  return [place, `now ${signed(now)}`, `before ${signed(before)}`, change].filter(Boolean);
}

/** @param {boolean} spoken whether a screen reader should hear it: not when only the data moved */
function readOut(view, spoken) {
  const [place, ...parts] = view.cursor ? reading(view) : [view.meta.titles.length ? HINT : ""];
  view.part.place.textContent = place;
  view.part.place.classList.toggle("quiet", !view.cursor);
  view.part.values.replaceChildren(
    ...parts.map((words, index) => {
      const span = document.createElement("span");
      span.textContent = words + (index < parts.length - 1 ? ", " : "");
      return span;
    }),
  );
  if (spoken) view.part.spoken.textContent = view.cursor ? [place, parts.join(", ")].join(" ") : "";
}

function labelWidth(view, context, ratio, size) {
  if (!view.meta.rowLabels.some(Boolean)) return Math.ceil(3 * ratio);
  context.font = `700 ${size}px ${view.family}`;
  return Math.ceil(Math.max(...view.meta.rowLabels.map((words) => context.measureText(words).width)) + 6 * ratio);
}

/** Lays the pictures out for the width there is; keeps the canvas and its size where nothing changed. */
function fit(view) {
  const { meta, part } = view;
  const width = part.root.clientWidth - 2 * MARGIN;
  const ratio = window.devicePixelRatio || 1;
  const size = Math.round((window.innerWidth >= 1024 ? 16 : 14) * ratio);
  const key = [meta.layer, meta.rows, meta.columns, meta.titles.length, width, ratio, size, view.family].join();
  if (key === view.fitted || !width) return;
  const left = labelWidth(view, part.picture.getContext("2d"), ratio, size);
  const maxHeight = Math.min(640, Math.max(500, 1.05 * width)) * ratio;
  const space = { width: Math.floor(width * ratio), maxHeight, ratio, font: size, left };
  view.layout = arrange(meta, meta.titles.length, space);
  view.fitted = key;
  const { picture, loupe } = part;
  picture.width = space.width;
  picture.height = view.layout.height;
  picture.style.width = `${space.width / ratio}px`;
  picture.style.height = `${view.layout.height / ratio}px`;
  const small = view.layout.cell < 7 * ratio && (meta.joined || meta.height * meta.width > 1);
  loupe.hidden = !small;
  loupe.height = Math.round((LOUPE + LOUPE_LINE) * ratio);
  loupe.width = Math.round((meta.titles.length * (LOUPE + 8) - 8) * ratio);
  loupe.style.width = `${loupe.width / ratio}px`;
  loupe.style.height = `${LOUPE + LOUPE_LINE}px`;
}

/** Draws at the next frame, once, however many reasons there were. */
function redraw(view, spoken = false) {
  view.spoken ||= spoken;
  view.pending ||= requestAnimationFrame(() => {
    view.pending = 0;
    if (!view.meta) return;
    if (view.meta.titles.length) draw(view);
    readOut(view, view.spoken);
    view.spoken = false;
  });
}

function draw(view) {
  view.family = getComputedStyle(view.part.root).fontFamily;
  fit(view);
  if (!view.layout) return;
  const { meta, layout, cursor, values, part } = view;
  const font = (scale, weight = 400) => `${weight} ${Math.round(layout.font * scale)}px ${view.family}`;
  const absent = cursor && isAbsent(meta, cursor);
  const { family, prepared } = view;
  const palette = meta.palette;
  const scene = { grid: meta, meta, layout, family, cursor, values, font, signed, absent, palette, ...prepared };
  paint(part.picture.getContext("2d"), scene);
  part.loupe.style.visibility = cursor ? "visible" : "hidden"; // its place stays, so that nothing jumps
  if (!part.loupe.hidden) paintLoupe(part.loupe.getContext("2d"), scene, Math.round(LOUPE * layout.ratio));
}

function moveTo(view, cell) {
  if (JSON.stringify(cell) === JSON.stringify(view.cursor)) return;
  view.cursor = cell;
  redraw(view, true);
}

function follow(view, event) {
  if (!view.layout) return;
  const edge = view.part.picture.getBoundingClientRect();
  const ratio = view.layout.ratio;
  moveTo(view, cellAt(view.layout, view.meta, (event.clientX - edge.x) * ratio, (event.clientY - edge.y) * ratio));
}

/** Arrow keys go from cell to cell, with Shift from tile to tile, as they do where nothing is drawn. */
export function pressed(view, event) {
  if (event.key === "Escape") {
    moveTo(view, null);
    view.part.picture.blur();
    return;
  }
  const arrow = ARROWS[event.key];
  if (!arrow || !view.layout) return;
  event.preventDefault();
  const { meta, cursor } = view;
  if (!cursor) return moveTo(view, { row: 0, column: 0, y: 0, x: 0 });
  const whole = event.shiftKey || isAbsent(meta, cursor); // by tile, not by cell
  const [down, right] = whole ? [arrow[0] * meta.height, arrow[1] * meta.width] : arrow;
  moveTo(view, moved(meta, cursor, down, right));
}

/** Sets the page up once: handlers are properties, so that nothing is added twice. */
function mount(parent) {
  const names = ["root", "caption", "picture", "legend", "low", "bar", "high", "readout", "loupe", "place", "values"];
  const part = Object.fromEntries([...names, "note", "spoken"].map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, meta: null, cursor: null, pending: 0, spoken: false };
  part.picture.onpointermove = (event) => follow(view, event);
  part.picture.onpointerdown = (event) => follow(view, event);
  part.picture.onpointerleave = (event) => event.pointerType === "mouse" && moveTo(view, null);
  part.picture.onkeydown = (event) => pressed(view, event);
  view.observer = new ResizeObserver(() => redraw(view));
  view.observer.observe(part.root);
  view.leave = followMoments(() => view.meta?.moments?.name, () => show(view));
  views.set(parent, view);
  return view;
}

function describe({ part, meta }) {
  const drawn = meta.titles.length > 0;
  const { palette } = meta;
  part.caption.textContent = meta.caption;
  part.note.textContent = meta.note;
  for (const name of ["picture", "legend", "readout"]) part[name].hidden = !drawn;
  part.picture.setAttribute("aria-label", meta.alt);
  part.low.textContent = meta.limit ? signed(-meta.limit) : "0";
  part.high.textContent = meta.limit ? signed(meta.limit) : "0";
  part.bar.style.background = `linear-gradient(to right, ${palette.negative}, ${palette.zero}, ${palette.positive})`;
  for (const name of ["text", "quiet", "accent"]) part.root.style.setProperty(`--${name}`, palette[name]);
}

/** Takes the numbers that are to be seen: all there are, or the first moment of a run and the one looked at. */
function show(view) {
  const { meta, tensors } = view;
  if (meta.moments) {
    const { name, titles, alts } = meta.moments;
    const size = tensors.moments.length / titles.length;
    const at = Math.min(momentOf(name), titles.length - 1);
    Object.assign(meta, { titles: [titles[0], titles[at]], alt: alts[at] });
    view.values = [0, at].map((one) => tensors.moments.subarray(one * size, (one + 1) * size));
  } else {
    view.values = meta.tensors.map(([name]) => tensors[name]);
  }
  view.prepared = prepare(meta, meta, view.values);
  describe(view);
  redraw(view);
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function tiles({ parentElement, data }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  if (view.meta?.layer !== meta.layer || view.meta.rows !== meta.rows || view.meta.columns !== meta.columns) {
    view.cursor = null;
  }
  Object.assign(view, { meta, tensors });
  show(view);
  return () => {
    cancelAnimationFrame(view.pending);
    view.leave();
    view.observer.disconnect();
    views.delete(parentElement);
  };
}
