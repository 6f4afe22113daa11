// Where things lie and what is read there: maps of the living network, tiles, bars, the cursor's words, counts of links.
import test from "node:test";
import assert from "node:assert/strict";
import { pageOf } from "./page.js";
import { INSET, amountUnder } from "../../lenet_explain/frontend/bend/bender_curve.js";
import { BENDS } from "../../lenet_explain/frontend/network/bending.js";
import { readOut } from "../../lenet_explain/frontend/curves/curves_reading.js";
import { shareInside } from "../../lenet_explain/frontend/network/effective.js";
import { gridOf, layOut, mapBox, unitUnder, windowBox } from "../../lenet_explain/frontend/draw/flow_layout.js";
import { hamming, nearest } from "../../lenet_explain/frontend/glyphs/glyph_codes.js";
import gradients from "../../lenet_explain/frontend/moments/gradients.js";
import { goTo } from "../../lenet_explain/frontend/page/moment.js";
import { readings } from "../../lenet_explain/frontend/network/network.js";
import { inkOn } from "../../lenet_explain/frontend/tiles/tile_colours.js";
import { arrange, cellAt, labelStep, tileBox } from "../../lenet_explain/frontend/tiles/tile_layout.js";
import { placeUnder } from "../../lenet_explain/frontend/widen/widener_readings.js";
import { countRows, countTable, countWords, noteWords } from "../../lenet_explain/frontend/wire/wiring_counts.js";

pageOf();

const LAYERS = [
  ["input", 1, 32, 32], ["C1", 6, 28, 28], ["S2", 6, 14, 14], ["C3", 16, 10, 10], ["S4", 16, 5, 5], ["C5", 120, 1, 1], ["F6", 84, 1, 1], ["OUTPUT", 10, 1, 1],
].map(([name, maps, height, width]) => ({ name, maps, height, width }));

test("a point in the middle of any unit finds that unit, in columns and in rows", () => {
  for (const room of [1400, 1100, 700, 360]) {
    const layout = layOut(LAYERS, room);
    assert.equal(layout.upright, room < 800);
    layout.layers.forEach((layer, at) => {
      for (const map of [0, Math.floor(layer.maps / 2), layer.maps - 1]) {
        for (const [y, x] of [[0, 0], [layer.height - 1, layer.width - 1], [Math.floor(layer.height / 2), 0]]) {
          const box = windowBox(layer, map, { top: y, left: x, height: 1, width: 1 });
          const found = unitUnder(layout, box.x + box.width / 2, box.y + box.height / 2);
          assert.deepEqual(found, { at, map, y, x }, `${layer.name} in ${room}`);
        }
      }
    });
    assert.equal(unitUnder(layout, -1, 20), null);
    assert.equal(unitUnder(layout, 5, layout.height + 5), null);
  }
});

test("maps do not overlap, stay in their room, and keep their aspect", () => {
  for (const room of [1400, 700, 360]) {
    const { layers, width } = layOut(LAYERS, room);
    for (const layer of layers) {
      const boxes = Array.from({ length: layer.maps }, (_, map) => mapBox(layer, map));
      boxes.forEach((one, at) => {
        assert.ok(one.x >= 0 && one.x + one.width <= width + 1e-9, `${layer.name} in ${room}`);
        assert.ok(Math.abs(one.width * layer.height - one.height * layer.width) < 1e-9);
        const next = boxes[at + 1];
        assert.ok(!next || next.x >= one.x + one.width - 1e-9 || next.y >= one.y + one.height - 1e-9);
      });
    }
  }
});

test("84 units are the paper's bitmap of 7 by 12, ten answers a column", () => {
  assert.deepEqual([gridOf(84), gridOf(10), gridOf(120)], [{ across: 7, down: 12 }, { across: 1, down: 10 }, { across: 8, down: 15 }]);
});

test("a point in the middle of any cell of the tiles finds that cell", () => {
  for (const grid of [
    { rows: 6, columns: 16, height: 5, width: 5, joined: false, tall: 90 },
    { rows: 1, columns: 120, height: 1, width: 1, joined: false, tall: 90 },
    { rows: 84, columns: 120, height: 1, width: 1, joined: true, tall: 90 },
  ]) {
    const layout = arrange(grid, 2, { width: 900, maxHeight: 640, ratio: 1, font: 16, left: 30 });
    assert.ok(layout.pictureWidth <= 900);
    for (const [row, column] of [[0, 0], [grid.rows - 1, grid.columns - 1], [0, Math.floor(grid.columns / 2)]]) {
      for (const picture of [0, 1]) {
        const box = tileBox(layout, grid, picture, row, column);
        const cell = { row, column, y: grid.height - 1, x: 0 };
        const found = cellAt(layout, grid, box.x + box.width / grid.width / 2, box.y + (box.height * (cell.y + 0.5)) / grid.height);
        assert.deepEqual(found, cell);
      }
    }
    assert.equal(cellAt(layout, grid, 5000, 5000), null);
  }
  assert.deepEqual([labelStep(30, 20), labelStep(30, 40), labelStep(10, 45), labelStep(0.1, 40)], [1, 2, 5, 100]);
});

test("numbers on a cell are written in the ink that stands out from its colour", () => {
  const palette = { negative: "#c05000", zero: "#ffffff", positive: "#0b3c6d", text: "#000000", background: "#ffffff" };
  assert.equal(inkOn(0, 1, palette), "#000000");
  assert.equal(inkOn(1, 1, palette), "#ffffff");
  assert.equal(inkOn(0.05, 1, palette), "#000000");
  assert.equal(inkOn(5, 0, palette), "#000000"); // no limit, no colour
});

test("half of a gradient's size is counted from its strongest pixels", () => {
  assert.equal(shareInside(Float64Array.of(0, -8, 1, 1, 1, 1)), 1);
  assert.equal(shareInside(Float64Array.of(1, 1, -1, 1)), 2);
  assert.equal(shareInside(Float64Array.of(3, -2, 1, 1, 1)), 2);
  assert.equal(shareInside(Float64Array.of(0, 0)), 0);
});

test("gradients are bars over powers of ten, and before the first step there is none", () => {
  const parent = pageOf("root", "bars");
  const data = { name: "bars", layers: ["C1", "F6"], low: -6, high: 0, sizes: [[null, null], [1e-3, 3.2e-7]], alts: ["first", "then"], colours: {} };
  const bars = () => parent.parts[".bars"].children.slice(0, 2).map(({ children: [, { children: [bar] }, number] }) => [bar.style.width, number.textContent]);
  const leave = gradients({ parentElement: parent, data: [data] });
  assert.deepEqual(bars(), [["0%", "no step yet"], ["0%", "no step yet"]]);
  goTo("bars", 9); // the last there is
  gradients({ parentElement: parent, data: [data] });
  assert.deepEqual(bars(), [["50%", "0.00100"], ["0%", "3.2e−7"]]);
  assert.equal(parent.parts[".bars"].attributes["aria-label"], "then");
  leave();
});

test("what stands at the cursor is each run's own value there, spoken only when asked", () => {
  const { ".readout": readout, ".spoken": spoken } = pageOf("readout", "spoken").parts;
  const columns = { step: [0, 10, 20], loss: [3, 2, 1], other: [0.5, null, 0.25] };
  const rows = [
    { name: "A", colour: "red", parts: [{ name: "loss", values: [["loss", "number", " training"]] }] },
    { name: "B", colour: "blue", present: "other", parts: [{ name: "", values: [["other", "percent", ""]] }] },
  ];
  const view = { data: { columns, x: { column: "step", end: 20 }, readout: rows }, zoom: null, at: 11, part: { readout, spoken } };
  readOut(view, false);
  assert.deepEqual(readout.children.map(({ children: [name] }) => [name.textContent, name.style.color]), [["A", "red"], ["B", "blue"]]);
  assert.equal(spoken.textContent, undefined);
  readOut(view, true);
  assert.equal(spoken.textContent, "A · loss 2.00 training; B · 50.0%"); // B has no value at 10: that of the step before
  view.at = null;
  readOut(view, false);
  assert.match(readout.textContent, /^Point at a curve/);
});

test("links that are added raise the counts by their cells, and what they mean is said", () => {
  const kernels = Float32Array.from({ length: 2 * 3 * 25 }, () => 1);
  const described = { name: "C3", maps: 2, inputs: 3, cells: 25, bias: [0, 0], height: 10, width: 10, table: [[0, 1], [2]], kernels, trained: kernels, parameters: 77, connections: 7700 };
  const linked = Uint8Array.of(1, 1, 1, 0, 0, 0);
  const layer = { ...described, linked };
  const other = { name: "F6", parameters: 100, connections: 100 };
  const rows = countRows(layer, { base: { layers: [described, other] }, network: { title: "Net", layers: [layer, other] }, map: 0 });
  assert.deepEqual(rows.map(({ name, words }) => [name, words]), [["C3 map 0", "25·3 + 1"], ["C3", "25·3 + 2"], ["Net", ""]]);
  assert.deepEqual(rows.map(({ before, now }) => [before.parameters, now.parameters]), [[51, 76], [77, 77], [177, 177]]);
  assert.deepEqual(rows.map(({ before, now }) => [before.connections, now.connections]), [[5100, 7600], [7700, 7700], [7800, 7800]]);
  assert.equal(countWords(rows), "C3 map 0: 25·3 + 1 = 76 parameters. C3: 77. Net: 177 parameters, 7,800 connections.");
  const said = noteWords(layer, linked, 1);
  assert.match(said, /^1 link added: 25 weights that are still 0\./);
  assert.match(said, /1 link cut: 25 weights that were trained are left out\. C3 map 1 reads nothing/);
  assert.equal(noteWords({ ...described }, Uint8Array.of(1, 1, 0, 0, 0, 1), 0), "");
});

test("what changed stands with its sign, what did not stands alone", () => {
  const row = (before, now) => ({ name: "C3", words: "", area: 0, before: { parameters: before, connections: 5 }, now: { parameters: now, connections: 5 } });
  const cells = (before, now) => countTable([row(before, now)]).children[1].children.slice(1).map(({ children: [number] }) => number.children.join(""));
  assert.deepEqual(cells(1516, 2416), ["1,516 → 2,416 (+900)", "5"]);
  assert.deepEqual(cells(2416, 1516), ["2,416 → 1,516 (−900)", "5"]);
});

test("of all codes the nearest is the code itself, unless it is left out", () => {
  const codes = [Float32Array.of(1, 1), Float32Array.of(1, -1), Float32Array.of(-1, -1)];
  assert.deepEqual(nearest(codes, (code) => hamming(code, codes[0])).map(({ at, far }) => [at, far]), [[0, 0], [1, 1], [2, 2]]);
  assert.deepEqual(nearest(codes, (code) => hamming(code, codes[0]), 0).map(({ at }) => at), [1, 2]);
});

test("a reading is the best, the runner-up and the scores, place by place", () => {
  const of = (answer) => readings({ network: { answer }, steps: [{ sums: { maps: 3, height: 1, width: 2, data: Float32Array.of(5, 1, 9, 2, 7, 3) } }] });
  assert.deepEqual(of("logits").map(({ digit, second, scores }) => [digit, second, scores]), [[1, 2, [5, 9, 7]], [2, 1, [1, 2, 3]]]);
  assert.deepEqual(of("distances").map(({ digit, second, scores }) => [digit, second, scores]), [[0, 2, [-5, -9, -7]], [0, 1, [-1, -2, -3]]]);
});

test("the place under a point of a bend's curve is its nearest step, inside its ends", () => {
  const rotation = BENDS.find(({ key }) => key === "rotation");
  const under = (x) => amountUnder(rotation, x, 400);
  assert.deepEqual([under(0), under(INSET), under(200), under(400 - INSET), under(999)], [-180, -180, 0, 180, 180]);
  assert.equal(under(INSET + (380 * 90) / 360), -90);
});

test("the reading under a point of the wide strip is that of the nearest middle", () => {
  const windows = [16, 20, 24, 28].map((middle) => ({ middle }));
  assert.deepEqual([0, 16, 17.9, 18.1, 24, 27, 99].map((x) => placeUnder({ windows }, 3 * x, 3)), [0, 0, 0, 1, 2, 3, 3]);
});
