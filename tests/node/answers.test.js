// What becomes of the last sums: shares that stay numbers however large the sums are.
import test from "node:test";
import assert from "node:assert/strict";
import { softmaxOf } from "../../lenet_explain/frontend/network/activations.js";
import { answersAt, verdictWords } from "../../lenet_explain/frontend/live/answers.js";

const vector = (...data) => ({ height: 1, width: 1, data: Float32Array.from(data) });
const near = (actual, wanted) => wanted.forEach((share, at) => assert.ok(Math.abs(actual[at] - share) < 1e-6, `${actual} is not ${wanted}`));

test("softmax is exp(a) over its sum, place by place", () => {
  const [a, b, c] = [1, 2, 4].map((sum) => Math.exp(sum));
  near(softmaxOf(vector(1, 2, 4)), [a, b, c].map((one) => one / (a + b + c)));
  const two = softmaxOf({ height: 1, width: 2, data: Float32Array.from([1, 0, 2, 0]) }); // two maps, two places
  near(two, [1 / (1 + Math.E), 0.5, Math.E / (1 + Math.E), 0.5]);
});

test("sums of a thousand, above and below 0, still give shares that add up to 1", () => {
  near(softmaxOf(vector(1000, 999, -1000)), [Math.E / (1 + Math.E), 1 / (1 + Math.E), 0]);
  near(softmaxOf(vector(-1000, -1001, -3000)), [Math.E / (1 + Math.E), 1 / (1 + Math.E), 0]);
  near(softmaxOf(vector(-1000, -1000)), [0.5, 0.5]);
});

test("distances are answers of their own, and as shares the shortest has the most", () => {
  const space = (answer) => ({ network: { answer }, steps: [{ sums: { ...vector(12, 1012, 14), maps: 3 } }] });
  assert.deepEqual(answersAt(space("distances")), { far: true, values: [12, 1012, 14] });
  const shares = answersAt(space("distances"), 0, true);
  assert.equal(shares.far, false);
  near(shares.values, [1 / (1 + Math.exp(-2)), 0, 1 / (1 + Math.exp(2))]);
  near(answersAt(space("logits")).values, [0, 1, 0]);
  assert.equal(verdictWords(answersAt(space("distances")), { digit: 0, second: 2 }, false), "Read as 0, distance 12.0; next 2, distance 14.0.");
});
