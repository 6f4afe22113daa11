// The curves without their charts: which point is nearest, what the keys do in a zoom, how numbers are written.
import test from "node:test";
import assert from "node:assert/strict";
import { place, span, visible } from "../../lenet_explain/frontend/curves/curves_axes.js";
import { filled, nearest, number, power } from "../../lenet_explain/frontend/curves/curves_words.js";
import { typed } from "../../lenet_explain/frontend/curves/curves.js";
import { key } from "./page.js";

const STEPS = [0, 10, 20, 30, 40, 55, 70, 100];

/** A view before it has room on a page: nothing is drawn, all else goes on. */
function viewOf({ zoom = null, at = null, steps = STEPS, loss = steps.map(() => 1) } = {}) {
  const panels = [{ lines: [{ column: "loss" }], scale: "loss" }];
  return { data: { columns: { step: steps, loss }, x: { column: "step", end: 100, whole: true }, panels }, zoom, at, charts: [], width: 0 };
}

test("the nearest point is that of the smallest distance, before, between and after all points", () => {
  for (let x = -5; x <= 120; x += 0.5) {
    const apart = Math.min(...STEPS.map((step) => Math.abs(step - x)));
    assert.equal(Math.abs(STEPS[nearest(STEPS, x)] - x), apart, `at ${x}`);
  }
  assert.equal(nearest([], 3), -1);
  assert.equal(nearest([7], 3), 0);
});

test("where a line has a gap, the nearest point with a value is read", () => {
  assert.equal(filled([0, 10, 20, 30], [1, null, null, 4], 1), 0);
  assert.equal(filled([0, 10, 20, 30], [1, null, null, 4], 2), 3);
  assert.equal(filled([0, 10, 20, 30], [null, null, null, 4], 0), 3);
  assert.equal(filled([0, 10, 20, 30], [1, null, null, null], 3), 0);
  assert.equal(filled([0, 10], [null, null], 1), 1);
});

test("the cursor stands at a point that is on screen, where there is one", () => {
  assert.equal(place(viewOf()), -1);
  assert.equal(place(viewOf({ at: 44 })), 4);
  assert.equal(place(viewOf({ zoom: [41, 60], at: 44 })), 5);
  assert.equal(place(viewOf({ zoom: [50, 60], at: 68 })), 5);
});

test("arrow keys step from point to point and stop at both ends", () => {
  const view = viewOf({ at: 20 });
  const stops = ["ArrowRight", "ArrowRight", "ArrowLeft", "End", "ArrowRight", "Home", "ArrowLeft"].map((name) => {
    typed(view, key(name));
    return view.at;
  });
  assert.deepEqual(stops, [30, 40, 30, 100, 100, 0, 0]);
  assert.equal(view.zoom, null);
});

test("without a cursor an arrow begins at the end of what is on screen that it comes from", () => {
  const [left, right] = ["ArrowLeft", "ArrowRight"].map((name) => {
    const view = viewOf({ zoom: [20, 55] });
    typed(view, key(name));
    return view.at;
  });
  assert.deepEqual([left, right], [55, 20]);
});

test("a zoom goes along with the cursor, as wide as before, and stays while the cursor is inside", () => {
  const view = viewOf({ zoom: [15, 35], at: 20 });
  typed(view, key("ArrowRight"));
  assert.deepEqual([view.at, view.zoom], [30, [15, 35]]);
  typed(view, key("ArrowRight"));
  assert.deepEqual([view.at, view.zoom], [40, [20, 40]]);
  typed(view, key("Home"));
  assert.deepEqual([view.at, view.zoom], [0, [0, 20]]);
  typed(view, key("End"));
  assert.deepEqual([view.at, view.zoom], [100, [80, 100]]);
  for (const name of ["ArrowLeft", "ArrowLeft", "ArrowLeft"]) typed(view, key(name));
  assert.deepEqual([view.at, visible(view)], [40, [40, 60]]);
});

test("plus halves what is on screen about the cursor, minus doubles it, 0 and Escape show all", () => {
  const view = viewOf({ zoom: [20, 60], at: 30 });
  typed(view, key("+"));
  assert.deepEqual(view.zoom, [25, 45]);
  typed(view, key("-"));
  assert.deepEqual(view.zoom, [20, 60]);
  typed(view, key("Escape"));
  assert.deepEqual([view.zoom, view.at], [null, 30]);
  typed(view, key("+"));
  typed(view, key("0"));
  assert.equal(view.zoom, null);
});

test("a key that means nothing here, or is held with another, is left to the page", () => {
  const view = viewOf({ at: 20 });
  for (const event of [key("a"), key("ArrowLeft", { ctrlKey: true }), key("+", { metaKey: true }), key("End", { altKey: true })]) {
    typed(view, event);
    assert.equal(event.stopped, false);
  }
  assert.deepEqual([view.at, view.zoom], [20, null]);
});

test("the whole run is drawn from 0, a part of it just as far as its lines go", () => {
  const loss = [2, 1.5, 1.25, 1, 1, 1, 1, 1];
  assert.deepEqual(span(viewOf({ loss }), 0), [0, 2.08]);
  const [low, high] = span(viewOf({ loss, zoom: [10, 20] }), 0); // with the points beside it: 2, 1.5, 1.25 and 1
  assert.ok(Math.abs(low - 0.92) < 1e-9 && Math.abs(high - 2.08) < 1e-9, `${low}, ${high}`);
});

test("numbers are short and keep their sign", () => {
  assert.deepEqual([0, 0.01234, 0.0005, 0.001, -0.5, 3.24e-7, 1234.5, 2e6, null].map(number), ["0.00", "0.0123", "5.0e−4", "0.00100", "−0.500", "3.2e−7", "1235", "2.0e6", "–"]);
  assert.deepEqual([-7, -2, 0, 3, 12].map(power), ["10⁻⁷", "0.01", "1", "1000", "10¹²"]);
});
