// Thin strokes are made as wide as MNIST's, others are left alone; then every network reads a thin digit.
import test from "node:test";
import assert from "node:assert/strict";
import { LEVELS, RAW, bounds, prepare, stroke } from "../../lenet_explain/frontend/network/picture.js";
import { strokeWords } from "../../lenet_explain/frontend/draw/stages.js";
import { THIN, USUAL, strokesOf, withUsualStrokes } from "../../lenet_explain/frontend/network/strokes.js";
import { forward, readings, workspace } from "../../lenet_explain/frontend/network/network.js";
import { NETWORKS } from "./given_networks.js";

/** Digits as polylines, x and y from 0 to 1. */
const arc = (x, y, rx, ry, from, to) =>
  Array.from({ length: 25 }, (_, at) => {
    const turn = ((from + ((to - from) * at) / 24) * Math.PI) / 180;
    return [x + rx * Math.cos(turn), y + ry * Math.sin(turn)];
  });
const DIGITS = {
  0: [arc(0.5, 0.5, 0.32, 0.5, -90, 270)],
  2: [[...arc(0.5, 0.25, 0.3, 0.25, -170, 40), [0.2, 1], [0.85, 1]]],
  3: [[...arc(0.45, 0.25, 0.3, 0.25, -150, 90), ...arc(0.45, 0.74, 0.34, 0.26, -90, 150)]],
  7: [[[0.15, 0.02], [0.85, 0.02], [0.4, 1]]],
  8: [arc(0.5, 0.24, 0.26, 0.24, 90, 450), arc(0.5, 0.74, 0.32, 0.26, -90, 270)],
};

/** A digit of `high` pixels drawn with a pen of `pen` pixels. */
function drawn(digit, pen, high = 88, ink = LEVELS) {
  const raster = new Uint8Array(RAW * RAW);
  const at = ([x, y]) => ({ x: RAW / 2 + (x - 0.5) * high, y: RAW / 2 + (y - 0.5) * high });
  for (const line of DIGITS[digit]) line.slice(1).forEach((to, index) => stroke(raster, at(line[index]), at(to), pen, ink));
  return raster;
}

const near = (actual, wanted, within, what) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${what}: ${actual} is not within ${within} of ${wanted}`);

const longer = ({ width, height }) => Math.max(width, height);
const usual = (raster, across = RAW) => withUsualStrokes(raster, across, bounds(raster, across), LEVELS);
const shareOf = ({ raster, across }) => {
  const crop = bounds(raster, across);
  return strokesOf(raster, across, crop).width / longer(crop);
};

test("the width of a stroke is measured, upright, lying and aslant, thick and thin", () => {
  for (const [dx, dy] of [[0, 80], [80, 0], [56, 56], [30, 74]]) {
    for (const pen of [1.5, 3, 6, 10]) {
      const raster = new Uint8Array(RAW * RAW);
      stroke(raster, { x: 16, y: 16 }, { x: 16 + dx, y: 16 + dy }, pen, LEVELS);
      const { width } = strokesOf(raster, RAW, bounds(raster, RAW));
      near(width, pen, 0.6 + 0.15 * pen, `a pen of ${pen} along ${dx}, ${dy}`);
    }
  }
});

test("a wider pen is measured wider, in every digit", () => {
  for (const digit of Object.keys(DIGITS)) {
    const widths = [1.5, 2, 3, 4, 5, 6, 8, 10].map((pen) => strokesOf(drawn(digit, pen), RAW, { left: 0, top: 0, width: RAW, height: RAW }).width);
    widths.slice(1).forEach((width, at) => assert.ok(width > widths[at], `${digit}: ${widths}`));
  }
});

test("a faint line is as wide as the same line in full ink", () => {
  for (const pen of [2, 4, 8]) {
    const [faint, full] = [drawn(3, pen, 88, 5), drawn(3, pen)].map((raster) => shareOf({ raster, across: RAW }));
    near(faint, full, 0.15 * full, `a pen of ${pen}`);
  }
});

test("strokes that are not thin stay as they are, to the last level", () => {
  for (const digit of Object.keys(DIGITS)) {
    const raster = drawn(digit, 9);
    const { raster: same, share, radius } = usual(raster);
    assert.equal(same, raster);
    assert.equal(radius, 0);
    assert.ok(share >= THIN, `${digit}: ${share}`);
  }
});

test("thin strokes come to the usual width, whatever they were", () => {
  for (const digit of Object.keys(DIGITS)) {
    for (const pen of [1, 1.5, 2, 3, 4]) near(shareOf(usual(drawn(digit, pen))), USUAL, 0.016, `${digit} with a pen of ${pen}`);
  }
});

test("what has been widened is not widened again", () => {
  for (const digit of Object.keys(DIGITS)) {
    const once = usual(drawn(digit, 2));
    assert.ok(once.radius > 0);
    const twice = usual(once.raster, once.across);
    assert.equal(twice.radius, 0);
    assert.equal(twice.raster, once.raster);
  }
});

test("widening keeps every inked place, and more ink leads to no less", () => {
  for (const digit of Object.keys(DIGITS)) {
    const raster = drawn(digit, 2);
    const { raster: wide, across, radius } = usual(raster);
    const [from, reach] = [bounds(raster, RAW), Math.ceil(radius + 0.5)];
    for (let y = 0; y < from.height; y += 1) {
      for (let x = 0; x < from.width; x += 1) {
        if (raster[(from.top + y) * RAW + from.left + x] < LEVELS / 2) continue;
        assert.equal(wide[(y + reach) * across + x + reach], LEVELS);
      }
    }
  }
});

test("a drawing that touches the paper's edge is not cut off", () => {
  const raster = drawn(0, 2, 111);
  const { raster: wide, across, radius } = usual(raster);
  const [before, after] = [bounds(raster, RAW), bounds(wide, across)];
  near(after.width, before.width + 2 * radius, 2, "width");
  near(after.height, before.height + 2 * radius, 2, "height");
});

test("the stage says what it measured and did", () => {
  const thin = prepare(drawn(8, 2.7), { side: 32 });
  assert.match(strokeWords(thin.strokes, thin.crop), /^strokes 0\.02\d of the height, thickened to 0\.105$/);
  const thick = prepare(drawn(8, 10), { side: 32 });
  assert.match(strokeWords(thick.strokes, thick.crop), /^strokes 0\.0\d\d of the height: left as they are, from 0\.061 on$/);
});

test("a dot, a dash, full paper and a faint speck all come through", () => {
  const one = new Uint8Array(RAW * RAW);
  one[50 * RAW + 50] = 3;
  const dash = new Uint8Array(RAW * RAW);
  dash.fill(LEVELS, 60 * RAW + 2, 60 * RAW + 110);
  for (const raster of [one, dash, new Uint8Array(RAW * RAW).fill(LEVELS), new Uint8Array(RAW * RAW).fill(1)]) {
    const { field, strokes } = prepare(raster, { side: 32 });
    assert.ok(field.every((value) => value >= 0 && value <= 1));
    assert.ok(Number.isFinite(strokes.share) && strokes.share > 0);
  }
});

test("every network reads thin digits right, and none a thin 8 when normalising is skipped", () => {
  for (const [key, network] of Object.entries(NETWORKS)) {
    const { background, ink } = network.pixels;
    const space = workspace(network, network.input.height, network.input.width);
    const read = (raster, normalise) => {
      forward(space, prepare(raster, { side: network.input.height, background, ink, normalise }).input);
      return String(readings(space)[0].digit);
    };
    const digits = Object.keys(DIGITS);
    for (const pen of [1.2, 3]) for (const digit of digits) assert.equal(read(drawn(digit, pen), true), digit, `${key}, pen ${pen}`);
    assert.notEqual(read(drawn(8, 1.2), false), "8", key);
  }
});
