// The address holds the state of the page: what goes in comes out, and nothing that stands there can do harm.
import test from "node:test";
import assert from "node:assert/strict";
import { paramsOf, stateFrom } from "../../lenet_explain/frontend/live/link.js";
import { startingState } from "../../lenet_explain/frontend/live/live.js";
import { RAW, LEVELS, stroke } from "../../lenet_explain/frontend/network/picture.js";
import { BENDS } from "../../lenet_explain/frontend/network/bending.js";
import { randomly } from "./given_networks.js";

const addressOf = (state) => {
  const said = Object.entries(paramsOf(state)).filter(([, value]) => value !== null);
  return new URLSearchParams(Object.fromEntries(said));
};

function randomState(seed) {
  const random = randomly(seed);
  const drawing = new Uint8Array(RAW * RAW);
  let from = { x: RAW * random(), y: RAW * random() };
  for (let segment = 0; segment < 6; segment += 1) {
    const to = { x: RAW * random(), y: RAW * random() };
    stroke(drawing, from, to, 6 + 8 * random(), LEVELS);
    from = to;
  }
  const { key, low, high } = BENDS[Math.floor(BENDS.length * random())];
  return {
    ...startingState(),
    drawing,
    normalise: random() < 0.5,
    unit: { layer: "C3", map: Math.floor(16 * random()), y: Math.floor(10 * random()), x: Math.floor(10 * random()) },
    links: { layer: "C3", linked: Uint8Array.from({ length: 96 }, () => (random() < 0.5 ? 1 : 0)) },
    bends: { [key]: Math.round(1000 * (low + (high - low) * random())) / 1000 },
  };
}

test("what the address says is what it was given", () => {
  for (let seed = 0; seed < 40; seed += 1) {
    const state = randomState(seed);
    const address = addressOf(state);
    const found = { ...startingState(), ...stateFrom(address) };
    for (const name of ["drawing", "normalise", "unit", "links", "bends"]) assert.deepEqual(found[name], state[name], name);
    assert.ok(address.toString().length < 2000, `${address.toString().length} characters`);
  }
});

test("a page as it starts says nothing in its address", () => {
  assert.equal(addressOf(startingState()).toString(), "");
});

test("ten thousand hostile addresses change nothing that is not what they may change", () => {
  const random = randomly(99);
  const letters = "0123456789abcdefABCDEFxyzC3.~-_%<>\"'&;()\u0000é";
  const names = ["digit", "raw", "unit", "links", "bend", "wide", "__proto__", "constructor"];
  const fresh = Object.keys(startingState());
  for (let count = 0; count < 10000; count += 1) {
    const params = new URLSearchParams();
    for (const name of names) {
      if (random() < 0.4) continue;
      const length = random() < 0.01 ? 9000 : Math.floor(30 * random());
      params.set(name, Array.from({ length }, () => letters[Math.floor(letters.length * random())]).join(""));
    }
    const found = stateFrom(params);
    assert.ok(Object.keys(found).every((name) => fresh.includes(name)));
    for (const [key, amount] of Object.entries(found.bends ?? {})) {
      const known = BENDS.find((one) => one.key === key);
      assert.ok(known && amount >= known.low && amount <= known.high);
    }
    assert.ok(!found.drawing || (found.drawing.length === RAW * RAW && found.drawing.every((level) => level <= LEVELS)));
  }
  assert.equal({}.polluted, undefined);
});

test("a bend beyond its range ends at the range's end", () => {
  for (const { key, low, high } of BENDS) {
    const found = (thousandths) => stateFrom(new URLSearchParams({ bend: `${key}.${thousandths}` })).bends[key];
    assert.equal(found(99999999), high);
    assert.equal(found(-99999999) ?? low, low);
  }
});
