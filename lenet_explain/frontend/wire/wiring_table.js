// A table of links between two layers of maps: what it costs, what it leaves of a map's sum, and tables made by chance.
// Links are a row of 0 and 1, map by map, input by input. Pure: node tests it.
import { KINDS } from "../network/layer_kinds.js";
import { countsNow } from "../live/live.js";
import { describedLinks } from "../network/network.js";

/** @param {number[][]} rows for each map the inputs that it reads */
export function linksOf(rows, inputs) {
  const linked = new Uint8Array(rows.length * inputs);
  rows.forEach((row, map) => row.forEach((input) => (linked[map * inputs + input] = 1)));
  return linked;
}

export const sameLinks = (one, other) => one.length === other.length && one.every((link, at) => link === other[at]);

export const toggled = (linked, at) => linked.map((link, index) => (index === at ? 1 - link : link));

/** Numbers from 0 to 1, the same for the same seed. */
function chance(seed) {
  let state = Math.imul(seed, 0x9e3779b1) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many links anywhere, of every map at least one: the same for the same seed. */
export function randomLinks(maps, inputs, count, seed) {
  const next = chance(seed);
  const linked = new Uint8Array(maps * inputs);
  for (let map = 0; map < maps; map += 1) linked[map * inputs + Math.floor(next() * inputs)] = 1;
  const free = [...linked.keys()].filter((at) => !linked[at]);
  for (let left = count - maps; left > 0 && free.length; left -= 1) {
    const [at] = free.splice(Math.floor(next() * free.length), 1);
    linked[at] = 1;
  }
  return linked;
}

const added = (numbers) => numbers.reduce((sum, one) => sum + one, 0);

/** Of one map: its links, parameters and connections. */
export function mapCounts(layer, linked, map) {
  const links = added(linked.slice(map * layer.inputs, (map + 1) * layer.inputs));
  const parameters = layer.cells * links + (layer.bias ? 1 : 0);
  return { links, parameters, connections: parameters * layer.height * layer.width };
}

/** Of a whole network: its parameters and connections. */
export function networkCounts({ layers }) {
  const counts = layers.map(countsNow);
  return { parameters: added(counts.map((one) => one.parameters)), connections: added(counts.map((one) => one.connections)) };
}

/** Links that were added to a layer as it is described, and those that were cut. */
export function changesOf(layer, linked) {
  const before = describedLinks(layer);
  const count = (link) => linked.reduce((sum, now, at) => sum + (now === link && before[at] !== link ? 1 : 0), 0);
  return { added: count(1), cut: count(0) };
}

/** What each input map adds to the sums of one map, each height × width of the sums. */
export function contributionsOf({ layer, before, sums }, map) {
  const plane = before.height * before.width;
  return Array.from({ length: before.maps }, (_, input) => {
    const at = (map * before.maps + input) * layer.cells;
    const kernel = layer.kernels.subarray(at, at + layer.cells);
    const alone = { window: layer.window, cells: layer.cells, kernels: kernel, bias: null };
    const one = { ...before, maps: 1, data: before.data.subarray(input * plane, (input + 1) * plane) };
    const found = { maps: 1, height: sums.height, width: sums.width, data: new Float32Array(sums.height * sums.width) };
    KINDS[layer.kind].forward(alone, one, found);
    return found.data;
  });
}
