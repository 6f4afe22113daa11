// The wide input: shapes, costs, readings that equal the network's own at each place, and the path through them.
import test from "node:test";
import assert from "node:assert/strict";
import { forward, networkFrom, readings, workspace } from "../../lenet_explain/frontend/network/network.js";
import { stroke } from "../../lenet_explain/frontend/network/picture.js";
import { bestPath, costsOf } from "../../lenet_explain/frontend/network/reading_path.js";
import { fieldsOf } from "../../lenet_explain/frontend/widen/widener_strips.js";
import { cellIn } from "../../lenet_explain/frontend/widen/widener_paper.js";
import {
  ACROSS, DOWN, FINE, WIDEST, costAt, emptyWide, inkInMiddle, inputAt, layersAt, put, rowOf, sizesAt, wideFrom, wideWords, widthInRange, windowsAt,
} from "../../lenet_explain/frontend/network/widening.js";

const near = (actual, wanted, within, what = "") =>
  assert.ok(Math.abs(actual - wanted) <= within, `${what}: ${actual} is not within ${within} of ${wanted}`);
const random = (count, seed) => Float32Array.from({ length: count }, (_, at) => Math.sin(seed * 999 + at * 12.9898) * 0.2);

/** LeNet-5's shapes with fewer maps and weights of no meaning. */
function network() {
  const plain = { stride: 1, padding: 0 };
  const own = (name, kind, inputs, maps, side, cells, counts) => ({
    name, kind, inputs, maps, height: side, width: side, table: null, ...counts,
    window: { ...plain, height: cells, width: cells, ...(kind === "subsampling" ? { stride: 2 } : {}) },
    activation: { name: "tanh" },
  });
  const layers = [
    own("C1", "convolution", 1, 2, 28, 5, { parameters: 52, connections: 52 * 784 }),
    own("S2", "subsampling", 2, 2, 14, 2, { parameters: 4, connections: 5 * 2 * 196 }),
    own("C3", "convolution", 2, 3, 10, 5, { parameters: 153, connections: 153 * 100 }),
    own("S4", "subsampling", 3, 3, 5, 2, { parameters: 6, connections: 5 * 3 * 25 }),
    own("C5", "dense", 3, 6, 1, 5, { parameters: 456, connections: 456 }),
    { ...own("OUTPUT", "dense", 6, 10, 1, 1, { parameters: 70, connections: 70 }), activation: { name: "softmax" } },
  ];
  const tensors = {};
  layers.forEach(({ name, kind, inputs, maps, window }, at) => {
    tensors[`${name}.bias`] = random(maps, at);
    if (kind === "subsampling") tensors[`${name}.coefficient`] = random(maps, at + 50);
    else tensors[`${name}.kernels`] = random(maps * inputs * window.height * window.width, at + 90).map((value) => 3 * value);
  });
  const meta = { key: "small", title: "small", answer: "logits", input: { maps: 1, height: 32, width: 32 }, pixels: { background: -0.1, ink: 1.175 }, layers };
  return networkFrom(meta, tensors);
}

test("a width is one that the network can read, in steps of a reading, from its own to the widest", () => {
  assert.deepEqual([-5, 32, 33, 34, 95, 161, NaN].map((width) => widthInRange(width, 32)), [32, 32, 32, 36, 96, 160, 32]);
  assert.deepEqual([28, 31, 500].map((width) => widthInRange(width, 28)), [28, 32, 160]);
});

test("every shape grows with the width, and the network's own width gives its own", () => {
  const own = network();
  assert.deepEqual(sizesAt(own, 32).slice(1), own.layers.map(({ height, width }) => ({ height, width })));
  assert.deepEqual(sizesAt(own, 96).map(({ width }) => width), [96, 92, 46, 42, 21, 17, 17]);
  for (const { own: single, size } of layersAt(own, 160)) {
    assert.equal(size.height, single.height);
    assert.ok(size.width > single.width);
  }
});

test("the cost grows with the places of each layer, and apart with the readings", () => {
  const own = network();
  const one = costAt(own, 32);
  assert.deepEqual([one.places, one.wide, one.apart], [1, one.single, one.single]);
  const wide = costAt(own, 64);
  assert.equal(wide.places, 9);
  assert.equal(wide.apart, 9 * one.single);
  assert.equal(wide.wide, 52 * 28 * 60 + 10 * 14 * 30 + 153 * 10 * 26 + 15 * 5 * 13 + 456 * 9 + 70 * 9);
});

test("a wide pass reads at each place what the network reads there by itself", () => {
  const own = network();
  const width = 64;
  const pixels = random(32 * width, 7);
  const wide = readings(forward(workspace(own, 32, width), pixels));
  const windows = windowsAt(own, width);
  assert.equal(wide.length, windows.length);
  const space = workspace(own, 32, 32);
  windows.forEach(({ left }, place) => {
    const cut = Float32Array.from({ length: 1024 }, (_, at) => pixels[Math.floor(at / 32) * width + left + (at % 32)]);
    const [alone] = readings(forward(space, cut));
    alone.scores.forEach((score, digit) => near(wide[place].scores[digit], score, 1e-5, `place ${place}`));
  });
  assert.notEqual(wide[0].scores[0], wide[4].scores[0]);
});

test("a reading lies under the middle of its window, where the strips draw it too", () => {
  const own = network();
  const { first, jump } = fieldsOf(own).at(-1);
  windowsAt(own, 96).forEach(({ left, middle }, place) => {
    assert.equal(middle, left + 16);
    assert.equal(first + place * jump, middle);
  });
});

test("the input is the mean of the raster, from paper to ink", () => {
  const own = network();
  const raster = emptyWide();
  for (let y = 0; y < FINE; y += 1) raster.fill(15, (8 + y) * ACROSS + 20, (8 + y) * ACROSS + 24); // pixel (2, 5)
  raster[12 * ACROSS + 24] = 15; // a sixteenth of pixel (3, 6)
  const input = inputAt(raster, 40, own);
  near(input[2 * 40 + 5], 1.175, 1e-6);
  near(input[3 * 40 + 6], -0.1 + 1.275 / 16, 1e-6);
  near(input[0], -0.1, 1e-6);
  assert.equal(input.length, 32 * 40);
  const lower = inputAt(raster, 40, { input: { height: 28 }, pixels: { background: 0, ink: 1 } });
  near(lower[0 * 40 + 5], 1, 1e-6, "28 rows are the middle ones");
});

test("digits stand in a row around the middle, and ink only darkens", () => {
  const full = new Uint8Array(784).fill(255);
  const raster = rowOf([full, full], 30, 96);
  const columns = Array.from({ length: WIDEST }, (_, x) => raster[(DOWN / 2) * ACROSS + x * FINE] === 15);
  assert.deepEqual(columns.flatMap((ink, x) => (ink ? [x] : [])), [...Array.from({ length: 28 }, (_, x) => 19 + x), ...Array.from({ length: 28 }, (_, x) => 49 + x)]);
  put(raster, new Uint8Array(784), 19);
  assert.equal(raster[(DOWN / 2) * ACROSS + 19 * FINE], 15);
  put(raster, full, 150); // over the edge
  assert.equal(raster.length, ACROSS * DOWN);
});

test("a stroke on the wide raster stays in its rows", () => {
  const raster = emptyWide();
  stroke(raster, { x: 600, y: 64 }, { x: 700, y: 64 }, 10, 15, ACROSS);
  const rows = new Set(Array.from(raster, (level, at) => (level ? Math.floor(at / ACROSS) : -1)).filter((row) => row >= 0));
  assert.ok(rows.size >= 10 && rows.size <= 12, `${rows.size} rows`);
  assert.ok(Math.min(...rows) >= 58 && Math.max(...rows) <= 70);
  assert.equal(raster[64 * ACROSS + 620], 15);
  assert.equal(raster[64 * ACROSS + 300], 0);
});

test("ink in the middle of a window is counted in pixels", () => {
  const own = network();
  const input = new Float32Array(32 * 96).fill(-0.1);
  for (let y = 10; y < 20; y += 1) input[y * 96 + 48] = 1.175;
  const ink = inkInMiddle(input, 96, own, windowsAt(own, 96));
  ink.forEach((found, place) => near(found, place === 8 || place === 9 ? 10 : 0, 1e-4, `place ${place}`));
});

test("costs are distances, or −ln of shares", () => {
  assert.deepEqual(costsOf({ answer: "distances" }, [{ scores: [-5, -70] }]), [[5, 70]]);
  const [costs] = costsOf({ answer: "logits" }, [{ scores: [1000, 1000 - Math.log(3)] }]);
  near(Math.exp(-costs[0]), 0.75, 1e-9);
  near(Math.exp(-costs[1]), 0.25, 1e-9);
});

/** Places of one cheap digit each: [digit, cost]; the other digits cost 100. */
const places = (...said) => said.map(([digit, cost]) => Array.from({ length: 10 }, (_, one) => (one === digit ? cost : 100)));

test("runs of a digit count once, and a place between them makes them two", () => {
  assert.equal(bestPath(places([3, 2], [3, 1], [3, 9]), 40).string, "3");
  assert.equal(bestPath(places([3, 2], [3, 1], [8, 90], [1, 3], [1, 4]), 40).string, "31");
  assert.equal(bestPath(places([3, 2], [3, 1], [8, 90], [3, 3], [3, 4]), 40).string, "33");
  const { runs, labels } = bestPath(places([3, 2], [3, 1], [8, 90], [1, 4], [1, 3]), 40);
  assert.deepEqual(labels, [3, 3, -1, 1, 1]);
  assert.deepEqual(runs, [{ digit: 3, from: 0, to: 1, best: 1 }, { digit: 1, from: 3, to: 4, best: 4 }]);
});

test("what is rejected is not read, nor a single weak reading, nor an empty middle", () => {
  assert.equal(bestPath(places([7, 41], [7, 60]), 40).string, "");
  assert.equal(bestPath(places([7, 39]), 40).string, "", "begun for a gain below its price");
  assert.equal(bestPath(places([7, 5]), 40).string, "7");
  assert.equal(bestPath(places([7, 5], [7, 5]), 40, [0, 0]).string, "");
  assert.equal(bestPath(places([7, 5], [7, 5]), 40, [0, 9]).string, "7");
  assert.equal(bestPath([], 40).string, "");
});

test("the path is the best of all paths", () => {
  const own = [[3, 8], [3, 22], [8, 25], [8, 12], [3, 30], [5, 38], [5, 2]].map(([digit, cost], at) =>
    Array.from({ length: 10 }, (_, one) => (one === digit ? cost : 30 + ((one * 7 + at * 13) % 40))));
  const gainOf = (labels) => labels.reduce((sum, label, at) => {
    if (label < 0) return sum;
    const entry = at && labels[at - 1] === label ? 0 : 0.6;
    return sum + (own[at][label] <= 40 ? 1 - own[at][label] / 40 : -Infinity) - entry;
  }, 0);
  let best = 0;
  const digits = [-1, 3, 5, 8];
  for (let code = 0; code < digits.length ** own.length; code += 1) {
    best = Math.max(best, gainOf(own.map((_, at) => digits[Math.floor(code / digits.length ** at) % digits.length])));
  }
  const found = gainOf(bestPath(own, 40).labels);
  assert.ok(found >= best - 1e-9, `${found} < ${best}`);
});

test("the paper grows where there is room and fits where there is none", () => {
  assert.equal(cellIn(1400, 32), 7);
  assert.equal(cellIn(1400, 160), 7);
  for (const width of [32, 64, 96, 128, 160]) assert.ok(cellIn(330, width) * width <= 330 + 1e-9, `width ${width}`);
});

test("a link brings back the width and every pixel of the input", () => {
  const own = network();
  const raster = rowOf([1, 2, 3].map((seed) => Uint8Array.from({ length: 784 }, (_, at) => Math.max(0, 300 * Math.sin(seed + at / 9) - 60))), 30, 96);
  stroke(raster, { x: 440, y: 20 }, { x: 630, y: 100 }, 10, 15, ACROSS);
  const words = wideWords({ raster, width: 160 });
  assert.match(words, /^[\w.-]+$/);
  const found = wideFrom(words);
  assert.equal(found.width, 160);
  const [before, after] = [raster, found.raster].map((one) => inputAt(one, 160, own));
  before.forEach((value, at) => near(after[at], value, 1.275 / 30 + 1e-6, `pixel ${at}`));
  assert.deepEqual(wideFrom(wideWords(found)), found, "and the second time without any change");
});

test("a link of nonsense is none", () => {
  const good = wideWords({ raster: emptyWide(), width: 96 });
  for (const words of [null, "", "96", "96.", "abc.1AAAA", good.slice(0, -1), `999${good.slice(2)}`, good.replace(".1", ".2")]) {
    assert.equal(wideFrom(words), null, String(words));
  }
});
