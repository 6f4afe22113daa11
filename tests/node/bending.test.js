// Bends: neutral ones change nothing, and each of the others changes what its name says, by its amount.
import test from "node:test";
import assert from "node:assert/strict";
import { BENDS, bend } from "../../lenet_explain/frontend/network/bending.js";
import { bounds, mass, prepare, stroke, RAW } from "../../lenet_explain/frontend/network/picture.js";

const near = (actual, wanted, within, what) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${what}: ${actual} is not within ${within} of ${wanted}`);
const ink = (picture) => picture.reduce((sum, value) => sum + value, 0);
const furthest = (one, other) => Math.max(...one.map((value, here) => Math.abs(value - other[here])));

/** A 2 in two strokes of a pen. */
function digit() {
  const raster = new Uint8Array(RAW * RAW);
  const places = [[36, 34], [50, 20], [70, 24], [74, 44], [54, 66], [34, 92], [78, 92]].map(([x, y]) => ({ x, y }));
  places.slice(1).forEach((to, index) => stroke(raster, places[index], to, 10, 15));
  return prepare(raster, { side: 28, background: 0, ink: 1 }).field;
}

/** A soft round spot in the middle, half a pixel off it, so that nothing is cut off. */
const spot = (width = 3, height = 3) =>
  Float32Array.from({ length: 784 }, (_, here) =>
    Math.exp(-((((here % 28) - 13.5) / width) ** 2) - ((Math.floor(here / 28) - 13.5) / height) ** 2),
  );

/** Sums of squares about the centre of mass: how wide, how high, and how much it leans. */
function spread(picture, side) {
  const centre = mass(picture, side);
  let [across, down, lean] = [0, 0, 0];
  picture.forEach((value, here) => {
    const [x, y] = [(here % side) - centre.x, Math.floor(here / side) - centre.y];
    across += value * x * x;
    down += value * y * y;
    lean += value * x * y;
  });
  const all = ink(picture);
  return { across: Math.sqrt(across / all), down: Math.sqrt(down / all), lean: lean / down };
}

test("neutral amounts give the unbent input exactly", () => {
  const field = digit();
  const neutral = Object.fromEntries(BENDS.map((one) => [one.key, one.neutral]));
  const wanted = prepare(new Uint8Array(RAW * RAW), { side: 32 }).input;
  for (let y = 0; y < 28; y += 1) wanted.set(field.subarray(y * 28, y * 28 + 28), (y + 2) * 32 + 2);
  assert.deepEqual(bend(field, neutral, 32), wanted);
  assert.deepEqual(bend(field, {}, 32), wanted);
  assert.deepEqual(bend(field, {}, 28), field);
});

test("every bend lists a range around its neutral amount, and claims lie inside", () => {
  assert.ok(Object.isFrozen(BENDS) && BENDS.every((one) => Object.isFrozen(one)));
  assert.equal(new Set(BENDS.map((one) => one.key)).size, BENDS.length);
  for (const { key, low, high, neutral, step, claim } of BENDS) {
    assert.ok(low <= neutral && neutral < high && step > 0, key);
    near(((neutral - low) / step) % 1, Math.round(((neutral - low) / step) % 1), 1e-9, `${key} reaches neutral`);
    if (claim) assert.ok(low <= claim[0] && claim[0] < neutral && neutral < claim[1] && claim[1] <= high, key);
  }
  const claims = Object.fromEntries(BENDS.filter((one) => one.claim).map((one) => [one.key, one.claim]));
  assert.deepEqual(claims, { down: [-10, 10], scale: [0.5, 2], rotation: [-30, 30] });
});

test("every amount in range gives values from 0 to 1, and moves little for a little step", () => {
  const field = digit();
  for (const { key, low, high } of BENDS.filter((one) => one.key !== "noise")) {
    for (let count = 0; count < 24; count += 1) {
      const amount = low + ((high - low) * count) / 24;
      const picture = bend(field, { [key]: amount }, 32);
      assert.ok(picture.every((value) => value >= -1e-6 && value <= 1 + 1e-6), `${key} ${amount}`);
      const beside = bend(field, { [key]: amount + (high - low) * 1e-5 }, 32);
      assert.ok(furthest(picture, beside) < 0.01, `${key} jumps at ${amount}`);
    }
  }
});

test("no slider jumps where it leaves its neutral place", () => {
  for (const { key, neutral } of BENDS.filter((one) => one.key !== "noise")) {
    for (const step of [-1e-4, 1e-4]) {
      assert.ok(furthest(bend(digit(), { [key]: neutral + step }, 32), bend(digit(), {}, 32)) < 0.01, key);
    }
  }
});

test("amounts beyond the range stop at its end, and what is no number is neutral", () => {
  const field = digit();
  assert.deepEqual(bend(field, { scale: 0 }, 32), bend(field, { scale: 0.25 }, 32));
  assert.deepEqual(bend(field, { scale: NaN, down: "far", shear: undefined }, 32), bend(field, {}, 32));
});

test("a shift moves the centre of mass by its amount, right and down", () => {
  const before = mass(bend(spot(), {}, 32), 32);
  for (const [across, down] of [[3, 0], [0, -2.5], [-1.25, 4.75]]) {
    const after = mass(bend(spot(), { across, down }, 32), 32);
    near(after.x - before.x, across, 0.02, "across");
    near(after.y - before.y, down, 0.02, "down");
  }
});

test("a scale multiplies width and height", () => {
  const before = spread(bend(spot(), {}, 32), 32);
  for (const scale of [0.5, 0.8, 1.5]) {
    const after = spread(bend(spot(), { scale }, 32), 32);
    near(after.across / before.across, scale, 0.06, `across ×${scale}`);
    near(after.down / before.down, scale, 0.06, `down ×${scale}`);
  }
  const half = bounds(bend(digit(), { scale: 0.5 }, 32), 32, 0.1);
  near(half.height, 10, 1, "height of half a digit");
});

test("shrinking averages: the ink shrinks with the area", () => {
  for (const scale of [0.25, 0.4, 0.7]) {
    const after = ink(bend(digit(), { scale }, 32));
    near(after / ink(digit()) / scale ** 2, 1, 0.06, `ink at ×${scale}`);
  }
});

test("four quarter turns are no turn, and a quarter turn is clockwise", () => {
  let picture = digit();
  for (let count = 0; count < 4; count += 1) picture = bend(picture, { rotation: 90 }, 28);
  assert.ok(furthest(picture, digit()) < 1e-4);
  const top = new Float32Array(784);
  top[5 * 28 + 13] = 1;
  const turned = mass(bend(top, { rotation: 90 }, 28), 28);
  near(turned.x, 22, 1e-3, "the top goes to the right");
  near(turned.y, 13, 1e-3, "and to the middle");
});

test("a squeeze narrows and stretches by the same factor", () => {
  const before = spread(bend(spot(), {}, 32), 32);
  const after = spread(bend(spot(), { squeeze: 1.25 }, 32), 32);
  near(after.across / before.across, 1 / 1.25, 0.03, "narrower");
  near(after.down / before.down, 1.25, 0.03, "taller");
  near(ink(bend(spot(), { squeeze: 1.25 }, 32)), ink(spot()), 1, "area");
});

test("a shear leans to the right by its amount for each pixel of height", () => {
  for (const shear of [-0.5, 0.3, 0.6]) {
    const picture = bend(spot(2, 4), { shear }, 32);
    near(spread(picture, 32).lean, -shear, 0.03, "lean, rows counted downwards");
    near(spread(picture, 32).down, spread(spot(2, 4), 28).down, 0.06, "height");
  }
});

test("scale comes before shift, and shear before rotation", () => {
  const moved = mass(bend(spot(), { scale: 0.5, across: 6 }, 32), 32);
  near(moved.x - 15.5, 6, 0.05, "a shift is not scaled");
  const dot = new Float32Array(784);
  dot[5 * 28 + 13] = 1; // 8.5 above the middle, half a pixel to the left
  const { x, y } = mass(bend(dot, { shear: 0.5, rotation: 90 }, 28), 28);
  near(x - 13.5, 8.5, 0.1, "turned to the right");
  near(y - 13.5, 0.5 * 8.5 - 0.5, 0.15, "what had leaned right goes down");
});

test("more stroke width is never less ink anywhere", () => {
  let before = bend(digit(), { thickness: -3 }, 32);
  for (let amount = -2.75; amount <= 3; amount += 0.25) {
    const after = bend(digit(), { thickness: amount }, 32);
    assert.ok(after.every((value, here) => value >= before[here] - 1e-6), `at ${amount}`);
    assert.ok(ink(after) > ink(before), `ink at ${amount}`);
    before = after;
  }
});

test("two pixels of stroke width are one on either side", () => {
  const bar = new Float32Array(784);
  for (let y = 6; y < 22; y += 1) bar.fill(1, y * 28 + 12, y * 28 + 16);
  for (const amount of [-2, 2]) {
    const { width, height } = bounds(bend(bar, { thickness: amount }, 32), 32);
    assert.deepEqual([width, height], [4 + amount, 16 + amount]);
  }
});

test("noise inverts its share of the pixels, the same ones for a seed", () => {
  const plain = bend(digit(), {}, 32);
  for (const noise of [0.1, 0.5]) {
    const noisy = bend(digit(), { noise, seed: 3 }, 32);
    assert.deepEqual(noisy, bend(digit(), { noise, seed: 3 }, 32));
    assert.notDeepEqual(noisy, bend(digit(), { noise, seed: 4 }, 32));
    const changed = noisy.filter((value, here) => value !== plain[here]).length / 1024;
    near(changed, noise, 0.05, "share");
    noisy.forEach((value, here) => assert.ok(value === plain[here] || value === Math.fround(1 - plain[here])));
  }
});

test("full inversion twice is none, and half of it is grey", () => {
  const once = bend(digit(), { inversion: 1 }, 28);
  assert.ok(furthest(bend(once, { inversion: 1 }, 28), digit()) < 1e-6);
  assert.ok(bend(digit(), { inversion: 0.5 }, 28).every((value) => Math.abs(value - 0.5) < 1e-6));
});
