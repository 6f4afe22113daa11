// Occlusion: every pixel is covered equally often, what is blank costs nothing, and the picture is there when it says so.
import test from "node:test";
import assert from "node:assert/strict";
import { corners, occlusion } from "../../lenet_explain/frontend/network/occlusion.js";
import { forward, readings, workspace } from "../../lenet_explain/frontend/network/network.js";
import { NETWORKS, spot } from "./given_networks.js";

test("every pixel is covered by side × side squares, whatever the order", () => {
  for (const side of [3, 5]) {
    const counts = new Map();
    for (const [top, left] of corners(8, 9, side)) {
      for (let y = top; y < top + side; y += 1) for (let x = left; x < left + side; x += 1) counts.set(`${y},${x}`, (counts.get(`${y},${x}`) ?? 0) + 1);
    }
    for (let y = 0; y < 8; y += 1) for (let x = 0; x < 9; x += 1) assert.equal(counts.get(`${y},${x}`), side * side);
  }
});

test("a square as large as the input costs the score its whole way to blank paper, blank paper nothing", () => {
  const network = NETWORKS.lenet5;
  const { height, width } = network.input;
  const scoreOf = (pixels) => readings(forward(workspace(network, height, width), pixels))[0].scores[3];
  const pixels = spot(network, 4);
  const blank = pixels.map(() => network.pixels.background);
  const whole = occlusion(network, pixels, 3, 2 * height);
  const middle = corners(height, width, 2 * height).length;
  assert.ok(middle > 0);
  assert.equal(whole.score, scoreOf(pixels));
  const nothing = occlusion(network, blank, 3, 5);
  while (nothing.work(1e6));
  assert.equal(nothing.done(), 1);
  assert.ok(nothing.drops().every((drop) => drop === 0));
});

test("covering one pixel at a time gives the drop of just that pixel", () => {
  const network = NETWORKS["lenet-28"];
  const { height, width } = network.input;
  const pixels = spot(network, 6);
  const run = occlusion(network, pixels, 5, 1);
  while (run.work(1e6));
  const drops = run.drops();
  const space = workspace(network, height, width);
  for (const at of [200, 333, 401]) {
    const covered = pixels.slice();
    covered[at] = network.pixels.background;
    const wanted = run.score - readings(forward(space, covered))[0].scores[5];
    assert.ok(Math.abs(drops[at] - wanted) < 1e-5, `${at}: ${drops[at]}, wanted ${wanted}`);
  }
});

test("what one square does at most is no mean over squares: it is found again by covering each in turn", () => {
  const network = NETWORKS.lenet5;
  const { height, width } = network.input;
  const pixels = spot(network, 4);
  const run = occlusion(network, pixels, 3, 9);
  const whole = run.score;
  const space = workspace(network, height, width);
  const scoreOf = (input) => readings(forward(space, input))[0].scores[3];
  let most = 0;
  for (const [top, left] of corners(height, width, 9)) {
    const covered = pixels.map((value, at) => {
      const [y, x] = [Math.floor(at / width) - top, (at % width) - left];
      return y >= 0 && y < 9 && x >= 0 && x < 9 ? network.pixels.background : value;
    });
    if (covered.some((value, at) => value !== pixels[at])) most = Math.max(most, whole - scoreOf(covered));
  }
  while (run.work(1e6));
  assert.ok(most > 0);
  assert.ok(Math.abs(run.most() - most) < 1e-4, `${run.most()}, wanted ${most}`);
  assert.ok(run.most() > Math.max(...run.drops()));
});
