// A network in the browser: the same description and weights as in Python, and its forward pass on inputs of any size.
// Pure: node and the browser run the same tests on it.
import { KINDS } from "./layer_kinds.js";
import { ACTIVATIONS, softmaxOf } from "./activations.js";

/**
 * @typedef {{maps: number, height: number, width: number, data: Float32Array}} Maps
 * @typedef {{layer: Object, before: Maps, sums: Maps, values: Maps}} Answered one layer's work: its sums, and what
 *   its activation makes of them; of softmax, values are shares and sums the logits
 */

/**
 * @param {Object} meta what Python's described_network says
 * @param {Object<string, Float32Array>} tensors by "layer.array"
 */
export function networkFrom(meta, tensors) {
  const layers = meta.layers.map((described) => {
    const layer = { ...described, cells: described.window.height * described.window.width };
    for (const [name, values] of Object.entries(tensors)) {
      const [owner, array] = name.split(".");
      if (owner === described.name) layer[array] = values;
    }
    if (layer.table) layer.kernels = spreadOut(layer);
    if (layer.kind === "convolution") layer.trained = layer.kernels;
    return layer;
  });
  return { ...meta, layers };
}

/** Kernels of the links that there are → kernels for every pair of maps, 0 where there is no link. */
function spreadOut({ kernels, table, inputs, cells }) {
  const dense = new Float32Array(table.length * inputs * cells);
  let from = 0;
  table.forEach((row, map) => {
    for (const input of row) {
      dense.set(kernels.subarray(from, from + cells), (map * inputs + input) * cells);
      from += cells;
    }
  });
  return dense;
}

/** For each map the inputs that it reads as the layer was described, as a row of 0 and 1 for every pair. */
export function describedLinks({ table, maps, inputs }) {
  const linked = new Uint8Array(maps * inputs).fill(table ? 0 : 1);
  table?.forEach((row, map) => row.forEach((input) => (linked[map * inputs + input] = 1)));
  return linked;
}

/** The same as it is now: links may have been set by hand. */
export const linksNow = (layer) => layer.linked ?? describedLinks(layer);

/** The network with other links in one layer. A link that was never trained has a kernel of zeros. */
export function relinked(network, name, linked) {
  const layers = network.layers.map((layer) => {
    if (layer.name !== name) return layer;
    const kernels = layer.trained.map((weight, at) => (linked[Math.floor(at / layer.cells)] ? weight : 0));
    return { ...layer, kernels, linked };
  });
  return { ...network, layers };
}

/** Height and width after a layer. Throws where its window does not fit, or does not tile, as Python does. */
export function sizeAfter(layer, before) {
  const { height, width, stride, padding, ceil } = layer.window;
  const rounded = ceil ? Math.ceil : Math.floor;
  const slide = (length, size, side) => {
    if (size > length + 2 * padding) {
      throw new RangeError(`${layer.name}: a ${height}×${width} window does not fit in ${before.height}×${before.width}`);
    }
    if (layer.kind === "subsampling" && length % size) {
      throw new RangeError(`${layer.name}: the ${side} ${length} is not a multiple of ${size}`);
    }
    return rounded((length + 2 * padding - size) / stride) + 1;
  };
  return { height: slide(before.height, height, "height"), width: slide(before.width, width, "width") };
}

/** Room for one pass over inputs of one size, used again and again: memory made anew costs as much as the work. */
export function workspace(network, height, width) {
  const blank = (maps, size) => ({ maps, ...size, data: new Float32Array(maps * size.height * size.width) });
  const input = blank(network.input.maps, { height, width });
  let before = input;
  const steps = network.layers.map((layer) => {
    const size = sizeAfter(layer, before);
    const sums = blank(layer.maps, size);
    const values = layer.activation.name === "identity" ? sums : blank(layer.maps, size);
    const step = { layer, before, sums, values };
    before = values;
    return step;
  });
  return { network, input, steps };
}

/** Fills the workspace from pixels as the network reads them; returns it. */
export function forward(space, pixels) {
  space.input.data.set(pixels);
  for (const { layer, before, sums, values } of space.steps) {
    KINDS[layer.kind].forward(layer, before, sums);
    if (values === sums) continue;
    if (layer.activation.name === "softmax") values.data.set(softmaxOf(sums));
    else {
      const { value } = ACTIVATIONS[layer.activation.name];
      for (let at = 0; at < sums.data.length; at += 1) values.data[at] = value(sums.data[at], layer.activation);
    }
  }
  return space;
}

/** Of each place of the last layer the digit, its score (the largest wins) and the runner-up. */
export function readings({ network, steps }) {
  const { sums } = steps[steps.length - 1];
  const area = sums.height * sums.width;
  const sign = network.answer === "distances" ? -1 : 1;
  return Array.from({ length: area }, (_, place) => {
    const scores = Array.from({ length: sums.maps }, (__, map) => sign * sums.data[map * area + place]);
    const order = scores.map((_, digit) => digit).sort((a, b) => scores[b] - scores[a]);
    return { digit: order[0], second: order[1], scores, order };
  });
}

/**
 * The gradient of one unit with respect to the input: how much each pixel would move it.
 * @returns {Float64Array} of the input's length
 */
export function gradientOf(space, index, map, y, x) {
  const at = (map * space.steps[index].sums.height + y) * space.steps[index].sums.width + x;
  let errors = new Float64Array(space.steps[index].sums.data.length);
  errors[at] = 1;
  for (let step = index; step >= 0; step -= 1) {
    const { layer, before, sums } = space.steps[step];
    const { slope } = ACTIVATIONS[layer.activation.name];
    errors = errors.map((error, unit) => error && error * slope(sums.data[unit], layer.activation));
    errors = KINDS[layer.kind].back(layer, before, sums, errors);
  }
  return errors;
}
