// Pooling that rounds up: windows that reach beyond the edge read only what is there, forwards, backwards and opened.
import test from "node:test";
import assert from "node:assert/strict";
import { forward, gradientOf, networkFrom, workspace } from "../../lenet_explain/frontend/network/network.js";
import { fieldOf } from "../../lenet_explain/frontend/network/fields.js";
import { openUnit } from "../../lenet_explain/frontend/draw/opened_unit.js";

const SIDE = 5;
const PIXELS = Float32Array.from({ length: SIDE * SIDE }, (_, at) => Math.sin(1 + 1.7 * at) - 1.5); // all below 0

function pooled(kind, ceil) {
  const side = ceil ? 3 : 2;
  const layer = {
    name: "S1", kind, inputs: 1, maps: 1, height: side, width: side, table: null, epsilon: 0, macs: 0, parameters: 0,
    connections: 25, window: { height: 2, width: 2, stride: 2, padding: 0, ceil }, activation: { name: "identity" },
  };
  const meta = {
    key: "small", answer: "logits", input: { maps: 1, height: SIDE, width: SIDE }, pixels: { background: 0, ink: 1 },
    layers: [layer],
  };
  return forward(workspace(networkFrom(meta, {}), SIDE, SIDE), PIXELS);
}

const cells = (y, x) =>
  [0, 1].flatMap((row) => [0, 1].map((column) => [2 * y + row, 2 * x + column])).filter(([row, column]) => row < SIDE && column < SIDE);
const WANTED = {
  "average pooling": (values) => values.reduce((sum, one) => sum + one, 0) / values.length,
  "max pooling": (values) => Math.max(...values),
};

for (const [kind, of] of Object.entries(WANTED)) {
  test(`${kind} reads what is left over at the edge only where it rounds up`, () => {
    assert.equal(pooled(kind, false).steps[0].values.width, 2);
    const space = pooled(kind, true);
    assert.equal(space.steps[0].values.width, 3);
    for (let y = 0; y < 3; y += 1) {
      for (let x = 0; x < 3; x += 1) {
        const wanted = of(cells(y, x).map(([row, column]) => PIXELS[row * SIDE + column]));
        assert.ok(Math.abs(space.steps[0].values.data[y * 3 + x] - wanted) < 1e-6);
        const opened = openUnit(space, 0, 0, y, x);
        assert.ok(Math.abs(opened.value - wanted) < 1e-6, "its parts add up to it");
        const gradient = gradientOf(space, 0, 0, y, x);
        assert.ok(Math.abs(gradient.reduce((sum, one) => sum + one, 0) - 1) < 1e-6, "moved together, they move it as far");
        const field = fieldOf(space, 0, y, x);
        assert.equal(field.height * field.width, cells(y, x).length);
      }
    }
  });
}
