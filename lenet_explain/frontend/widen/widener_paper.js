// The wide paper: pen and eraser for mouse, finger and keys, and the handle that makes it wider.
import { inkColours, sized, stamp } from "../page/dom.js";
import { LEVELS, stroke } from "../network/picture.js";
import { ACROSS, DOWN, FINE, HIGH, STEP, WIDEST, emptyWide } from "../network/widening.js";

const UNDO = 40; // rasters kept
const GUIDES = [6, 26]; // rows between which a digit is as high as those that the networks learned from
const LARGEST = 7; // CSS pixels of an input pixel
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
export const KEYS = "Arrow keys move the pen (with Shift further), Space lifts or lowers it, E erases, Delete clears, Control+Z takes back.";

/** CSS pixels of an input pixel: constant where there is room, so that the paper grows; smaller on a phone. */
export const cellIn = (room, width) => Math.min(LARGEST, Math.max(room / WIDEST, Math.min(4, room / width)));

/**
 * @param {{canvas, handle, now: () => {raster, width, cell}, changed: (changes) => void, painted: () => void}} means
 *   changed: a new raster or width; painted: ink on the raster that there is
 */
export function paper(means) {
  const own = /** @type {typeof means & Record<string, any>} */ ({
    ...means, pen: 10, eraser: false, past: [], pointer: null, last: null, at: null, down: false,
  });
  const { canvas } = own;
  canvas.onpointerdown = (event) => began(own, event);
  canvas.onpointermove = (event) => moved(own, event);
  canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = (event) => {
    if (event.pointerId !== own.pointer) return;
    own.pointer = null;
    own.changed({});
  };
  canvas.onkeydown = (event) => typed(own, event);
  canvas.onfocus = canvas.onblur = () => own.painted();
  own.replace = (raster, changes = {}) => {
    own.past = [...own.past, { raster: own.now().raster, width: own.now().width }].slice(-UNDO);
    own.changed({ raster, ...changes });
  };
  own.undo = () => {
    const before = own.past.pop();
    if (before) own.changed(before);
  };
  own.clear = () => own.replace(emptyWide());
  own.erase = (on) => {
    own.eraser = on;
    own.painted();
  };
  handled(own);
  return own;
}

function placeUnder(own, event) {
  const edge = own.canvas.getBoundingClientRect();
  const { width } = own.now();
  return { x: ((event.clientX - edge.x) / edge.width) * width * FINE, y: ((event.clientY - edge.y) / edge.height) * DOWN };
}

function segment(own, from, to) {
  stroke(own.now().raster, from, to, own.eraser ? 2 * own.pen : own.pen, own.eraser ? 0 : LEVELS, ACROSS);
  own.painted();
}

function began(own, event) {
  if (event.button > 0 || own.pointer !== null) return;
  event.preventDefault();
  own.canvas.focus({ preventScroll: true });
  own.canvas.setPointerCapture((own.pointer = event.pointerId));
  own.last = placeUnder(own, event);
  own.replace(own.now().raster.slice());
  segment(own, own.last, own.last);
}

function moved(own, event) {
  if (event.pointerId !== own.pointer) return;
  const points = event.getCoalescedEvents?.() ?? [];
  for (const one of points.length ? points : [event]) {
    const here = placeUnder(own, one);
    segment(own, own.last, here);
    own.last = here;
  }
}

function typed(own, event) {
  const key = event.key.toLowerCase();
  const plain = !(event.ctrlKey || event.metaKey || event.altKey);
  if (key === "z" && (event.ctrlKey || event.metaKey)) own.undo();
  else if (MOVES[event.key] && plain) movedByKey(own, MOVES[event.key], event.shiftKey ? 16 : 4);
  else if (key === " ") lowered(own);
  else if (key === "e" && plain) own.erase(!own.eraser);
  else if (key === "delete" || key === "backspace") own.clear();
  else return;
  event.preventDefault();
}

const start = () => ({ x: 16 * FINE, y: GUIDES[0] * FINE });

function lowered(own) {
  own.down = !own.down;
  own.at ??= start();
  if (!own.down) return own.painted();
  own.replace(own.now().raster.slice());
  segment(own, own.at, own.at);
}

function movedByKey(own, [dx, dy], step) {
  const from = (own.at ??= start());
  const within = (at, side) => Math.max(0, Math.min(side - 1, at));
  own.at = { x: within(from.x + dx * step, own.now().width * FINE), y: within(from.y + dy * step, DOWN) };
  if (own.down) segment(own, from, own.at);
  else own.painted();
}

/** The right edge, dragged: the width follows in steps of one reading. */
function handled(own) {
  let from = null;
  own.handle.onpointerdown = (event) => {
    if (event.button > 0) return;
    own.handle.setPointerCapture(event.pointerId);
    from = { x: event.clientX, width: own.now().width, cell: own.now().cell };
  };
  own.handle.onpointermove = (event) => {
    if (from) own.changed({ width: from.width + Math.round((event.clientX - from.x) / from.cell / STEP) * STEP });
  };
  own.handle.onpointerup = own.handle.onpointercancel = own.handle.onlostpointercapture = () => (from = null);
}

export function paintPaper(own, palette) {
  const { raster, width, cell } = own.now();
  const [wide, high] = [width * cell, HIGH * cell];
  const context = sized(own.canvas, wide, high);
  const colours = inkColours(palette);
  const shown = { x: 0, y: 0, width: ACROSS * (cell / FINE), height: high };
  stamp(context, raster, ACROSS, DOWN, shown, (level) => colours(level / LEVELS), true);
  context.strokeStyle = palette.accent;
  context.globalAlpha = 0.45;
  context.lineWidth = 1;
  context.setLineDash([4, 6]);
  context.beginPath();
  for (const row of GUIDES) {
    context.moveTo(0, row * cell + 0.5);
    context.lineTo(wide, row * cell + 0.5);
  }
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (!own.at || own.canvas.getRootNode().activeElement !== own.canvas) return;
  context.lineWidth = own.down ? 4 : 2;
  context.beginPath();
  context.arc((own.at.x * cell) / FINE, (own.at.y * cell) / FINE, 8, 0, 7);
  context.stroke();
}
