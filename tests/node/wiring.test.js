// Tables of links: a map is the sum of what its inputs add, links cost what they cost, and chance can be repeated.
import test from "node:test";
import assert from "node:assert/strict";
import { describedLinks, forward, networkFrom, relinked, workspace } from "../../lenet_explain/frontend/network/network.js";
import { linkWords } from "../../lenet_explain/frontend/wire/wiring_counts.js";
import * as table from "../../lenet_explain/frontend/wire/wiring_table.js";

const TABLE = [[0], [1, 2], [0, 2], [0, 1, 2], [1]];
const [MAPS, INPUTS, CELLS] = [5, 3, 9];

const layer = (name, inputs, maps, side, described) => ({
  name, kind: "convolution", inputs, maps, height: side, width: side, table: described, epsilon: 0, macs: 0,
  window: { height: 3, width: 3, stride: 1, padding: 0 },
  activation: { name: "tanh" },
});

const noise = (length, seed) => Float32Array.from({ length }, (_, at) => Math.sin(seed + 1.7 * at + 0.3 * at * at));

/** A first layer of three maps, and one that reads them by `described`; null is dense. */
function network(described, bias = true) {
  const links = described ? described.flat().length : MAPS * INPUTS;
  const parameters = links * CELLS + (bias ? MAPS : 0);
  const meta = {
    key: "small", answer: "logits", input: { maps: 1, height: 9, width: 9 }, pixels: { background: 0, ink: 1 },
    layers: [
      { ...layer("A", 1, INPUTS, 7, null), parameters: 30, connections: 30 * 49 },
      { ...layer("B", INPUTS, MAPS, 5, described), parameters, connections: parameters * 25 },
    ],
  };
  const tensors = { "A.kernels": noise(27, 1), "A.bias": noise(3, 2), "B.kernels": noise(links * CELLS, 3) };
  return networkFrom(meta, { ...tensors, ...(bias ? { "B.bias": noise(MAPS, 4) } : {}) });
}

const wiredLayer = ({ layers }) => layers[1];
const random = (seed) => table.randomLinks(MAPS, INPUTS, 5 + (seed % 11), seed);
const ones = (linked) => linked.reduce((sum, one) => sum + one, 0);

test("what the inputs add, and the bias, are the sums of the network that runs, for any links", () => {
  for (const described of [TABLE, null]) {
    for (const bias of [true, false]) {
      for (let seed = 0; seed < 12; seed += 1) {
        const now = seed ? relinked(network(described, bias), "B", random(seed)) : network(described, bias);
        const step = forward(workspace(now, 9, 9), noise(81, 5 + seed)).steps[1];
        for (let map = 0; map < MAPS; map += 1) {
          const adds = table.contributionsOf(step, map);
          for (let at = 0; at < 25; at += 1) {
            const sum = adds.reduce((total, one) => total + one[at], bias ? step.layer.bias[map] : 0);
            assert.ok(Math.abs(sum - step.sums.data[map * 25 + at]) < 1e-5, `${seed} ${map} ${at}`);
          }
        }
      }
    }
  }
});

test("a link that is not there adds nothing, and one that was never trained adds nothing", () => {
  const now = relinked(network(TABLE), "B", new Uint8Array(MAPS * INPUTS).fill(1));
  const step = forward(workspace(now, 9, 9), noise(81, 9)).steps[1];
  for (let map = 0; map < MAPS; map += 1) {
    table.contributionsOf(step, map).forEach((values, input) => {
      assert.equal(values.some((value) => value !== 0), TABLE[map].includes(input), `${map} ${input}`);
    });
  }
});

test("a network wired as it is described answers as it is described", () => {
  const base = network(TABLE);
  const again = relinked(base, "B", describedLinks(wiredLayer(base)));
  const sums = [base, again].map((one) => forward(workspace(one, 9, 9), noise(81, 6)).steps[1].sums.data);
  assert.deepEqual(sums[0], sums[1]);
});

test("maps' parameters add up to their layer's, and a layer's change is the network's", () => {
  for (const bias of [true, false]) {
    const base = network(TABLE, bias);
    const before = table.networkCounts(base);
    for (let seed = 1; seed < 12; seed += 1) {
      const linked = random(seed);
      const now = relinked(base, "B", linked);
      const maps = Array.from({ length: MAPS }, (_, map) => table.mapCounts(wiredLayer(now), linked, map));
      const own = maps.reduce((sum, one) => sum + one.parameters, 0);
      assert.equal(own, ones(linked) * CELLS + (bias ? MAPS : 0));
      assert.equal(table.networkCounts(now).parameters - before.parameters, own - wiredLayer(base).parameters);
      assert.equal(table.networkCounts(now).connections - before.connections, 25 * (own - wiredLayer(base).parameters));
    }
  }
});

test("chance gives so many links, of every map at least one, and the same for the same number", () => {
  const seen = new Set();
  for (let seed = 1; seed < 60; seed += 1) {
    const linked = table.randomLinks(16, 6, 60, seed);
    assert.equal(ones(linked), 60);
    for (let map = 0; map < 16; map += 1) assert.ok(ones(linked.slice(map * 6, map * 6 + 6)) >= 1);
    assert.deepEqual(table.randomLinks(16, 6, 60, seed), linked);
    seen.add(linked.join(""));
  }
  assert.equal(seen.size, 59);
});

test("links that were added and cut are told apart, and a link toggled twice is as before", () => {
  const base = wiredLayer(network(TABLE));
  const linked = describedLinks(base);
  assert.deepEqual(table.changesOf(base, linked), { added: 0, cut: 0 });
  assert.deepEqual(table.changesOf(base, table.toggled(linked, 0)), { added: 0, cut: 1 });
  assert.deepEqual(table.changesOf(base, table.toggled(linked, 1)), { added: 1, cut: 0 });
  assert.ok(table.sameLinks(table.toggled(table.toggled(linked, 4), 4), linked));
  assert.ok(!table.sameLinks(table.toggled(linked, 4), linked));
  assert.deepEqual(table.linksOf(TABLE, INPUTS), linked);
});

test("how many links there are is counted of the table as it is", () => {
  assert.equal(linkWords(table.linksOf(TABLE, INPUTS)), "● reads: 9 of 15 links");
  assert.equal(linkWords(table.linksOf([[0], [1], [2], [0], [1]], INPUTS)), "● reads: 5 of 15 links");
});
