// The wide input: paper that grows, a reading every few pixels, the path through them, and what it all costs.
import { made, partsOf } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { change, countsNow, follow, live, touched, worked } from "../live/live.js";
import { forward, readings, workspace } from "../network/network.js";
import { takePasted } from "../draw/pasting.js";
import { LEAST_INK, bestPath, costsOf } from "../network/reading_path.js";
import { KEYS, cellIn, paintPaper, paper } from "./widener_paper.js";
import { costWords, paintPath, paintReadings, placeUnder, placeWords } from "./widener_readings.js";
import { paintStrips } from "./widener_strips.js";
import { costAt, inkInMiddle, inputAt, rowOf, widthInRange, windowsAt, HIGH, STEP, WIDEST } from "../network/widening.js";

/** One view for each place on the page; it outlives every change of data. */
const wideners = new WeakMap();

const ROWS = [
  { words: "3 1 4", digits: [3, 1, 4], apart: 28, width: 96 },
  { words: "3 1 4 1 5", digits: [3, 1, 4, 1, 5], apart: 28, width: 160 },
  { words: "close together", digits: [3, 1, 4], apart: 18, width: 96 },
  { words: "touching", digits: [2, 0, 2, 6], apart: 14, width: 96 },
];
const LIMITS = { distances: { low: 5, high: 120, step: 1, start: 40 }, logits: { low: 50, high: 99.9, step: 0.1, start: 90 } };
const KEY = "Higher is surer. Filled: taken by the path. A dash below: nothing is written in the middle of that window. " +
  "Point at a reading, or use the arrow keys: its window is boxed on the paper.";
const grouped = (number) => Math.round(number).toLocaleString("en-US");

/** What the visitor has drawn and set; it lives as long as the tab. */
const wide = () => live().wide;
const distancesOf = (network) => network.answer === "distances";
const said = ({ answer }) => wide().limits?.[answer] ?? LIMITS[answer].start;
/** The limit as a cost: a distance, or −ln of a share. */
const limitOf = (network) => (distancesOf(network) ? said(network) : -Math.log(said(network) / 100));

function setWide(changes) {
  change({ wide: { ...wide(), ...changes, touched: true } });
}

/** Everything that follows from the raster, the width and the network; worked out anew only where one of them changed. */
function work(view, network) {
  const { raster } = wide();
  const width = widthInRange(wide().width, network.input.width);
  if (view.space?.network !== network || view.space.input.width !== width) view.space = workspace(network, network.input.height, width);
  const input = inputAt(raster, width, network);
  forward(view.space, input);
  const windows = windowsAt(network, width);
  const found = readings(view.space);
  const own = { network, space: view.space, width, windows, readings: found, distances: distancesOf(network), least: LEAST_INK };
  return { ...own, own: network.input.width, costs: costsOf(network, found), ink: inkInMiddle(input, width, network, windows) };
}

function show(view) {
  const network = view.meta && view.room > 0 && worked()?.network;
  if (!network) return;
  takeRow(view);
  if (!wide()) example(view);
  const state = wide();
  if (view.inked || view.state?.raster !== state.raster || view.state.width !== state.width || view.found?.network !== network) {
    view.found = work(view, network);
  }
  Object.assign(view, { state, inked: false });
  const { found } = view;
  view.cell = cellIn(view.room, found.width);
  found.path = bestPath(found.costs, limitOf(network), found.ink);
  view.place = Math.min(view.place, found.windows.length - 1);
  paintPaper(view.paper, view.palette);
  const looks = { found, cell: view.cell, room: view.room, limit: limitOf(network), place: view.place, palette: view.palette, family: view.family };
  paintReadings(view.part.readings, looks);
  paintPath(view.part.path, looks);
  if (view.strips !== found || view.stripped !== view.cell + view.palette.background) {
    view.part.strips.setAttribute("aria-label", paintStrips(view.part.strips, looks));
    Object.assign(view, { strips: found, stripped: view.cell + view.palette.background });
    showCosts(view);
  }
  showWords(view);
}

const put = (element, words) => element.textContent !== words && (element.textContent = words);

function showWords(view) {
  const { found, part, tool } = view;
  const { path, network } = found;
  put(part.string, path.string ? `The best path reads ${[...path.string].join(" ")}` : "The best path reads nothing here");
  put(part.readout, view.place < 0 ? KEY : placeWords(found, view.place, limitOf(network)));
  const box = view.place < 0 ? null : found.windows[view.place];
  part.box.hidden = !box;
  if (box) {
    const top = ((HIGH - network.input.height) / 2) * view.cell;
    Object.assign(part.box.style, { left: `${box.left * view.cell}px`, width: `${found.own * view.cell}px`, top: `${top}px`, height: `${network.input.height * view.cell}px` });
  }
  part.handle.style.height = `${HIGH * view.cell}px`;
  tool.width.min = network.input.width;
  tool.width.value = found.width;
  tool.width.setAttribute("aria-valuetext", `${found.width} pixels`);
  put(tool.size, `${network.input.height}×${found.width} px`);
  tool.undo.disabled = !view.paper.past.length;
  tool.eraser.setAttribute("aria-pressed", String(view.paper.eraser));
  limits(view, network);
}

function limits({ tool }, network) {
  const { low, high, step } = LIMITS[network.answer];
  Object.assign(tool.limit, { min: low, max: high, step });
  tool.limit.value = said(network);
  const words = costWords(distancesOf(network), limitOf(network));
  put(tool.limitWords, distancesOf(network) ? `Reject beyond ${words}` : `Reject below ${words}`);
  tool.limit.setAttribute("aria-valuetext", words);
}

/** The table of layers, once for one digit and once for the width that there is. */
function showCosts(view) {
  const { network, width } = view.found;
  const { layers, places, single, wide: all, apart } = costAt(network, width, (layer) => countsNow(layer).connections);
  const sizes = ({ maps, own, size }) => [`${maps}@${own.height}×${own.width}`, `${maps}@${size.height}×${size.width}`];
  const row = (tag, cells) => made("tr", "", cells.map((cell, at) => made(at ? tag : "th", at ? "" : "name", cell, at ? {} : { scope: "row" })));
  const head = row("th", ["layer", "one digit", "now", "connections, one digit", "connections, now"]);
  const body = layers.map((layer) => row("td", [layer.name, ...sizes(layer), grouped(layer.single), grouped(layer.connections)]));
  const foot = row("td", ["TOTAL", "", "", grouped(single), grouped(all)]);
  foot.className = "total";
  view.part.table.replaceChildren(made("table", "", [made("thead", "", [head]), made("tbody", "", [...body, foot])]));
  const times = (apart / all).toFixed(2);
  const padded = network.layers.some((layer) => layer.window.padding);
  const same = padded ? "almost the same readings: its border of zeros is only at the ends" : "the same readings";
  const words = places === 1 ? `One digit: ${grouped(single)} connections. Make the input wider.`
    : `One pass over ${network.input.height}×${width}: ${grouped(all)} connections. The network run at each of its ${places} places: ` +
      `${places} · ${grouped(single)} = ${grouped(apart)}, ${times} times as many, for ${same}.`;
  put(view.part.cost, words);
}

const picture = (view, digit) => {
  const at = view.meta.labels.indexOf(digit);
  return view.samples.subarray(at * 784, (at + 1) * 784);
};

function rowDrawn(view, { digits, apart, width }) {
  return { raster: rowOf(digits.map((digit) => picture(view, digit)), apart, width), width };
}

/** Digits that another view has laid in a row for this paper; what was on it can be had back. */
function takeRow(view) {
  const { row } = live();
  if (!row) return;
  live().row = null;
  if (view.found) view.paper.replace(row.raster, { width: row.width });
  else live().wide = { ...wide(), ...row, touched: true };
}

/** A page that opens with nothing drawn shows digits, so that there is something to look at. */
function example(view) {
  live().wide = rowDrawn(view, ROWS[0]);
}

function buildTools(view) {
  const button = (name, words, act) => (view.tool[name] = made("button", name, words, { type: "button", onclick: act }));
  const range = (name, label, properties, act) => {
    const element = (view.tool[name] = made("input", name, "", { type: "range", ...properties }));
    element.setAttribute("aria-label", label);
    element.oninput = () => act(Number(element.value));
    return element;
  };
  view.tool = {};
  const own = view.paper;
  const pen = range("pen", "pen width", { min: 4, max: 20, step: 1, value: own.pen }, (value) => (own.pen = value));
  const width = range("width", "width of the input", { min: 28, max: WIDEST, step: STEP }, (value) => setWide({ width: value }));
  view.tool.size = made("output", "size");
  view.part.tools.replaceChildren(
    made("label", "wide", ["Width", width, view.tool.size]),
    button("undo", "Undo", own.undo), button("clear", "Clear", own.clear),
    button("eraser", "Eraser", () => own.erase(!own.eraser)), made("label", "pen", ["Pen", pen]),
  );
  view.part.rows.replaceChildren(
    made("span", "", "Put digits:"),
    ...ROWS.map((row) => made("button", "row", row.words, { type: "button", onclick: () => putRow(view, row) })),
  );
  view.tool.limitWords = made("span", "words");
  view.part.limit.replaceChildren(view.tool.limitWords, range("limit", "where a reading is rejected", {}, (value) => {
    const { answer } = view.found.network;
    setWide({ limits: { ...wide().limits, [answer]: value } });
  }));
}

function putRow(view, row) {
  const { raster, width } = rowDrawn(view, row);
  view.paper.replace(raster, { width });
}

function pointed(view) {
  const { readings: canvas } = view.part;
  const choose = (place) => {
    if (place === view.place) return;
    view.place = place;
    redraw(view);
  };
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    if (view.found) choose(placeUnder(view.found, event.clientX - canvas.getBoundingClientRect().x, view.cell));
  };
  canvas.onpointerleave = (event) => event.pointerType === "mouse" && canvas.getRootNode().activeElement !== canvas && choose(-1);
  canvas.onfocus = () => choose(Math.max(0, view.place));
  canvas.onblur = () => choose(-1);
  canvas.onkeydown = (event) => {
    const move = { ArrowLeft: -1, ArrowRight: 1, Home: -1000, End: 1000 }[event.key];
    if (!move) return;
    event.preventDefault();
    choose(Math.max(0, Math.min(view.found.windows.length - 1, view.place + move)));
  };
}

/** What only this view shows is drawn without asking the others. */
function redraw(view) {
  view.frame ||= requestAnimationFrame(() => {
    view.frame = 0;
    show(view);
  });
}

function mount(parent) {
  const part = partsOf(parent, "root", "tools", "rows", "stage", "paper", "box", "handle", "readings", "path", "limit", "string", "readout", "strips", "table", "cost", "notice");
  const view = { part, meta: null, room: 0, place: -1, frame: 0, inked: false, cell: 1 };
  const now = () => ({ raster: wide().raster, width: view.found.width, cell: view.cell });
  const painted = () => {
    view.inked = true;
    redraw(view);
  };
  view.paper = paper({ canvas: part.paper, handle: part.handle, now, changed: setWide, painted });
  part.paper.setAttribute("aria-label", `Wide paper: write digits beside each other. ${KEYS}`);
  part.readings.setAttribute("aria-label", "Readings, one for each place: arrow keys go from one to the next.");
  part.handle.title = "drag: a wider input";
  buildTools(view);
  pointed(view);
  view.endPasting = takePasted({
    largest: () => view.meta.largest,
    refuse: (words) => put(part.notice, words),
    take: (words) => view.setTriggerValue("picture", words),
  });
  view.leave = follow(() => show(view));
  view.observer = new ResizeObserver(() => {
    view.room = part.root.clientWidth - 28; // for the handle
    touched();
  });
  view.observer.observe(part.root);
  wideners.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function widener({ parentElement, data, setTriggerValue }) {
  const view = wideners.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  Object.assign(view, { meta, palette: meta.palette, samples: tensors.samples, setTriggerValue });
  view.family = getComputedStyle(view.part.root).fontFamily;
  for (const [name, colour] of Object.entries(meta.palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
  touched();
  return () => {
    view.leave();
    view.endPasting();
    view.observer.disconnect();
    cancelAnimationFrame(view.frame);
    wideners.delete(parentElement);
  };
}
