// Responses to a bend: which points are looked at, where an answer breaks, and what is said of it.
import test from "node:test";
import assert from "node:assert/strict";
import { BENDS } from "../../lenet_explain/frontend/network/bending.js";
import {
  amountAt, amountWords, breakWords, brokenIn, claimOf, holdsOf, placeOf, pointsOf, stepsOf, sweep,
} from "../../lenet_explain/frontend/network/response.js";
import { claimWords, edgeWords, verdictOf } from "../../lenet_explain/frontend/bend/bender_words.js";
import { shareAt } from "../../lenet_explain/frontend/bend/bender_curve.js";

const of = (key) => BENDS.find((one) => one.key === key);
const rotation = of("rotation");
const MOST = 90; // points of one lane: about two milliseconds each

/** A network that reads a 3 between two amounts, both of them included. */
const reads = (least, most) => (amount) => (amount >= least && amount <= most ? { share: 0.9, digit: 3 } : { share: 0.1, digit: 8 });

function swept(bend, ...networks) {
  const lanes = networks.map(() => new Map());
  const stages = [...sweep(bend, 3, (amount) => networks.map((look) => look(amount)), lanes)];
  return { lanes, stages };
}

test("places and amounts are each other's inverse, and neutral is one of them", () => {
  for (const bend of BENDS) {
    for (let at = 0; at <= stepsOf(bend); at += 1) assert.equal(placeOf(bend, amountAt(bend, at)), at, bend.key);
    assert.equal(amountAt(bend, placeOf(bend, bend.neutral)), bend.neutral, bend.key);
    assert.equal(amountAt(bend, stepsOf(bend)), bend.high, bend.key);
  }
});

test("the whole range is seen coarsely first, both ends and neutral among it", () => {
  for (const bend of BENDS) {
    const seen = [];
    const lanes = [new Map()];
    const look = (amount) => (seen.push(amount), [{ share: 1, digit: 3 }]);
    const stages = [...sweep(bend, 3, look, lanes)];
    const coarse = seen.slice(0, stages.lastIndexOf("coarse") + 1);
    assert.ok(coarse.length >= 9 && coarse.length <= 13, `${bend.key}: ${coarse.length}`);
    for (const amount of [bend.low, bend.neutral, bend.high]) assert.ok(coarse.includes(amount), `${bend.key} ${amount}`);
    assert.equal(new Set(seen).size, seen.length, "no amount is looked at twice");
    assert.ok(seen.length >= 30 && seen.length <= MOST, `${bend.key}: ${seen.length}`);
    assert.equal(stages.indexOf("fine"), stages.lastIndexOf("coarse") + 1);
    assert.ok(!stages.includes("exact"), "where nothing breaks, nothing is looked for");
  }
});

test("a breaking point is found to the step, wherever it lies", () => {
  for (const [least, most] of [[-23, 31], [-180, 1], [-1, 179], [0, 0], [-97, 64]]) {
    const { lanes } = swept(rotation, reads(least, most));
    const { right, low, high } = holdsOf(rotation, 3, lanes[0]);
    assert.equal(right, true);
    assert.equal(low, least === -180 ? null : least - 1, `low of ${least}`);
    assert.equal(high, most + 1, `high of ${most}`);
  }
});

test("every bend's breaking points are found to its own step", () => {
  for (const bend of BENDS) {
    const last = stepsOf(bend);
    const most = Math.round((placeOf(bend, bend.neutral) + 2 * last) / 3);
    const { lanes } = swept(bend, (amount) => reads(0, most)(placeOf(bend, amount)));
    assert.equal(holdsOf(bend, 3, lanes[0]).high, amountAt(bend, most + 1), bend.key);
    assert.equal(holdsOf(bend, 3, lanes[0]).low, null, bend.key);
  }
});

test("two networks get their own breaking points from the same points", () => {
  const { lanes } = swept(rotation, reads(-23, 31), reads(-100, 12));
  assert.deepEqual([...lanes[0].keys()].sort(), [...lanes[1].keys()].sort());
  assert.deepEqual(lanes.map((lane) => holdsOf(rotation, 3, lane)), [
    { right: true, low: -24, high: 32 },
    { right: true, low: -101, high: 13 },
  ]);
});

test("a digit that is misread unbent breaks nowhere: it is not read", () => {
  const { lanes } = swept(rotation, reads(50, 60));
  assert.equal(holdsOf(rotation, 3, lanes[0]).right, false);
  assert.equal(breakWords(rotation, holdsOf(rotation, 3, lanes[0])), "not read as this digit even unbent");
  assert.deepEqual(claimOf(rotation, holdsOf(rotation, 3, lanes[0])).sides, [false, false]);
});

test("what is shaded is exactly where the answer is another, islands too", () => {
  const { lanes } = swept(rotation, (amount) => (Math.abs(amount) <= 20 || amount >= 150 ? reads(-999, 999) : reads(1, 0))(amount));
  const broken = brokenIn(rotation, 3, lanes[0]);
  assert.equal(broken.length, 2);
  assert.equal(broken[0].from, -180);
  assert.equal(broken[0].to, -20.5);
  assert.equal(broken[1].from, 20.5);
  for (const { amount, digit } of pointsOf(rotation, lanes[0])) {
    assert.equal(broken.some(({ from, to }) => amount >= from && amount <= to), digit !== 3, `at ${amount}`);
  }
});

test("breaking points are said with sign and unit", () => {
  assert.equal(breakWords(rotation, { right: true, low: -23, high: 31 }), "breaks at −23° and at +31°");
  assert.equal(breakWords(rotation, { right: true, low: null, high: 31 }), "breaks at +31°");
  assert.equal(breakWords(rotation, { right: true, low: null, high: null }), "holds over the whole range");
  assert.equal(amountWords(of("scale"), 1.35), "1.35×");
  assert.equal(amountWords(of("down"), -4.5), "−4.5 px");
  assert.equal(amountWords(of("shear"), 0), "0.00");
});

test("the paper's estimate holds where the answer breaks beyond it, not at it", () => {
  const verdict = (low, high) => claimOf(rotation, { right: true, low, high }).verdict;
  assert.equal(verdict(-31, 31), "holds");
  assert.equal(verdict(null, null), "holds");
  assert.equal(verdict(-30, 31), "holds on one side");
  assert.equal(verdict(-31, 12), "holds on one side");
  assert.equal(verdict(-30, 30), "does not hold");
  assert.equal(claimOf(rotation, { right: true, low: null, high: null }).claim, "−30° to +30°");
  assert.equal(claimOf(of("noise"), { right: true, low: null, high: null }), null);
});

test("a share between two points lies on the line between them", () => {
  const points = [{ amount: 0, share: 1 }, { amount: 10, share: 0.5 }, { amount: 12, share: 0 }];
  assert.deepEqual([-5, 0, 5, 10, 11, 12, 40].map((amount) => shareAt(points, amount)), [1, 1, 0.75, 0.5, 0.25, 0, 0]);
});

test("every estimate of the paper is said, with what each network reads up to", () => {
  for (const bend of BENDS.filter(({ claim }) => claim)) {
    const { lanes } = swept(bend, reads(bend.claim[0], bend.claim[1]), reads(bend.neutral, bend.high), reads(1, 0));
    const { estimate, lines } = claimWords({ bend, lanes }, 3, ["One", "Two", "Three"]);
    assert.match(estimate, /^The paper: a [a-z].*\.$/);
    const [low, high, end] = [...bend.claim, bend.high].map((amount) => amountWords(bend, amount));
    assert.deepEqual(lines[0], { text: `One reads this 3 from ${low} to ${high}: holds.`, held: true });
    assert.equal(lines[1].text, `Two reads this 3 from ${amountWords(bend, bend.neutral)} to ${end}: holds on one side.`);
    assert.deepEqual(lines[2], { text: "Three does not read this 3 even unbent.", held: false });
  }
});

test("the verdict names whoever misreads, and the shifts name the edge", () => {
  const answers = [{ digit: 3, words: "One reads 3." }, { digit: 8, words: "Two reads 8." }];
  assert.equal(verdictOf(answers, 3), "One reads 3. Two reads 8, and not 3.");
  const input = { input: { height: 32, width: 28 } };
  assert.match(edgeWords(of("down"), input), /^Beyond ±6 px .* 32 px input\.$/);
  assert.match(edgeWords(of("across"), input), /^Beyond ±4 px .* 28 px input\.$/);
  assert.equal(edgeWords(rotation, input), "");
});
