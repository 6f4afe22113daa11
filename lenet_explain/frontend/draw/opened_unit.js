// One unit, opened: what its sum is made of, in the numbers that stand in the network.
// Groups are the parts that are added: for each input map, window cell by window cell, weight × value = product.
import { ACTIVATIONS } from "../network/activations.js";
import { cellsThere, largestOf, spreadOf } from "../network/layer_kinds.js";
import { linksNow } from "../network/network.js";

/**
 * @typedef {{map: number|null, top: number, left: number, height: number, width: number,
 *   weights: number[], values: number[], products: number[], sum: number}} Group
 *   map null: one value of each map, in a block that is only laid out as height × width
 * @typedef {{name: string, kind: string, groups: Group[], steps: {sign: string, words: string, value: number}[],
 *   sum: number, value: number, activation: {name: string}}} Opened  steps: what happens to the groups' total, in order, up to `sum`
 */

/** @returns {Opened} */
export function openUnit(space, index, map, y, x) {
  const step = space.steps[index];
  const { layer, before, values, sums } = step;
  const at = (map * sums.height + y) * sums.width + x;
  const { groups, steps, sum } = PARTS[layer.kind](layer, before, map, y, x);
  const { value } = ACTIVATIONS[layer.activation.name];
  const squashed = layer.activation.name === "softmax" ? values.data[at] : value(sum, layer.activation);
  return { name: layer.name, kind: layer.kind, groups, steps, sum, value: squashed, activation: layer.activation };
}

/** A window on one map: weightOf(cell) says by what each cell is multiplied; beyond the edge the value is 0. */
function windowGroup(layer, before, { map, y, x, weightOf }) {
  const { height, width, stride, padding } = layer.window;
  const [top, left] = [y * stride - padding, x * stride - padding];
  const group = { map, top, left, height, width, weights: [], values: [], products: [], sum: 0 };
  for (let cell = 0; cell < height * width; cell += 1) {
    const [row, column] = [top + Math.floor(cell / width), left + (cell % width)];
    const inside = row >= 0 && row < before.height && column >= 0 && column < before.width;
    const value = inside ? before.data[(map * before.height + row) * before.width + column] : 0;
    addProduct(group, weightOf(cell), value);
  }
  return group;
}

function addProduct(group, weight, value, product = weight * value) {
  group.weights.push(weight);
  group.values.push(value);
  group.products.push(product);
  group.sum += product;
}

/** One value of every map at one place, laid out as a block that is nearly square; 84 as the paper's 7 × 12. */
function columnGroup(before, place, add) {
  const width = before.maps === 84 ? 7 : Math.ceil(Math.sqrt(before.maps));
  const group = { map: null, top: 0, left: 0, height: Math.ceil(before.maps / width), width, weights: [], values: [], products: [], sum: 0 };
  for (let map = 0; map < before.maps; map += 1) add(group, map, before.data[map * before.height * before.width + place]);
  return group;
}

const totalOf = (groups) => groups.reduce((sum, group) => sum + group.sum, 0);

function weighted(layer, before, map, y, x) {
  const kernel = (input) => (map * before.maps + input) * layer.cells;
  const alone = layer.window.height * layer.window.width === 1;
  const place = y * before.width + x;
  const inputs = Array.from({ length: before.maps }, (_, input) => input);
  const linked = layer.kind === "convolution" ? linksNow(layer) : null;
  const reads = inputs.filter((input) => !linked || linked[map * before.maps + input]);
  const groups = alone
    ? [columnGroup(before, place, (group, input, value) => addProduct(group, layer.kernels[kernel(input)], value))]
    : reads.map((input) =>
        windowGroup(layer, before, { map: input, y, x, weightOf: (cell) => layer.kernels[kernel(input) + cell] }),
      );
  const sum = totalOf(groups) + (layer.bias ? layer.bias[map] : 0);
  return { groups, steps: layer.bias ? [{ sign: "+", words: "bias", value: layer.bias[map] }] : [], sum };
}

const PARTS = {
  convolution: weighted,
  dense: weighted,
  subsampling(layer, before, map, y, x) {
    const group = windowGroup(layer, before, { map, y, x, weightOf: () => 1 });
    const [coefficient, bias] = [layer.coefficient[map], layer.bias[map]];
    const steps = [
      { sign: "×", words: "coefficient", value: coefficient },
      { sign: "+", words: "bias", value: bias },
    ];
    return { groups: [group], steps, sum: group.sum * coefficient + bias };
  },
  "average pooling"(layer, before, map, y, x) {
    const group = windowGroup(layer, before, { map, y, x, weightOf: () => 1 });
    const cells = cellsThere(layer, before, y, x);
    return { groups: [group], steps: [{ sign: "÷", words: "cells", value: cells }], sum: group.sum / cells };
  },
  "max pooling"(layer, before, map, y, x) {
    const best = largestOf(layer, before, map, y, x);
    const first = map * before.height * before.width;
    const { stride, padding, width } = layer.window;
    const [row, column] = [Math.floor((best - first) / before.width), (best - first) % before.width];
    const chosen = (row - y * stride + padding) * width + column - x * stride + padding;
    const group = windowGroup(layer, before, { map, y, x, weightOf: (cell) => (cell === chosen ? 1 : 0) });
    return { groups: [group], steps: [], sum: group.sum };
  },
  "batch normalisation"(layer, before, map, y, x) {
    const group = windowGroup(layer, before, { map, y, x, weightOf: () => 1 });
    const [mean, spread, scale, shift] = [layer.mean[map], spreadOf(layer, map), layer.scale[map], layer.shift[map]];
    const steps = [
      { sign: "−", words: "mean", value: mean },
      { sign: "÷", words: "√(variance + ε)", value: spread },
      { sign: "×", words: "scale", value: scale },
      { sign: "+", words: "shift", value: shift },
    ];
    return { groups: [group], steps, sum: ((group.sum - mean) / spread) * scale + shift };
  },
  "radial basis"(layer, before, map, y, x) {
    const group = columnGroup(before, y * before.width + x, (into, input, value) => {
      const code = layer.codes[map * before.maps + input];
      addProduct(into, code, value, (value - code) ** 2);
    });
    return { groups: [group], steps: [], sum: group.sum };
  },
};
