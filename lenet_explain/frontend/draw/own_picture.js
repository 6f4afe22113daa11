// A visitor's picture as the server has read it: the digits found, of which one is laid on the paper, all of them in a row
// for the wide input, why a digit may be misread, and the part to look at, corrected by hand.
import { LEAST, between, moved, padded, resized } from "./crop_box.js";
import { fitted, inkColours, made, partsOf, sized, stamp } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { change, draw, follow, live, worked } from "../live/live.js";
import { measuresOf, readDigits } from "./read_digits.js";
import { LEVELS, RAW, prepare } from "../network/picture.js";
import { inFirstRow, rove } from "../page/roving.js";
import { rowOf, spread } from "../network/widening.js";

/** One view for each place on the page; it outlives every change of data. */
const pictures = new WeakMap();

const SOURCE = "your picture";
const TILE = 64; // CSS pixels of a digit that is offered
const STEP = 0.01; // of the picture, moved by an arrow key
const MIDDLE = { left: 0.25, top: 0.25, width: 0.5, height: 0.5 }; // to begin with where no digit was found
const MARGIN = 0.25; // of a digit's longer side: paper around it in the box to begin with
const CORNERS = [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 0, y: 1 }, { x: 1, y: 1 }];
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const BOX_WORDS = "The part to read: arrow keys move it, with Shift they move its lower right corner, Enter reads it, Escape leaves it.";

const same = (one, other) => one.length === other.length && one.every((level, at) => level === other[at]);
const percents = ({ left, top, width, height }) =>
  Object.fromEntries(Object.entries({ left, top, width, height }).map(([name, share]) => [name, `${100 * share}%`]));
const put = (element, words) => element.textContent !== words && (element.textContent = words);

/** Lays a digit on the paper; on the page of the wide input, alone on its paper. */
function choose(view, at) {
  if (view.meta.wide) layInRow(view, [at]);
  else draw(view.inks[at].slice(), SOURCE);
}

/** The digits beside each other on the wide paper, each prepared as for a narrow input. */
function layInRow(view, chosen) {
  const fields = chosen.map((at) => prepare(view.inks[at]).field.map((value) => 255 * value));
  const { apart, width } = spread(fields.length);
  change({ row: { raster: rowOf(fields, apart, width), width } });
}

function readAll(view) {
  layInRow(view, view.inks.map((_, at) => at));
  if (!view.meta.wide) view.setTriggerValue("all", true);
}

/** Every offered digit read, and how sure the network is of sample digits; anew only where the network has changed. */
function read(view, network) {
  const { normalise } = live();
  const known = view.known;
  if (known?.network === network && known.normalise === normalise && known.inks === view.inks) return known;
  const found = readDigits(network, view.inks, view.samples, normalise);
  return (view.known = { network, normalise, inks: view.inks, ...found });
}

function show(view) {
  const network = view.meta && worked()?.network;
  if (view.meta && !view.inks.length) showNone(view);
  if (!network || !view.inks.length) return;
  const known = read(view, network);
  const { drawing } = live();
  if (view.shown?.known === known && view.shown.drawing === drawing && view.shown.palette === view.meta.palette) return;
  const at = view.meta.wide ? -1 : view.inks.findIndex((ink) => same(ink, drawing));
  view.shown = { known, drawing, palette: view.meta.palette };
  showDigits(view, known, at);
  showReasons(view, known, at);
}

/** Nothing was found by itself: the part to read is the visitor's to choose. */
function showNone({ part }) {
  put(part.title, "Choose the part that holds the digit");
  for (const list of [part.digits, part.boxes, part.reasons]) list.replaceChildren();
  for (const element of [part.all, part.why, part.numbers]) element.hidden = true;
}

/** The digits as small pictures; one of them is on the paper. */
function showDigits(view, known, chosen) {
  const { part, inks } = view;
  const many = inks.length > 1;
  put(part.title, !many ? "One digit found" : `${inks.length} digits found${view.meta.wide ? "" : ": choose one"}`);
  const tiles = fitted(part.digits, inks.length, (at) => {
    const tile = made("button", "digit", [made("canvas"), made("span")], { type: "button" });
    tile.setAttribute("role", "radio");
    tile.onclick = () => choose(view, at);
    return tile;
  });
  const colours = inkColours(view.meta.palette);
  tiles.forEach((tile, at) => {
    const context = sized(tile.children[0], TILE, TILE);
    stamp(context, inks[at], RAW, RAW, { x: 0, y: 0, width: TILE, height: TILE }, (level) => colours(level / LEVELS), true);
    put(tile.children[1], `read as ${known.digits[at].digit}`);
    tile.setAttribute("aria-checked", String(at === chosen));
    tile.setAttribute("aria-label", `digit ${at + 1} of ${inks.length}, read as ${known.digits[at].digit}`);
  });
  fitted(part.boxes, inks.length, (at) => made("div", "found", "", { onclick: () => choose(view, at) })).forEach((box, at) => {
    Object.assign(box.style, percents(view.meta.boxes[at]));
    box.classList.toggle("chosen", at === chosen);
    put(box, many ? String(at + 1) : "");
  });
  if (view.roving !== inks) rove(part.digits, tiles, () => inFirstRow(tiles));
  view.roving = inks;
  part.all.hidden = !many && !view.meta.wide;
  put(part.all, view.meta.wide ? "Lay them in a row" : "Read them all in a row");
}

/** Why the chosen digit may be misread: a sentence for each measure that is out of the ordinary, all of them on demand. */
function showReasons(view, known, at) {
  const { part } = view;
  const measures = at < 0 ? [] : measuresOf(known, at, view.meta.measures[at]);
  const unusual = measures.filter((one) => one.odd);
  const odd = unusual.map((one) => one.odd);
  const plain = measures.length ? ["Strokes, size, parts, contrast and answer are like those of ordinary digits."] : [];
  part.reasons.replaceChildren(...[...(odd.length ? odd : plain), ...view.meta.notes].map((words) => made("li", "", words)));
  part.why.hidden = !measures.length;
  put(part.why, !odd.length ? "Nothing unusual" : unusual.every((one) => one.mended) ? "What was done to it" : "Why it may be misread");
  part.numbers.hidden = !measures.length;
  const row = (cells, tag) => made("tr", "", cells.map((cell, column) => made(column ? tag : "th", "", cell)));
  part.table.replaceChildren(
    made("thead", "", [row(["measure", "this digit", "what networks know"], "th")]),
    made("tbody", "", measures.map(({ name, found, usual }) => row([name, found, usual], "td"))),
  );
}

/** Begins, changes or, with null, ends the choice of the part to look at. */
function crop(view, box) {
  const { part } = view;
  view.box = box;
  for (const element of [part.box, part.read, part.leave, part.hint]) element.hidden = !box;
  for (const element of [part.crop, part.away]) element.hidden = Boolean(box);
  part.whole.hidden = Boolean(box) || !view.meta.part;
  part.boxes.hidden = Boolean(box);
  part.stage.toggleAttribute("data-crop", Boolean(box));
  if (!box) return;
  Object.assign(part.box.style, percents(box));
  const words = [box.left, box.top, box.width, box.height].map((share) => Math.round(100 * share));
  part.box.setAttribute("aria-label", `${BOX_WORDS} From ${words[0]}% and ${words[1]}%, ${words[2]}% wide, ${words[3]}% high.`);
}

/** The box to begin with: the part that was looked at, else around the digit on the paper, or the first. */
function beginCrop(view) {
  const { part: before, boxes, width, height } = view.meta;
  const chosen = Math.max(0, view.inks.findIndex((ink) => same(ink, live().drawing)));
  crop(view, before ?? (boxes.length ? padded(boxes[chosen], MARGIN, width / height) : MIDDLE));
  view.part.box.focus();
}

function endCrop(view) {
  crop(view, null);
  view.part.crop.focus();
}

function readPart(view) {
  const { left, top, width, height } = view.box;
  endCrop(view);
  view.setTriggerValue("part", [left, top, width, height]);
}

const placeIn = (view, event) => {
  const edge = view.part.stage.getBoundingClientRect();
  return { x: (event.clientX - edge.x) / edge.width, y: (event.clientY - edge.y) / edge.height };
};

/** Mouse and finger: the box is moved by its inside, resized by its corners, and drawn anew beside it. */
function dragged(view) {
  const { stage, box } = view.part;
  let drag = null;
  stage.onpointerdown = (event) => {
    if (!view.box || event.button > 0 || drag) return;
    event.preventDefault();
    stage.setPointerCapture(event.pointerId);
    box.focus({ preventScroll: true });
    const corner = CORNERS[[...box.children].indexOf(event.target)];
    drag = { id: event.pointerId, from: placeIn(view, event), was: view.box, corner, inside: event.target === box };
  };
  stage.onpointermove = (event) => {
    if (!drag || event.pointerId !== drag.id) return;
    const to = placeIn(view, event);
    const [dx, dy] = [to.x - drag.from.x, to.y - drag.from.y];
    if (drag.corner) crop(view, resized(drag.was, drag.corner, to));
    else if (drag.inside) crop(view, moved(drag.was, dx, dy));
    else if (Math.hypot(dx, dy) > LEAST) crop(view, between(drag.from, to));
  };
  stage.onpointerup = stage.onpointercancel = stage.onlostpointercapture = () => (drag = null);
}

function typed(view, event) {
  const [x, y] = MOVES[event.key] ?? [];
  const { box } = view;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Enter") readPart(view);
  else if (event.key === "Escape") endCrop(view);
  else if (x === undefined) return;
  else if (event.shiftKey) crop(view, resized(box, { x: 1, y: 1 }, { x: box.left + box.width + x * STEP, y: box.top + box.height + y * STEP }));
  else crop(view, moved(box, x * STEP, y * STEP));
  event.preventDefault();
}

let laidDown = null; // the identity of the reading that was laid on the paper last

/** Each reading is laid down once, whichever pages are opened then. */
function layDownOnce(view) {
  if (laidDown === view.meta.identity || !view.inks.length) return;
  laidDown = view.meta.identity;
  if (view.meta.wide) readAll(view);
  else choose(view, 0);
}

function mount(parent) {
  const names = ["root", "stage", "preview", "boxes", "box", "title", "digits", "all", "crop", "read", "leave", "whole", "away", "hint"];
  const part = partsOf(parent, ...names, "why", "reasons", "numbers", "table");
  const view = { part };
  part.box.append(...CORNERS.map(({ x, y }) => made("span", "corner", "", { style: `left: ${100 * x}%; top: ${100 * y}%` })));
  part.box.onkeydown = (event) => typed(view, event);
  part.all.onclick = () => readAll(view);
  part.crop.onclick = () => beginCrop(view);
  part.read.onclick = () => readPart(view);
  part.leave.onclick = () => endCrop(view);
  part.whole.onclick = () => view.setTriggerValue("whole", true);
  part.away.onclick = () => view.setTriggerValue("away", true);
  dragged(view);
  view.leave = follow(() => show(view));
  pictures.set(parent, view);
  return view;
}

function drawnFrom(view, { meta, tensors }) {
  const { inks } = tensors;
  const area = RAW * RAW;
  const count = inks.length / area;
  if (view.meta?.identity !== meta.identity) view.inks = Array.from({ length: count }, (_, at) => Uint8Array.from(inks.subarray(at * area, (at + 1) * area)));
  Object.assign(view, { meta, samples: tensors.samples });
  const { preview, stage } = view.part;
  if (preview.src !== meta.preview) preview.src = meta.preview;
  preview.alt = `Your picture, ${meta.width} by ${meta.height} pixels in this preview`;
  stage.style.aspectRatio = `${meta.width} / ${meta.height}`;
  stage.style.setProperty("--ratio", meta.width / meta.height);
  for (const [name, colour] of Object.entries(meta.palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function ownPicture({ parentElement, data, setTriggerValue }) {
  const view = pictures.get(parentElement) ?? mount(parentElement);
  drawnFrom(view, unframe(data));
  view.setTriggerValue = setTriggerValue;
  view.shown = null;
  crop(view, view.inks.length ? null : (view.meta.part ?? MIDDLE));
  layDownOnce(view);
  show(view);
  return () => {
    view.leave();
    pictures.delete(parentElement);
  };
}
