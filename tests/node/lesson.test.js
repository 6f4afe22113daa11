// What stands beside the curves: the cursor on tiles, the slider of a run that grows, the confusion, the opened sum, undo.
import test from "node:test";
import assert from "node:assert/strict";
import { key, pageOf } from "./page.js";
import confusion, { cellWords } from "../../lenet_explain/frontend/moments/confusion.js";
import { canUndo, draw, live, undo } from "../../lenet_explain/frontend/live/live.js";
import { goTo } from "../../lenet_explain/frontend/page/moment.js";
import { formulaWords } from "../../lenet_explain/frontend/draw/opened.js";
import { placeIn } from "../../lenet_explain/frontend/moments/scrubber.js";
import { cellAt, cellIndex, moved } from "../../lenet_explain/frontend/tiles/tile_layout.js";
import { pressed } from "../../lenet_explain/frontend/tiles/tiles.js";

pageOf();

// -- tiles: 2 × 3 kernels of 5 × 4 cells

const GRID = { rows: 2, columns: 3, height: 5, width: 4, absent: [] };

function typedOn(cursor, name, held = {}) {
  const view = { meta: GRID, layout: {}, cursor, part: { picture: { blur: () => {} } }, pending: 1 };
  pressed(view, key(name, held));
  return view.cursor;
}

const HERE = { row: 0, column: 1, y: 2, x: 3 };

test("an arrow key goes on by one cell, into the next tile too", () => {
  assert.deepEqual(typedOn(HERE, "ArrowLeft"), { row: 0, column: 1, y: 2, x: 2 });
  assert.deepEqual(typedOn(HERE, "ArrowRight"), { row: 0, column: 2, y: 2, x: 0 });
  assert.deepEqual(typedOn({ ...HERE, y: 4 }, "ArrowDown"), { row: 1, column: 1, y: 0, x: 3 });
  assert.deepEqual(typedOn({ ...HERE, y: 0 }, "ArrowUp"), { ...HERE, y: 0 });
});

test("with Shift it goes on by one tile, to the same cell of it", () => {
  const shift = { shiftKey: true };
  assert.deepEqual(typedOn(HERE, "ArrowRight", shift), { ...HERE, column: 2 });
  assert.deepEqual(typedOn(HERE, "ArrowLeft", shift), { ...HERE, column: 0 });
  assert.deepEqual(typedOn(HERE, "ArrowDown", shift), { ...HERE, row: 1 });
});

test("the first arrow begins in the first cell, and Escape leaves", () => {
  assert.deepEqual(typedOn(null, "ArrowDown"), { row: 0, column: 0, y: 0, x: 0 });
  assert.equal(typedOn(HERE, "Escape"), null);
});

test("moving there and back inside the tiles ends where it began, for every cell", () => {
  for (let at = 0; at < 2 * 3 * 5 * 4; at += 1) {
    const [down, right] = [Math.floor(at / 12), at % 12];
    const cell = { row: Math.floor(down / 5), column: Math.floor(right / 4), y: down % 5, x: right % 4 };
    assert.deepEqual(moved(GRID, { row: 0, column: 0, y: 0, x: 0 }, down, right), cell);
    assert.deepEqual(moved(GRID, cell, -down, -right), { row: 0, column: 0, y: 0, x: 0 });
    assert.equal(cellIndex(GRID, cell), (cell.row * 3 + cell.column) * 20 + cell.y * 4 + cell.x);
  }
  assert.equal(cellAt({ origins: [], bands: 1 }, GRID, 5, 5), null);
});

// -- the slider over a run's moments

function sliderAt(at, before, data) {
  goTo("run", at);
  return placeIn(before && { run: "a", name: "run", ...before }, { run: "a", name: "run", at: 0, ...data });
}

test("at the end of a run that grows the slider stays at its end", () => {
  assert.equal(sliderAt(2, { steps: [0, 10, 20] }, { steps: [0, 10, 20, 30] }), 3);
  assert.equal(sliderAt(2, { steps: [0, 10, 20] }, { steps: [0, 20, 40] }), 2); // thinned, and one more
});

test("anywhere else it stays at its step, or at the nearest that is still there", () => {
  assert.equal(sliderAt(1, { steps: [0, 10, 20] }, { steps: [0, 5, 10, 15, 20, 25] }), 2);
  assert.equal(sliderAt(1, { steps: [0, 10, 20] }, { steps: [0, 8, 16, 24] }), 1);
  assert.equal(sliderAt(2, { steps: [0, 10, 20] }, { steps: [0, 10, 20] }), 2);
});

test("another run begins where the server says", () => {
  assert.equal(sliderAt(2, { steps: [0, 10, 20] }, { run: "b", steps: [0, 10, 20], at: 1 }), 1);
  assert.equal(sliderAt(2, null, { steps: [0, 10], at: 1 }), 1);
});

// -- the confusion: 7 of digit 1 are read as 0, and none of digit 0 as 1

const MATRIX = [[30, 0, 1], [7, 20, 0], [2, 3, 40]];

test("a cell counts digits of its row that got its column's answer", () => {
  assert.equal(cellWords(MATRIX, 1, 0), "Of 27 test digits 1, 7 are read as 0.");
  assert.equal(cellWords(MATRIX, 0, 1), "Of 31 test digits 0, 0 are read as 1.");
  assert.equal(cellWords(MATRIX, 0, 2), "Of 31 test digits 0, 1 is read as 2.");
  assert.equal(cellWords(MATRIX, 2, 2), "Of 45 test digits 2, 40 are read rightly.");
});

test("true digits stand down the side and answers across the top, and each cell says its own", () => {
  const parent = pageOf("root", "table", "title", "readout");
  const { ".table": table, ".readout": readout, ".title": title } = parent.parts;
  const colours = { right: "green", wrong: "red", background: "white", text: "", quiet: "", accent: "" };
  goTo("run", 1);
  const data = { name: "run", matrices: [[[1, 0, 0], [0, 1, 0], [0, 0, 1]], MATRIX], colours, alts: ["first", "second"], titles: ["one", "two"] };
  const leave = confusion({ parentElement: parent, data: [data] });
  const [head, ...rows] = table.children;
  assert.deepEqual(head.children.slice(1).map(({ textContent, scope }) => [textContent, scope]), [0, 1, 2].map((digit) => [digit, "col"]));
  rows.forEach((row, truth) => {
    const [name, ...cells] = row.children;
    assert.deepEqual([name.textContent, name.scope], [truth, "row"]);
    assert.deepEqual(cells.map(({ textContent }) => textContent), MATRIX[truth].map((count) => count || "·"));
    cells.forEach((cell, answer) => {
      cell.onpointerenter();
      assert.equal(readout.textContent, cellWords(MATRIX, truth, answer));
      assert.equal(cell.className, truth === answer ? "own" : "");
      const colour = truth === answer ? "green" : "red";
      assert.ok(MATRIX[truth][answer] ? cell.style.background.includes(colour) : cell.style.background === "none");
    });
  });
  const cells = rows.map(({ children }) => children.slice(1));
  let focused = null;
  for (const cell of cells.flat()) cell.focus = () => (focused = cell);
  cells[0][0].onkeydown(key("ArrowDown"));
  cells[1][0].onkeydown(key("ArrowRight"));
  assert.equal(focused, cells[1][1]);
  cells[1][1].onkeydown(key("PageDown"));
  cells[2][2].onkeydown(key("ArrowDown")); // there is nothing below
  assert.deepEqual(cells.map((row) => row.map(({ tabIndex }) => tabIndex)), [[-1, -1, -1], [-1, 0, -1], [-1, -1, -1]]);
  assert.deepEqual([title.textContent, table.attributes["aria-label"]], ["two", "second"]);
  leave();
});

// -- the opened sum

const group = (sum) => ({ sum });
const step = (sign, words, value) => ({ sign, words, value });

test("an opened sum adds its groups, and each step after them is named", () => {
  assert.equal(
    formulaWords({ groups: [group(0.5), group(-0.25)], steps: [step("+", "bias", -0.125)], sum: 0.125 }),
    "a = 0.500 − 0.250 − 0.125 (bias) = 0.125",
  );
  assert.equal(formulaWords({ groups: [group(3)], steps: [], sum: 3 }), "a = 3.000");
});

test("what is multiplied as a whole stands in brackets, what is alone does not", () => {
  const one = formulaWords({ groups: [group(2)], steps: [step("×", "coefficient", 0.5), step("+", "bias", 1)], sum: 2 });
  assert.equal(one, "a = 2.000 × 0.500 (coefficient) + 1.000 (bias) = 2.000");
  const two = formulaWords({ groups: [group(2), group(4)], steps: [step("×", "coefficient", 0.5)], sum: 3 });
  assert.equal(two, "a = (2.000 + 4.000) × 0.500 (coefficient) = 3.000");
  const all = formulaWords({ groups: [group(2)], steps: [step("+", "−mean", -1), step("÷", "deviation", 2), step("×", "scale", -3)], sum: -1.5 });
  assert.equal(all, "a = ((2.000 − 1.000 (−mean)) ÷ 2.000 (deviation)) × (−3.000) (scale) = −1.500");
});

test("of more than eight groups the first seven are written, and how many follow", () => {
  const said = formulaWords({ groups: Array.from({ length: 10 }, () => group(1)), steps: [], sum: 10 });
  assert.equal(said, "a = 1.000 + 1.000 + 1.000 + 1.000 + 1.000 + 1.000 + 1.000 + … (3 more) = 10.00");
  assert.ok(!formulaWords({ groups: Array.from({ length: 8 }, () => group(1)), steps: [], sum: 8 }).includes("more"));
});

// -- undo

test("drawings come back one by one in reverse order, and the last sixty are kept", () => {
  for (let count = 1; count <= 100; count += 1) draw(Uint8Array.of(count), `stroke ${count}`);
  const back = [];
  while (canUndo() && back.length < 200) {
    undo();
    back.push(live().drawing[0]);
    assert.equal(live().source, `stroke ${live().drawing[0]}`);
  }
  assert.deepEqual(back, Array.from({ length: 60 }, (_, at) => 99 - at));
  undo();
  assert.equal(live().drawing[0], 40);
});
