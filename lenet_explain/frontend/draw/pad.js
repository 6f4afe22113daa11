// Paper to draw on with mouse, pen, finger or keys; the digit on its way to the input; and the answer, stroke by stroke.
import { answerRows, answersAt, showAnswers, verdictWords } from "../live/answers.js";
import { inkColours, made, partsOf, sized, stamp } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { canUndo, change, draw, emptyDrawing, follow, live, touched, undo, worked } from "../live/live.js";
import { takePasted } from "./pasting.js";
import { LEVELS, RAW, fromImage, stroke } from "../network/picture.js";
import { inFirstRow, rove } from "../page/roving.js";
import { showStages } from "./stages.js";
import { tell } from "../page/voice.js";

/** One view for each place on the page; it outlives every change of data. */
const pads = new WeakMap();

const PAPER = 288; // CSS pixels of the paper's side
const EXAMPLE = "example"; // where the first drawing is from
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const KEYS = "Arrow keys move the pen (with Shift further), Space lifts or lowers it, E erases, Delete clears, Control+Z takes back.";

const inRaster = (view, event) => {
  const edge = view.part.paper.getBoundingClientRect();
  return { x: ((event.clientX - edge.x) / edge.width) * RAW, y: ((event.clientY - edge.y) / edge.height) * RAW };
};

function paintSegment(view, from, to) {
  stroke(live().drawing, from, to, view.eraser ? 2 * view.width : view.width, view.eraser ? 0 : LEVELS);
  touched();
}

function began(view, event) {
  if (event.button > 0 || view.pointer !== null) return;
  event.preventDefault();
  view.part.paper.focus({ preventScroll: true });
  view.part.paper.setPointerCapture(event.pointerId);
  [view.pointer, view.last] = [event.pointerId, inRaster(view, event)];
  view.part.notice.textContent = "";
  draw(underPen(), "drawn");
  paintSegment(view, view.last, view.last);
}

/** The paper as it is; the example that stands there at first makes room. */
const underPen = () => (live().source === EXAMPLE ? emptyDrawing() : live().drawing.slice());

function moved(view, event) {
  if (event.pointerId !== view.pointer) return;
  const points = event.getCoalescedEvents?.() ?? [];
  for (const one of points.length ? points : [event]) {
    const here = inRaster(view, one);
    paintSegment(view, view.last, here);
    view.last = here;
  }
}

function ended(view, event) {
  if (event.pointerId === view.pointer) view.pointer = null;
}

function typed(view, event) {
  const move = MOVES[event.key];
  const key = event.key.toLowerCase();
  if (move) moveByKey(view, move, event.shiftKey ? 8 : 2);
  else if (key === "z" && (event.ctrlKey || event.metaKey)) takeBack(view);
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === " ") lowered(view, !view.down);
  else if (key === "e") erase(view, !view.eraser);
  else if (event.key === "Delete" || event.key === "Backspace") clear();
  else return;
  event.preventDefault();
}

/** The pen is lifted first: what was drawn before is not to be drawn on unasked. */
function takeBack(view) {
  view.down = false;
  undo();
}

function lowered(view, down) {
  view.down = down;
  view.pen ??= { x: RAW / 2, y: RAW / 4 };
  if (down) {
    draw(underPen(), "drawn");
    paintSegment(view, view.pen, view.pen);
  } else touched();
}

function moveByKey(view, [dx, dy], step) {
  const clamp = (at) => Math.max(0, Math.min(RAW - 1, at));
  const from = (view.pen ??= { x: RAW / 2, y: RAW / 4 });
  view.pen = { x: clamp(from.x + dx * step), y: clamp(from.y + dy * step) };
  if (view.down) paintSegment(view, from, view.pen);
  else touched();
}

const clear = () => draw(emptyDrawing(), "cleared");

function erase(view, on) {
  view.eraser = on;
  view.tool.eraser.setAttribute("aria-pressed", String(on));
  touched();
}

function paintPaper(view) {
  const { palette } = view.meta;
  const side = Math.min(PAPER, view.part.drawing.clientWidth || PAPER);
  const context = sized(view.part.paper, side, side);
  const colours = inkColours(palette);
  stamp(context, live().drawing, RAW, RAW, { x: 0, y: 0, width: side, height: side }, (level) => colours(level / LEVELS), true);
  if (!view.pen || view.part.paper.getRootNode().activeElement !== view.part.paper) return;
  context.strokeStyle = palette.accent;
  context.lineWidth = view.down ? 4 : 2;
  context.beginPath();
  context.arc((view.pen.x * side) / RAW, (view.pen.y * side) / RAW, 8, 0, 7);
  context.stroke();
}

function show(view) {
  const now = worked();
  if (!view.meta || !now || view.shown === now) return;
  view.shown = now;
  paintPaper(view);
  view.tool.undo.disabled = !canUndo();
  if (!view.meta.compact) showPreparedAndRead(view, now);
}

function showPreparedAndRead(view, now) {
  const { drawing, normalise } = live();
  const empty = !drawing.some((level) => level > 0);
  showStages(view.part.stages, now, view.meta.palette);
  const answers = answersAt(now.space, 0, view.shares);
  showAnswers(view.rows, answers, empty ? -1 : now.reading.digit);
  tell(view.part.verdict, verdictWords(answers, now.reading, empty));
  showRule(view, now.network.answer === "distances");
  view.skip.checked = !normalise;
}

/** What the bars mean; where the network gives distances, a switch to shares. */
function showRule({ meaning, switch: button, shares }, distances) {
  const both = shares ? "Shares by softmax of −distance: the longest wins. " : "Squared distance to each glyph: the shortest wins. ";
  meaning.textContent = distances ? both : "Shares by softmax: the longest bar wins.";
  button.textContent = shares ? "Show distances" : "Show as shares";
  button.hidden = !distances;
}

function buildTools(view) {
  const button = (name, words, act) => (view.tool[name] = made("button", name, words, { type: "button", onclick: act }));
  view.tool = {};
  const width = made("input", "width", "", { type: "range", min: 4, max: 20, step: 1, value: view.width });
  width.setAttribute("aria-label", "pen width");
  width.oninput = () => {
    view.width = Number(width.value);
    width.setAttribute("aria-valuetext", `${view.width} of ${RAW} px`);
  };
  width.oninput();
  view.part.tools.replaceChildren(
    button("undo", "Undo", undo),
    button("clear", "Clear", clear),
    button("eraser", "Eraser", () => erase(view, !view.eraser)),
    made("label", "pen", ["Pen", width]),
  );
  erase(view, false);
}

function buildSamples(view) {
  const { labels } = view.meta;
  const paint = (canvas, bytes) => {
    const colours = inkColours(view.meta.palette);
    stamp(sized(canvas, 28, 28), bytes, 28, 28, { x: 0, y: 0, width: 28, height: 28 }, (value) => colours(value / 255));
  };
  view.part.samples.replaceChildren(
    ...labels.map((label, at) => {
      const bytes = view.samples.subarray(at * 784, (at + 1) * 784);
      const canvas = made("canvas");
      paint(canvas, bytes);
      const pick = made("button", "pick", [canvas], { type: "button", onclick: () => draw(fromImage(bytes), `sample ${label}`) });
      pick.setAttribute("aria-label", `take this ${label}`);
      return pick;
    }),
  );
  const picks = [...view.part.samples.children];
  rove(view.part.samples, picks, () => inFirstRow(picks));
}

/** A page that opens with nothing drawn shows a digit, so that there is something to look at. */
function showExample(view) {
  if (live().source || live().drawing.some((level) => level > 0)) return;
  const at = Math.max(0, view.meta.labels.indexOf(view.meta.example));
  change({ drawing: fromImage(view.samples.subarray(at * 784, (at + 1) * 784)), source: EXAMPLE });
}

function mount(parent) {
  const part = partsOf(parent, "root", "drawing", "paper", "tools", "samples", "notice", "stages", "verdict", "bars", "rule");
  const view = { part, pointer: null, last: null, pen: null, down: false, eraser: false, shares: false, width: 11 };
  const { paper } = part;
  paper.setAttribute("aria-label", `Paper: draw a digit. ${KEYS}`);
  paper.title = "Draw a digit";
  paper.onpointerdown = (event) => began(view, event);
  paper.onpointermove = (event) => moved(view, event);
  paper.onpointerup = paper.onpointercancel = paper.onlostpointercapture = (event) => ended(view, event);
  paper.onkeydown = (event) => typed(view, event);
  paper.onfocus = () => touched();
  paper.onblur = () => ((view.down = false), touched());
  view.rows = answerRows(part.bars);
  view.switch = made("button", "switch", "", { type: "button", onclick: () => ((view.shares = !view.shares), touched()) });
  view.meaning = made("span");
  part.rule.replaceChildren(view.meaning, view.switch);
  view.skip = parent.querySelector(".skip input");
  view.skip.onchange = () => change({ normalise: !view.skip.checked });
  buildTools(view);
  view.endPasting = takePasted({
    largest: () => view.meta.largest,
    refuse: (words) => (part.notice.textContent = words),
    take: (picture) => view.setTriggerValue("picture", picture),
  });
  view.leave = follow(() => show(view));
  view.observer = new ResizeObserver(() => touched());
  view.observer.observe(part.root);
  pads.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function pad({ parentElement, data, setTriggerValue }) {
  const view = pads.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  Object.assign(view, { meta, samples: tensors.samples, setTriggerValue });
  for (const [name, colour] of Object.entries(meta.palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
  view.part.root.toggleAttribute("data-compact", Boolean(meta.compact));
  buildSamples(view);
  showExample(view);
  touched();
  return () => {
    view.leave();
    view.endPasting();
    view.observer.disconnect();
    pads.delete(parentElement);
  };
}
