// The table of connections, rewired by hand: counts, one map's sum and the answer follow at once.
import { answerRows, answersAt, showAnswers, verdictWords } from "../live/answers.js";
import { made, partsOf } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { brought, change, follow, live, touched, worked } from "../live/live.js";
import { describedLinks, forward, linksNow, readings, workspace } from "../network/network.js";
import { countRows, countTable, countWords, linkWords, noteWords } from "./wiring_counts.js";
import { buildGrid, showGrid } from "./wiring_grid.js";
import { buildSum, showSum } from "./wiring_sum.js";
import { linksOf, randomLinks, sameLinks, toggled } from "./wiring_table.js";
import { tell } from "../page/voice.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const KEPT = 100; // tables that can be taken back

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const stepOf = (view, now) => now.space.steps.find(({ layer }) => layer.name === view.meta.layer);

/** The map whose sum is shown and the place in it, from the opened unit where it lies in this layer. */
function chosen(view, { layer, maps, height, width }) {
  const { unit } = live();
  const middle = { map: 0, y: Math.floor(height / 2), x: Math.floor(width / 2) };
  const fits = unit && unit.layer === layer && unit.map < maps && unit.y < height && unit.x < width;
  return fits ? unit : middle;
}

const shape = ({ layer, sums }) => ({ layer: layer.name, maps: layer.maps, height: sums.height, width: sums.width });

function open(view, changes) {
  const now = worked();
  const step = now && stepOf(view, now);
  if (step) change({ unit: { layer: step.layer.name, ...chosen(view, shape(step)), ...changes } });
}

/** Other links, by whatever control; as described again means that nothing is set by hand. */
function wire(view, linked) {
  const layer = brought(live().network).layers.find(({ name }) => name === view.meta.layer);
  change({ links: sameLinks(linked, describedLinks(layer)) ? null : { layer: layer.name, linked } });
}

function toggle(view, at) {
  const { layer } = stepOf(view, worked());
  open(view, { map: Math.floor(at / layer.inputs) });
  wire(view, toggled(linksNow(layer), at));
}

/** What was changed by hand is remembered, whichever control of the page changed it. */
function remember(view) {
  const { links, network } = live();
  if (view.of !== network) Object.assign(view, { of: network, links, past: [] });
  if (view.links === links) return;
  view.past = [...view.past, view.links].slice(-KEPT);
  view.links = links;
}

function undo(view) {
  if (!view.past.length) return;
  view.links = view.past.pop();
  change({ links: view.links });
}

/** The network as described, on the same digit. */
function asDescribed(view, now) {
  const network = brought(live().network);
  if (network === now.network) return now;
  if (view.base?.network !== network) view.base = workspace(network, network.input.height, network.input.width);
  forward(view.base, now.pixels);
  return { network, space: view.base, reading: readings(view.base)[0] };
}

function buildPresets(view) {
  const { presets, random, described } = view.meta;
  const button = (words, act) => made("button", "", words, { type: "button", onclick: act });
  const layer = () => stepOf(view, worked()).layer;
  view.presets = presets.map(({ name, rows }) => ({ rows, element: button(name, () => wire(view, linksOf(rows, layer().inputs))) }));
  const number = made("input", "", "", { type: "number", min: 1, max: 9999, step: 1, value: 1 });
  number.setAttribute("aria-label", "number of the random table");
  const draw = () => wire(view, randomLinks(layer().maps, layer().inputs, random, Math.trunc(Number(number.value)) || 1));
  number.onchange = draw;
  const next = () => {
    if (view.drawn) number.value = Number(number.value) + 1;
    view.drawn = true;
    draw();
  };
  view.undo = button("Undo", () => undo(view));
  view.reset = button(`Back to ${described}`, () => change({ links: null }));
  view.part.presets.replaceChildren(
    ...view.presets.map(({ element }) => element),
    made("span", "random", [button(`Random ${random}`, next), made("label", "", ["no.", number])]),
    view.undo,
    view.reset,
  );
}

function buildFor(view, step, before) {
  const { layer } = step;
  const key = [layer.name, before, layer.maps, layer.inputs].join();
  if (view.built === key) return;
  view.built = key;
  const act = { choose: (map) => open(view, { map }), toggle: (at) => toggle(view, at) };
  view.grid = buildGrid(view.part.table, { name: layer.name, before, maps: layer.maps, inputs: layer.inputs }, act);
  const point = (place) => ((view.place = place), touched());
  view.sum = buildSum(view.part.sum, layer.inputs, { point, hold: (place) => open(view, place) });
}

function showCounts(view, rows) {
  const key = JSON.stringify(rows);
  if (key === view.counted) return;
  view.counted = key;
  view.part.counts.replaceChildren(countTable(rows));
  say(view.part.spoken, countWords(rows));
}

function showAnswer(view, now) {
  const empty = !live().drawing.some((level) => level > 0);
  const base = asDescribed(view, now);
  const [before, after] = [answersAt(base.space), answersAt(now.space)];
  showAnswers(view.rows, after, empty ? -1 : now.reading.digit);
  view.was.forEach((element, digit) => {
    const words = after.far ? before.values[digit].toFixed(1) : `${(100 * before.values[digit]).toFixed(1)}%`;
    say(element, words);
    element.classList.toggle("winner", !empty && digit === base.reading.digit);
  });
  const rewired = base.network !== now.network;
  const said = (words) => words.replace(/^Read as /, "");
  const both = `With ${view.meta.described}: ${said(verdictWords(before, base.reading, false))} Now: ${said(verdictWords(after, now.reading, false))}`;
  tell(view.part.verdict, rewired && !empty ? both : verdictWords(after, now.reading, empty));
  say(view.heads[2], after.far ? "distance" : "share");
  say(view.heads[3], view.meta.described);
}

function show(view) {
  const now = worked();
  const at = now && view.meta ? now.space.steps.findIndex(({ layer }) => layer.name === view.meta.layer) : -1;
  if (at < 1 || now.network.key !== view.meta.network) return;
  remember(view);
  const [step, before, { palette }] = [now.space.steps[at], now.space.steps[at - 1].layer.name, view.meta];
  buildFor(view, step, before);
  const linked = linksNow(step.layer);
  const unit = chosen(view, shape(step));
  showGrid(view.grid, { layer: step.layer, linked, chosen: unit.map, step, palette });
  showCounts(view, countRows(step.layer, { base: brought(live().network), network: now.network, map: unit.map }));
  say(view.count, linkWords(linked));
  say(view.part.note, noteWords(step.layer, linked, unit.map));
  showSum(view.sum, { step, before, map: unit.map, linked, place: view.place ?? unit, palette });
  showAnswer(view, now);
  for (const { rows, element } of view.presets) {
    element.setAttribute("aria-pressed", String(sameLinks(linked, linksOf(rows, step.layer.inputs))));
  }
  view.undo.disabled = !view.past.length;
  view.reset.disabled = !live().links;
}

function mount(parent) {
  const part = partsOf(parent, "root", "presets", "table", "verdict", "heads", "bars", "legend", "counts", "note", "spoken", "sum");
  const view = { part, past: [], place: null };
  view.rows = answerRows(part.bars);
  view.was = view.rows.map(({ row }) => row.appendChild(made("span", "was")));
  view.heads = Array.from({ length: 4 }, () => made("span"));
  part.heads.replaceChildren(...view.heads);
  view.count = made("span", "links");
  part.legend.replaceChildren(view.count, made("span", "", "✕ cut by hand"), made("span", "", "○ added by hand, never trained"));
  view.leave = follow(() => show(view));
  view.observer = new ResizeObserver(() => touched());
  view.observer.observe(part.root);
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function wiring({ parentElement, data }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  view.meta = unframe(data).meta;
  for (const [name, colour] of Object.entries(view.meta.palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
  buildPresets(view);
  touched();
  return () => {
    view.leave();
    view.observer.disconnect();
    views.delete(parentElement);
  };
}
