// Codes: what each unit adds is the whole distance, and distances of codes are four for each unit that differs.
import test from "node:test";
import assert from "node:assert/strict";
import * as codes from "../../lenet_explain/frontend/glyphs/glyph_codes.js";
import { after } from "../../lenet_explain/frontend/page/roving.js";

const code = (seed) => Float32Array.from({ length: 84 }, (_, unit) => (Math.sin(seed * 12.9 + unit * 78.2) > 0 ? 1 : -1));
const ALL = Array.from({ length: 20 }, (_, seed) => code(seed + 1));

test("what each unit adds is the squared distance, and what opposed units add is a part of it", () => {
  const values = Float32Array.from({ length: 84 }, (_, unit) => 1.7 * Math.sin(unit));
  for (const one of ALL) {
    const found = codes.disagreement(values, one);
    const sum = values.reduce((total, value, unit) => total + (value - one[unit]) ** 2, 0);
    assert.ok(Math.abs(found.sum - sum) < 1e-9);
    const opposed = [...values.keys()].filter((unit) => Math.sign(values[unit]) === -one[unit]);
    assert.equal(found.count, opposed.length);
    assert.ok(Math.abs(found.opposed - opposed.reduce((total, unit) => total + found.adds[unit], 0)) < 1e-9);
  }
});

test("the squared distance of two codes is four for each unit in which they differ", () => {
  for (const one of ALL) for (const other of ALL) assert.equal(codes.distance(one, other), 4 * codes.hamming(one, other));
});

test("the nearest come first, without oneself", () => {
  const found = codes.nearest(ALL, (other) => codes.hamming(other, ALL[3]), 3);
  assert.equal(found.length, ALL.length - 1);
  assert.ok(found.every(({ at, far }, index) => at !== 3 && far === codes.hamming(ALL[at], ALL[3]) && (!index || found[index - 1].far <= far)));
});

test("the mean is over pairs, each once", () => {
  assert.equal(codes.meanOfPairs([1, 2, 4], (one, other) => other - one), 2);
});

test("arrow keys move within rows and stop at the edges", () => {
  assert.equal(after("ArrowDown", 2, 21, 7), 9);
  assert.equal(after("ArrowUp", 2, 21, 7), null);
  assert.equal(after("ArrowRight", 20, 21, 7), null);
  assert.equal(after("ArrowLeft", 9, 21, 7), 8);
  assert.equal(after("Home", 9, 21, 7), 7);
  assert.equal(after("End", 15, 20, 7), 19);
  assert.equal(after("a", 9, 21, 7), null);
});
