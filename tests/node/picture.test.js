// The raster and its preparation: a sample comes back as itself, a drawing is boxed and centred, a text is lossless.
import test from "node:test";
import assert from "node:assert/strict";
import { RAW, LEVELS, bounds, decode, encode, fromImage, mass, prepare, stroke } from "../../lenet_explain/frontend/network/picture.js";

const PAPER = { side: 32, background: -0.1, ink: 1.175 };

/** Rows 3 to 22 of an embedded test digit, a 4, in sixteenths of grey. */
const FOUR = [
  "00000000000248dfa52100000000",
  "00000000000259efa42100000000",
  "0000000000048bff931000000000",
  "000000000016befe820000000000",
  "000000001249dedb610000000000",
  "00000000258cfea7300000000000",
  "0000000148cefc73210000000000",
  "000000137beed941244321000000",
  "00000036adfdb720488752000000",
  "00000148cffd96226bba73000000",
  "0000015adffc8656adec95100000",
  "0000015adffc888adffda5100000",
  "00000036aefecccdeffc94100000",
  "000000026cffffffffda63000000",
  "0000000038bcceffffc742000000",
  "00000000124569dffd9410000000",
  "00000000000137dfea7200000000",
  "00000000000148dfc74100000000",
  "00000000000369efa42000000000",
  "0000000000036aef931000000000",
];

const blank = () => new Uint8Array(RAW * RAW);
const four = () => {
  const text = "0".repeat(3 * 28) + FOUR.join("") + "0".repeat(5 * 28);
  return Uint8Array.from(text, (letter) => parseInt(letter, 16) * 17);
};

/** Whole numbers from 0 to below `below`, the same in every run. */
function lots(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A line through a few places, as a hand draws it. */
function scribble(seed, width = 8) {
  const [lot, raster] = [lots(seed), blank()];
  let from = { x: 30 + lot(50), y: 20 + lot(60) };
  for (let count = 0; count < 6; count += 1) {
    const to = { x: 20 + lot(70) + 0.37, y: 15 + lot(80) + 0.61 };
    stroke(raster, from, to, width, LEVELS);
    from = to;
  }
  return raster;
}

const near = (actual, wanted, within, what) =>
  assert.ok(Math.abs(actual - wanted) <= within, `${what}: ${actual} is not within ${within} of ${wanted}`);

test("a stroke is as wide as asked, round at its ends and soft at its edge", () => {
  const raster = blank();
  stroke(raster, { x: 30, y: 50 }, { x: 80, y: 50 }, 8, LEVELS);
  assert.deepEqual(bounds(raster, RAW), { left: 26, top: 46, width: 58, height: 8 });
  const ink = raster.reduce((sum, level) => sum + level, 0) / LEVELS;
  near(ink, 50 * 8 + Math.PI * 16, 4, "area of the stroke");
  assert.ok(raster.some((level) => level > 0 && level < LEVELS));
  assert.equal(raster[50 * RAW + 50], LEVELS);
});

test("a stroke only darkens and an eraser only lightens", () => {
  const raster = scribble(1);
  const before = raster.slice();
  stroke(raster, { x: 0, y: 0 }, { x: 111, y: 111 }, 5, 7);
  assert.ok(raster.every((level, here) => level >= before[here]));
  const darker = raster.slice();
  stroke(raster, { x: 0, y: 111 }, { x: 111, y: 0 }, 12, 0);
  assert.ok(raster.every((level, here) => level <= darker[here]));
  assert.equal(raster[56 * RAW + 55], 0);
});

test("a stroke outside the raster, or nowhere, paints nothing", () => {
  const raster = scribble(1);
  for (const ink of [0, LEVELS]) {
    stroke(raster, { x: -90, y: -90 }, { x: -40, y: -20 }, 10, ink);
    stroke(raster, { x: NaN, y: 3 }, { x: 50, y: 50 }, 10, ink);
    stroke(raster, { x: 10, y: 10 }, { x: Infinity, y: 90 }, 10, ink);
  }
  assert.deepEqual(raster, scribble(1));
});

test("a sample comes back as itself, pixel by pixel", () => {
  const sample = four();
  const { field, placed, crop } = prepare(fromImage(sample), PAPER);
  assert.deepEqual(Uint8Array.from(field, (value) => Math.round(value * 255)), sample);
  assert.deepEqual(crop, { left: 20, top: 12, width: 72, height: 80 });
  assert.deepEqual(placed, { left: 5, top: 3 });
});

test("any grey of a sample is kept to half a level", () => {
  const lot = lots(4);
  const sample = four().map((value) => value && Math.min(255, Math.max(9, value - 8 + lot(17))));
  const { field } = prepare(fromImage(sample), PAPER);
  sample.forEach((value, here) => near(field[here] * 255, value, 8.51, `pixel ${here}`));
});

test("a sample that MNIST centred half a pixel lower stays there", () => {
  const lower = new Uint8Array(784);
  lower.set(four().subarray(0, 784 - 28), 28);
  const stays = prepare(fromImage(lower), PAPER).placed;
  assert.equal(stays.top, 4);
});

test("the longer side fills the box and the aspect is kept", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { crop, scaled } = prepare(scribble(seed), PAPER);
    assert.equal(Math.max(scaled.width, scaled.height), 20);
    const longer = Math.max(crop.width, crop.height);
    near(scaled.width, (crop.width * 20) / longer, 0.5, "width");
    near(scaled.height, (crop.height * 20) / longer, 0.5, "height");
  }
});

test("the centre of mass comes nearest to the middle of the field", () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
    const { scaled, placed, field, mass: centre } = prepare(scribble(seed), PAPER);
    const found = mass(field, 28);
    for (const [at, left, size, key] of [
      [found.x, placed.left, scaled.width, "x"],
      [found.y, placed.top, scaled.height, "y"],
    ]) {
      near(at, left + centre[key], 1e-4, "mass and place");
      if (left > 0 && left < 28 - size) near(at, 13.5, 0.5 + 1e-4, `centre ${key}`);
    }
  }
});

test("half a pixel goes to the even place, as in Python", () => {
  for (const [height, top] of [[80, 4], [76, 4], [68, 6]]) { // from 13.5: 9.5 leaves 4, 9 leaves 4.5, 8 leaves 5.5
    const raster = blank();
    for (let y = 0; y < height; y += 1) raster.fill(LEVELS, (y + 9) * RAW + 9, (y + 9) * RAW + 89);
    assert.equal(prepare(raster, PAPER).placed.top, top, `a block of ${height}`);
  }
});

test("ink at one end is clamped inside the field", () => {
  const raster = blank();
  stroke(raster, { x: 20, y: 20 }, { x: 20, y: 100 }, 1.5, 3);
  stroke(raster, { x: 20, y: 98 }, { x: 20, y: 99 }, 10, LEVELS);
  const { scaled, placed, field } = prepare(raster, PAPER);
  assert.equal(placed.top, 0);
  near(field.reduce((sum, value) => sum + value, 0), scaled.values.reduce((sum, value) => sum + value, 0), 1e-3, "ink");
});

test("the input is the field in a border of paper, in the network's values", () => {
  const { field, input } = prepare(scribble(3), PAPER);
  assert.equal(input.length, 32 * 32);
  input.forEach((value, here) => {
    const [x, y] = [(here % 32) - 2, Math.floor(here / 32) - 2];
    const inside = x >= 0 && x < 28 && y >= 0 && y < 28;
    near(value, inside ? -0.1 + 1.275 * field[y * 28 + x] : -0.1, 1e-6, `input ${here}`);
  });
});

test("a tiny drawing grows, and one pixel fills the box", () => {
  const raster = blank();
  raster[56 * RAW + 56] = LEVELS;
  const { scaled, field } = prepare(raster, PAPER);
  assert.deepEqual([scaled.width, scaled.height], [20, 20]);
  assert.equal(field.filter((value) => value === 1).length, 400);
  raster[56 * RAW + 57] = 5;
  assert.ok(new Set(prepare(raster, PAPER).scaled.values).size > 5, "between two pixels the grey changes gradually");
  stroke(raster, { x: 50, y: 50 }, { x: 60, y: 58 }, 3, LEVELS);
  assert.ok(prepare(raster, PAPER).field.every((value) => value >= 0 && value <= 1));
});

test("an empty drawing is paper, with no stage and no NaN", () => {
  for (const normalise of [true, false]) {
    const stages = prepare(blank(), { ...PAPER, normalise });
    assert.ok(stages.input.every((value) => value === Math.fround(-0.1)));
    assert.deepEqual([stages.crop, stages.scaled, stages.mass, stages.placed], [null, null, null, null]);
  }
});

test("not normalised, the raster only shrinks", () => {
  const raster = scribble(5);
  const ink = raster.reduce((sum, level) => sum + level, 0) / LEVELS / RAW ** 2;
  for (const side of [28, 32]) {
    const { input, crop, field } = prepare(raster, { side, background: 0, ink: 1, normalise: false });
    assert.deepEqual([input.length, crop, field], [side * side, null, null]);
    near(input.reduce((sum, value) => sum + value, 0) / side ** 2, ink, 1e-3, "share of ink");
    const [raw, small] = [mass(raster, RAW), mass(input, side)];
    near(((raw.x + 0.5) * side) / RAW, small.x + 0.5, 0.02, "mass across");
    near(((raw.y + 0.5) * side) / RAW, small.y + 0.5, 0.02, "mass down");
  }
});

test("a text gives its raster back, whatever that is", () => {
  const lot = lots(7);
  const noise = Array.from({ length: 6 }, (_, count) => blank().map(() => (lot(6) < count ? lot(16) : 0)));
  const drawn = [1, 2, 3, 4].map((seed) => scribble(seed));
  for (const raster of [...noise, ...drawn, blank(), blank().fill(LEVELS), fromImage(four())]) {
    const text = encode(raster);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(decode(text), raster);
  }
});

test("a drawn digit and a sample are short texts", () => {
  assert.ok(encode(fromImage(four())).length <= 600);
  const raster = blank();
  let from = { x: 56, y: 16 };
  for (let step = 1; step <= 80; step += 1) {
    const turn = (step / 80) * 2 * Math.PI;
    const to = { x: 56 + 26 * Math.sin(2 * turn), y: 56 - 40 * Math.cos(turn) };
    stroke(raster, from, to, 9, LEVELS);
    from = to;
  }
  assert.ok(encode(raster).length <= 900, `an 8 takes ${encode(raster).length} letters`);
});

test("what encode did not write is no raster", () => {
  const text = encode(scribble(2));
  const changed = Array.from({ length: 40 }, (_, count) => {
    const place = Math.floor((count * text.length) / 40);
    return text.slice(0, place) + (text[place] === "x" ? "y" : "x") + text.slice(place + 1);
  });
  const lot = lots(9);
  const random = Array.from({ length: 60 }, (_, count) =>
    Array.from({ length: 5 * count }, () => String.fromCharCode(lot(count % 2 ? 128 : 65536))).join(""),
  );
  const long = ["1".repeat(1e7), `1${"Az-_9".repeat(3900)}`, "A".repeat(20000)];
  const odd = ["", "1", "1AAAAA", `${text}A`, ` ${text}`, `${text}\n`, text.slice(0, -1), text.slice(1), "💥"];
  const other = [null, undefined, 7, {}, [text], new Uint8Array(4), new String(text), Symbol("s")];
  for (const hostile of [...changed, ...random, ...long, ...odd, ...other]) assert.equal(decode(hostile), null);
});
