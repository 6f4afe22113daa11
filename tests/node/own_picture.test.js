// The box that corrects a crop by hand, the row of all digits, and why a digit may be misread.
import test from "node:test";
import assert from "node:assert/strict";
import { LEAST, between, moved, padded, resized } from "../../lenet_explain/frontend/draw/crop_box.js";
import { measured, partsOf, surenessOf } from "../../lenet_explain/frontend/draw/misreading.js";
import { LEVELS, RAW, prepare, stroke } from "../../lenet_explain/frontend/network/picture.js";
import { WIDEST, spread } from "../../lenet_explain/frontend/network/widening.js";
import { randomly } from "./given_networks.js";

const BOX = { left: 0.3, top: 0.2, width: 0.4, height: 0.5 };
const inside = ({ left, top, width, height }) =>
  left >= 0 && top >= 0 && left + width <= 1 + 1e-9 && top + height <= 1 + 1e-9 && width >= LEAST - 1e-9 && height >= LEAST - 1e-9;
const close = (one, other) => Object.keys(other).every((side) => Math.abs(one[side] - other[side]) < 1e-9);

test("whatever is done to a box, it stays in the picture and large enough to be taken hold of", () => {
  const random = randomly(5);
  const far = () => 3 * random() - 1;
  let box = BOX;
  for (let count = 0; count < 3000; count += 1) {
    const corner = { x: count & 1, y: (count >> 1) & 1 };
    box = [moved(box, far(), far()), resized(box, corner, { x: far(), y: far() }), between({ x: far(), y: far() }, { x: far(), y: far() })][count % 3];
    assert.ok(inside(box), JSON.stringify(box));
  }
});

test("a box is moved whole, and a corner is moved alone", () => {
  assert.ok(close(moved(BOX, 0.1, -0.1), { left: 0.4, top: 0.1, width: 0.4, height: 0.5 }));
  assert.ok(close(moved(BOX, 9, 9), { left: 0.6, top: 0.5, width: 0.4, height: 0.5 }));
  assert.ok(close(resized(BOX, { x: 1, y: 1 }, { x: 0.8, y: 0.9 }), { left: 0.3, top: 0.2, width: 0.5, height: 0.7 }));
  assert.ok(close(resized(BOX, { x: 0, y: 0 }, { x: 0.1, y: 0.1 }), { left: 0.1, top: 0.1, width: 0.6, height: 0.6 }));
  assert.ok(close(resized(BOX, { x: 0, y: 1 }, { x: 0.9, y: 0.1 }), { left: 0.7 - LEAST, top: 0.2, width: LEAST, height: LEAST }));
  assert.deepEqual(between({ x: 0.7, y: 0.1 }, { x: 0.2, y: 0.6 }), between({ x: 0.2, y: 0.6 }, { x: 0.7, y: 0.1 }));
});

test("the paper around a digit is as wide as it is high, whatever the picture's shape", () => {
  const box = padded({ left: 0.4, top: 0.4, width: 0.1, height: 0.2 }, 0.5, 2);
  assert.ok(close(box, { left: 0.35, top: 0.3, width: 0.2, height: 0.4 }));
});

test("so many digits as are offered fit in the widest input, none further apart than its own picture is wide", () => {
  for (let count = 1; count <= 12; count += 1) {
    const { apart, width } = spread(count);
    assert.ok(apart <= 28 && apart > 0);
    assert.ok(width <= WIDEST && (count - 1) * apart + 28 <= width, `${count} digits ${apart} apart in ${width}`);
  }
  assert.deepEqual(spread(3), { apart: 28, width: 96 });
});

/** Lines from place to place. */
function drawn(lines, pen) {
  const raster = new Uint8Array(RAW * RAW);
  for (const [from, to] of lines) stroke(raster, { x: from[0], y: from[1] }, { x: to[0], y: to[1] }, pen, LEVELS);
  return raster;
}
const SEVEN = [[[30, 15], [80, 15]], [[80, 15], [45, 95]]];
const SURE = { far: true, value: 5, least: 9.5, count: 20 };
const CLEAR = { share: 0.5, pixels: 200, contrast: 0.8 };
const reasons = (lines, pen, { read = SURE, measures = CLEAR, normalise = true } = {}) =>
  measured({ prepared: prepare(drawn(lines, pen), { side: 32, normalise }), read, measures }).map(({ odd }) => odd).filter(Boolean);

test("an ordinary digit has no reason, and each of its measures a number", () => {
  assert.deepEqual(reasons(SEVEN, 9), []);
  for (const one of measured({ prepared: prepare(drawn(SEVEN, 9), { side: 32 }), read: SURE, measures: CLEAR })) {
    assert.match(one.found, /\d/, one.name);
    assert.match(one.usual, /\d/, one.name);
  }
});

test("each measure that is out of the ordinary gives one sentence of its own", () => {
  const only = (found, words) => {
    assert.equal(found.length, 1, found.join(" | "));
    assert.match(found[0], words);
  };
  only(reasons(SEVEN, 2), /^The strokes are thin, 0\.0[12]\d of its height: they are thickened to 0\.105/);
  only(reasons(SEVEN, 30), /^The strokes are thick, 0\.\d+ of its height/);
  only(reasons([...SEVEN, [[95, 90], [100, 95]]], 9), /^The digit is in 2 parts/);
  only(reasons(SEVEN, 9, { measures: { ...CLEAR, pixels: 14.2 } }), /only 14 pixels high.*come nearer/);
  only(reasons(SEVEN, 9, { measures: { ...CLEAR, contrast: 0.08 } }), /^The ink is pale, 8%/);
  only(reasons(SEVEN, 9, { read: { ...SURE, value: 41.26 } }), /^Its distance to the nearest glyph is 41\.3: each of 20 sample digits comes within 9\.5/);
  only(reasons(SEVEN, 9, { read: { far: false, value: 0.41, least: 0.97, count: 20 } }), /gives its answer 41\.0%.*from 97\.0%/);
  only(reasons(SEVEN, 9, { normalise: false }), /^Normalising is skipped/);
});

test("parts are counted with corners touching, not across the paper's edge, and without specks", () => {
  const raster = new Uint8Array(RAW * RAW);
  const block = (x, y, side) => {
    for (let row = 0; row < side; row += 1) raster.fill(LEVELS, (y + row) * RAW + x, (y + row) * RAW + x + side);
  };
  block(20, 20, 10);
  block(30, 30, 10);
  assert.equal(partsOf(raster, RAW), 1);
  block(102, 50, 10);
  block(0, 51, 10);
  assert.equal(partsOf(raster, RAW), 3);
  block(60, 90, 1);
  assert.equal(partsOf(raster, RAW), 3);
  assert.equal(partsOf(new Uint8Array(RAW * RAW), RAW), 0);
});

test("sureness is the smallest distance or the largest share", () => {
  assert.deepEqual(surenessOf({ far: true, values: [70, 3, 9] }), { far: true, value: 3 });
  assert.deepEqual(surenessOf({ far: false, values: [0.1, 0.7, 0.2] }), { far: false, value: 0.7 });
});
