// Properties of the browser's network: an opened unit adds up, gradients are slopes, fields are what a pixel reaches,
// a wide input gives at every place what the network gives there alone.
import test from "node:test";
import assert from "node:assert/strict";
import { fieldOf, fieldRule, unitsOver } from "../../lenet_explain/frontend/network/fields.js";
import { describedLinks, forward, gradientOf, readings, relinked, sizeAfter, workspace } from "../../lenet_explain/frontend/network/network.js";
import { openUnit } from "../../lenet_explain/frontend/draw/opened_unit.js";
import { NETWORKS, randomly, spot } from "./given_networks.js";

const near = (found, wanted, words, within = 1e-5) =>
  assert.ok(Math.abs(found - wanted) <= within * Math.max(1, Math.abs(wanted)), `${words}: ${found}, wanted ${wanted}`);

/** The network with weights drawn anew, so that nothing holds only for trained ones. */
function shuffled(network, seed) {
  const random = randomly(seed);
  const drawn = (values, low) => values.map(() => low + random() * (low ? 2 * -low : 1));
  const layers = network.layers.map((layer) => {
    const own = { ...layer, patch: undefined };
    for (const name of ["kernels", "bias", "coefficient", "scale", "shift", "mean"]) if (own[name]) own[name] = drawn(own[name], -0.4);
    if (own.variance) own.variance = drawn(own.variance, 0).map((value) => value + 0.1);
    if (own.table) {
      const linked = describedLinks(own);
      own.kernels = own.kernels.map((value, at) => (linked[Math.floor(at / own.cells)] ? value : 0));
    }
    return own;
  });
  return { ...network, layers };
}

const passed = (network, pixels) => forward(workspace(network, network.input.height, network.input.width), pixels);

for (const [key, trained] of Object.entries(NETWORKS)) {
  for (const [weights, network] of [["trained", trained], ["random", shuffled(trained, 7)]]) {
    test(`${key}, ${weights} weights: what an opened unit adds up to is the unit's value`, () => {
      const random = randomly(11);
      for (let seed = 0; seed < 4; seed += 1) {
        const space = passed(network, spot(network, seed));
        space.steps.forEach(({ layer, sums, values }, index) => {
          for (let tries = 0; tries < 12; tries += 1) {
            const [map, y, x] = [sums.maps, sums.height, sums.width].map((count) => Math.floor(random() * count));
            const opened = openUnit(space, index, map, y, x);
            const at = (map * sums.height + y) * sums.width + x;
            near(opened.sum, sums.data[at], `${layer.name} sum`);
            near(opened.value, values.data[at], `${layer.name} value`);
            const shown = opened.groups.reduce((sum, group) => sum + group.products.reduce((a, b) => a + b, 0), 0);
            const then = opened.steps.reduce((sum, { sign, value }) => APPLIED[sign](sum, value), shown);
            near(then, opened.sum, `${layer.name}: what is shown, followed step by step`, 1e-9);
          }
        });
      }
    });
  }

  test(`${key}: the gradient of a unit is how much a pixel moves it`, () => {
    const random = randomly(31);
    const pixels = spot(trained, 3).map((pixel) => pixel + 0.2 * random()); // no two alike: a maximum of equals has no slope
    trained.layers.forEach((layer, index) => {
      const space = passed(trained, pixels);
      const { maps, height, width } = space.steps[index].sums;
      for (const [map, y, x] of [[maps >> 1, height >> 1, width >> 1], [0, 0, 0]]) slopeIsGradient(trained, pixels, { space, index, map, y, x });
    });
  });

  test(`${key}: exactly the pixels of its field can move a unit, and the field's rule says its size`, () => {
    const network = shuffled(trained, 5);
    const space = passed(network, spot(network, 1));
    network.layers.forEach((layer, index) => {
      const { height, width } = space.steps[index].sums;
      const [y, x] = [height - 1, width >> 1];
      const field = fieldOf(space, index, y, x);
      assert.equal(fieldRule(network, index).at(-1).size, field.whole.height, layer.name);
      for (const [pixel, over] of unitsOverCorners(space, index, field)) {
        const sees = over !== null && over.top <= y && y <= over.bottom && over.left <= x && x <= over.right;
        const inside = pixel.y >= field.top && pixel.y < field.top + field.height && pixel.x >= field.left && pixel.x < field.left + field.width;
        assert.equal(sees, inside, `${layer.name} and pixel ${pixel.y}, ${pixel.x}`);
      }
    });
  });

  test(`${key}: twice as wide, it gives at each place what it gives there alone`, () => {
    if (trained.layers.some((layer) => layer.window.padding)) return; // the border is another there
    const { height, width } = trained.input;
    const pixels = spot(trained, 9, height, 2 * width);
    const wide = forward(workspace(trained, height, 2 * width), pixels);
    const found = readings(wide);
    const jump = fieldRule(trained, trained.layers.length - 1).at(-1).jump;
    assert.equal(found.length, width / jump + 1);
    found.forEach(({ scores }, place) => {
      const crop = Float32Array.from({ length: height * width }, (_, at) => pixels[Math.floor(at / width) * 2 * width + (at % width) + place * jump]);
      const [alone] = readings(passed(trained, crop));
      scores.forEach((score, digit) => near(score, alone.scores[digit], `place ${place}, digit ${digit}`, 1e-4));
    });
  });
}

/** The pixel in the middle of the field is moved a little, and then the unit as its gradient says. */
function slopeIsGradient(network, pixels, { space, index, map, y, x }) {
  const { layer, sums } = space.steps[index];
  const gradient = gradientOf(space, index, map, y, x);
  const most = gradient.reduce((size, value) => Math.max(size, Math.abs(value)), 0);
  const field = fieldOf(space, index, y, x);
  const at = (field.top + (field.height >> 1)) * space.input.width + field.left + (field.width >> 1);
  const moved = [1e-3, -1e-3].map((step) => {
    const other = pixels.slice();
    other[at] += step;
    const found = passed(network, other).steps[index];
    return (layer.activation.name === "softmax" ? found.sums : found.values).data[(map * sums.height + y) * sums.width + x];
  });
  const slope = (moved[0] - moved[1]) / 2e-3;
  const words = `${layer.name} map ${map}, ${y}, ${x}: ${gradient[at]}, wanted ${slope}`;
  assert.ok(Math.abs(slope - gradient[at]) <= 0.03 * most + 2e-4 * Math.abs(moved[0]), words);
}

test("the smallest distance wins, and the largest logit", () => {
  for (const [key, pick] of [["lenet5", Math.min], ["lenet5-dense", Math.max]]) {
    const network = NETWORKS[key];
    const space = passed(network, spot(network, 8));
    const outputs = [...space.steps.at(-1).sums.data];
    assert.equal(readings(space)[0].digit, outputs.indexOf(pick(...outputs)), key);
  }
});

const APPLIED = { "+": (a, b) => a + b, "−": (a, b) => a - b, "×": (a, b) => a * b, "÷": (a, b) => a / b };

function unitsOverCorners(space, index, { top, left, height, width }) {
  const pixels = [top - 1, top, top + height - 1, top + height].flatMap((y) => [left - 1, left, left + width - 1, left + width].map((x) => ({ y, x })));
  const there = pixels.filter(({ y, x }) => y >= 0 && x >= 0 && y < space.input.height && x < space.input.width);
  return there.map((pixel) => [pixel, unitsOver(space, { top: pixel.y, left: pixel.x, height: 1, width: 1 })[index]]);
}

test("a table without a link works as if that kernel were zero, and the described table changes nothing", () => {
  const network = NETWORKS.lenet5;
  const layer = network.layers.find(({ table }) => table);
  const same = relinked(network, layer.name, describedLinks(layer));
  const pixels = spot(network, 2);
  const last = (one) => passed(one, pixels).steps.at(-1).sums.data.slice();
  assert.deepEqual(last(same), last(network));
  const linked = describedLinks(layer);
  linked[layer.table[0][0]] = 0;
  assert.notDeepEqual(last(relinked(network, layer.name, linked)), last(network));
});

test("sizes that do not fit are refused by name", () => {
  const [c1, s2] = NETWORKS.lenet5.layers;
  assert.throws(() => sizeAfter(c1, { height: 4, width: 32 }), /C1: a 5×5 window does not fit in 4×32/);
  assert.throws(() => sizeAfter(s2, { height: 27, width: 28 }), /S2: the height 27 is not a multiple of 2/);
});
