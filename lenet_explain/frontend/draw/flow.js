// All maps at once, from the input on the left to the answers on the right. Point at a unit, tap it or go to it with the
// keys, and it is opened: opened.js shows what it adds up.
import { chosenUnit, neighbour, placeWords, placed, sameUnit } from "../live/chosen_unit.js";
import { made, partsOf, signedWords } from "../page/dom.js";
import { fieldOf } from "../network/fields.js";
import { gridOf, layOut, unitUnder } from "./flow_layout.js";
import { grownLimits, paintFlow, shownOf } from "./flow_paint.js";
import { change, follow, live, touched, worked } from "../live/live.js";
import { tell } from "../page/voice.js";

/** One view for each place on the page; it outlives every change of data. */
const flows = new WeakMap();

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const STILL = 10; // CSS pixels: a tap that moved farther was none
const HINT = "Point at a unit or tap it: what it reads is boxed. Keys: arrows move, Page Up and Page Down change the layer, Enter keeps the unit, Escape lets go.";

function relaid(view, now) {
  const { input, steps } = now.space;
  const room = (view.room ??= view.part.root.clientWidth); // asking lays the page out, so not at every move
  const key = `${now.network.key} ${room} ${input.height} ${input.width}`;
  if (view.key === key) return;
  view.key = key;
  const shapeOf = (name, { maps, height, width }) => ({ name, maps, height, width });
  view.layout = layOut([shapeOf("input", input), ...steps.map(({ layer, sums }) => shapeOf(layer.name, sums))], room - 44);
}

function show(view) {
  const now = worked();
  if (!now || !view.palette) return;
  relaid(view, now);
  const { sums, wires } = live();
  const chosen = chosenUnit(now.space);
  const limits = grownLimits(view.limits, now, sums);
  paintFlow(view.part.canvas, view.still, { now, layout: view.layout, limits, sums, wires, chosen, palette: view.palette });
  readOut(view, now, chosen, sums);
  view.sums.checked = sums;
  view.wires.checked = wires;
}

function readOut(view, now, chosen, sums) {
  tell(view.part.readout, chosen ? unitWords(now, chosen, sums) : HINT);
}

function unitWords(now, chosen, sums) {
  const { maps, height, width, data } = shownOf(now, chosen.index + 1, sums);
  const value = data[(chosen.map * height + chosen.y) * width + chosen.x];
  const place = placeWords(now.space, chosen);
  if (chosen.index < 0) return `${place}: ${signedWords(value)}. All units that see this pixel are boxed.`;
  const { whole } = fieldOf(now.space, chosen.index, chosen.y, chosen.x);
  const kept = live().unit && !live().hovered ? "Kept. " : "";
  return `${kept}${place} of ${maps}@${height}×${width}: ${signedWords(value)}. It sees ${whole.height}×${whole.width} pixels of the input.`;
}

function under(view, event) {
  const edge = view.part.canvas.getBoundingClientRect();
  const found = view.layout && unitUnder(view.layout, event.clientX - edge.x, event.clientY - edge.y);
  const now = worked();
  return found && now ? placed(now.space, found.at - 1, found.map, found.y, found.x) : null;
}

function pointed(view, event) {
  if (event.pointerType !== "mouse") return;
  const hovered = under(view, event);
  if (!sameUnit(hovered, live().hovered)) change({ hovered });
}

/** Whether a finger or a button went down and up at one place; a browser may give no click after a drawing finger. */
function pressed(view, { clientX, clientY }) {
  const { press } = view;
  view.press = null;
  return press !== null && Math.hypot(clientX - press.clientX, clientY - press.clientY) < STILL;
}

/** A click or a tap keeps a unit; on the kept one, or beside all of them, it lets go. */
function tapped(view, event) {
  const found = under(view, event);
  change({ unit: sameUnit(found, live().unit) ? null : found, hovered: event.pointerType === "mouse" ? found : null });
}

function typed(view, event) {
  const now = worked();
  if (!now || event.ctrlKey || event.metaKey || event.altKey) return;
  const next = nextUnit(now, event.key);
  if (next === undefined) return;
  event.preventDefault();
  change({ unit: next, hovered: null });
}

/** undefined: not a key of ours; null: nothing chosen any more. */
function nextUnit(now, key) {
  const chosen = chosenUnit(now.space);
  if (key === "Escape") return null;
  const layerStep = { PageDown: 1, PageUp: -1 }[key];
  const atStart = () => placed(now.space, 0, 0, Math.floor(now.space.steps[0].sums.height / 2), Math.floor(now.space.steps[0].sums.width / 2));
  if (!chosen) return MOVES[key] || layerStep || key === "Enter" ? atStart() : undefined;
  if (key === "Enter") return placed(now.space, chosen.index, chosen.map, chosen.y, chosen.x);
  if (layerStep) return inLayer(now, chosen, Math.min(now.space.steps.length - 1, Math.max(-1, chosen.index + layerStep)));
  if (!MOVES[key]) return undefined;
  const maps = chosen.index < 0 ? now.space.input : now.space.steps[chosen.index].sums;
  const found = neighbour(maps, chosen, MOVES[key], gridOf(maps.maps).across) ?? chosen;
  return placed(now.space, chosen.index, found.map, found.y, found.x);
}

/** The same place, as far as there is one, in another layer. */
function inLayer({ space }, { index, map, y, x }, at) {
  const of = (one) => (one < 0 ? space.input : space.steps[one].sums);
  const [from, to] = [of(index), of(at)];
  const along = (place, before, after) => Math.min(after - 1, Math.floor((place * after) / before));
  return placed(space, at, Math.min(to.maps - 1, map), along(y, from.height, to.height), along(x, from.width, to.width));
}

function box(words, act) {
  const input = made("input", "", "", { type: "checkbox" });
  input.onchange = () => act(input.checked);
  return [input, made("label", "switch", [input, ` ${words}`])];
}

function mount(parent) {
  const part = partsOf(parent, "root", "canvas", "switches", "readout");
  const view = { part, limits: {}, layout: null, key: "", press: null, still: made("canvas") };
  const [sums, sumsLabel] = box("sums before squashing", (on) => change({ sums: on }));
  const [wires, wiresLabel] = box("wires", (on) => change({ wires: on }));
  Object.assign(view, { sums, wires });
  part.switches.replaceChildren(wiresLabel, sumsLabel);
  part.canvas.onpointermove = (event) => pointed(view, event);
  part.canvas.onpointerleave = () => live().hovered && change({ hovered: null });
  part.canvas.onpointerdown = ({ clientX, clientY, button }) => (view.press = button > 0 ? null : { clientX, clientY });
  part.canvas.onpointerup = (event) => pressed(view, event) && tapped(view, event);
  part.canvas.onpointercancel = () => (view.press = null);
  part.canvas.onkeydown = (event) => typed(view, event);
  view.leave = follow(() => show(view));
  view.observer = new ResizeObserver(() => ((view.room = null), touched()));
  view.observer.observe(part.root);
  flows.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function flow({ parentElement, data }) {
  const view = flows.get(parentElement) ?? mount(parentElement);
  [{ palette: view.palette }] = data;
  for (const name of ["text", "quiet", "accent", "background"]) view.part.root.style.setProperty(`--${name}`, view.palette[name]);
  view.part.canvas.setAttribute("aria-label", `All maps of the network, layer by layer. ${HINT}`);
  touched();
  return () => {
    view.leave();
    view.observer.disconnect();
    if (live().hovered) change({ hovered: null });
    flows.delete(parentElement);
  };
}
