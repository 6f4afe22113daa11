// The living state of this browser tab: the networks that run here, the drawing, the opened unit and whatever was
// changed by hand. Every component of the pages "Look inside" has this module; the tab has one state.
// Whoever changes it calls `change`; whoever shows it calls `follow`, and all are drawn in the same frame.
import { bend } from "../network/bending.js";
import { forward, networkFrom, readings, relinked, workspace } from "../network/network.js";
import { RAW, prepare } from "../network/picture.js";

const UNDO = 60; // drawings kept
const FIELD = 28; // pixels along the field in which the paper centres a digit

const blank = () => new Uint8Array(RAW * RAW);

let made = null;

/** @returns {Object} made at the first use, whichever component comes first */
function tab() {
  return (made ??= {
    networks: new Map(),
    listeners: new Set(),
    frame: 0,
    version: 0,
    worked: { version: -1 },
    past: [],
    state: startingState(),
  });
}

export const startingState = () => ({
  network: null, // its key
  other: null, // the key of a second network, to compare with
  drawing: blank(),
  source: "", // where the drawing is from, in words
  normalise: true,
  unit: null, // {layer, map, y, x}: opened and kept
  hovered: null, // the same, under the pointer; {pixel: {y, x}} on the input
  links: null, // {layer, linked: Uint8Array}: wired by hand
  bends: {}, // amounts by key, where they are not neutral
  wide: null, // {raster, width, limits, touched}: the paper of the wide input, once it has been shown
  row: null, // {raster, width}: to be laid on that paper by the view that has it
  sums: false, // show sums before squashing
  wires: false,
});

export const live = () => tab().state;

/** Called with every network that a page brings. */
export function bring(meta, tensors) {
  const network = networkFrom(meta, tensors);
  tab().networks.set(meta.key, { network, identity: meta.identity });
  return network;
}

export const brought = (key) => tab().networks.get(key)?.network ?? null;
export const identityOf = (key) => tab().networks.get(key)?.identity ?? null;

const LOOKS = new Set(["unit", "hovered", "sums", "wires"]); // fields that say what is looked at, not what the network reads

/** @param {Object} changes fields of the state; everything that shows them is drawn again in the next frame */
export function change(changes) {
  Object.assign(tab().state, changes);
  if (Object.keys(changes).every((name) => LOOKS.has(name))) redraw();
  else touched();
}

/** What the network reads has changed, or may have: it is worked out again. */
export function touched() {
  tab().version += 1;
  redraw();
}

function redraw() {
  const own = tab();
  own.frame ||= requestAnimationFrame(() => {
    own.frame = 0;
    for (const act of [...own.listeners]) act();
  });
}

/** Calls act() in the frame after each change; returns the way to end it. */
export function follow(act) {
  tab().listeners.add(act);
  return () => tab().listeners.delete(act);
}

/** A new drawing; the one before can be had back by `undo`. */
export function draw(drawing, source) {
  const own = tab();
  own.past = [...own.past, { drawing: own.state.drawing, source: own.state.source }].slice(-UNDO);
  change({ drawing, source });
}

export const canUndo = () => tab().past.length > 0;

export function undo() {
  const before = tab().past.pop();
  if (before) change(before);
}

export const emptyDrawing = blank;

/** The network that runs: the one that was brought, with the links set by hand. */
function running(own) {
  const { network: key, links } = own.state;
  const base = brought(key);
  if (!base || !links || !base.layers.some(({ name }) => name === links.layer)) return base;
  const layer = base.layers.find(({ name }) => name === links.layer);
  if (links.linked.length !== layer.maps * layer.inputs) return base;
  if (own.rewired?.base !== base || own.rewired.links !== links) {
    own.rewired = { base, links, network: relinked(base, links.layer, links.linked) };
  }
  return own.rewired.network;
}

/**
 * What the network makes of the drawing now; worked out once for each change of what it reads, when somebody asks: until
 * then the very same object.
 * @returns {null | {network, prepared, ink: Float32Array, pixels: Float32Array, space, reading}} null while there is no
 *   network yet; ink: the input as 0 to 1; reading: as `readings` says, of the one place
 */
export function worked() {
  const own = tab();
  const network = running(own);
  if (!network) return null;
  if (own.worked.version === own.version && own.worked.network === network) return own.worked;
  const space = own.worked.network === network ? own.worked.space : workspace(network, network.input.height, network.input.width);
  const found = inputOf(network, own.state);
  forward(space, found.pixels);
  own.worked = { version: own.version, network, space, ...found, reading: readings(space)[0] };
  return own.worked;
}

/** The drawing as a network reads it: prepared, then bent by hand. */
export function inputOf(network, { drawing, normalise, bends }) {
  const { background, ink } = network.pixels;
  const prepared = prepare(drawing, { side: network.input.height, background, ink, normalise });
  if (!Object.keys(bends).length) return { prepared, pixels: prepared.input };
  return { prepared, pixels: bentPixels(network, fieldIn(network, prepared), bends) };
}

/** What there is to bend: the 28 × 28 field of a prepared drawing, as ink from 0 to 1. */
export function fieldIn({ input, pixels: { background, ink } }, prepared) {
  return prepared.field ?? middleOf(prepared.input, input.height, (value) => (value - background) / (ink - background));
}

/** A field bent by these amounts, as the network reads it. */
export function bentPixels({ input, pixels: { background, ink } }, field, amounts) {
  return bend(field, amounts, input.height).map((value) => background + (ink - background) * value);
}

/** The field in the middle of an input, as ink from 0 to 1. */
function middleOf(input, side, inkOf) {
  const border = (side - FIELD) / 2;
  return Float32Array.from({ length: FIELD * FIELD }, (_, at) =>
    inkOf(input[(Math.floor(at / FIELD) + border) * side + (at % FIELD) + border]),
  );
}

/** Weights and connections of a layer with the links that it has now: {parameters, connections}. */
export function countsNow(layer) {
  if (!layer.linked) return { parameters: layer.parameters, connections: layer.connections };
  const links = layer.linked.reduce((sum, one) => sum + one, 0);
  const parameters = links * layer.cells + (layer.bias ? layer.maps : 0);
  return { parameters, connections: parameters * layer.height * layer.width };
}
