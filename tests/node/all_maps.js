// Runs a framed network over many inputs; for node and for the browser alike.
import { unframe } from "../../lenet_explain/frontend/page/frame.js";
import { forward, networkFrom, workspace } from "../../lenet_explain/frontend/network/network.js";

/** @returns {Float32Array} for each input the values of every layer, one after the other; what softmax gives are shares */
export function allMaps(payload, pixels) {
  const { meta, tensors } = unframe(payload);
  const network = networkFrom(meta, tensors);
  const { height, width } = network.input;
  const space = workspace(network, height, width);
  const each = space.steps.reduce((sum, { values }) => sum + values.data.length, 0);
  const count = pixels.length / (height * width);
  const found = new Float32Array(count * each);
  for (let image = 0, at = 0; image < count; image += 1) {
    forward(space, pixels.subarray(image * height * width, (image + 1) * height * width));
    for (const { values } of space.steps) {
      found.set(values.data, at);
      at += values.data.length;
    }
  }
  return found;
}
