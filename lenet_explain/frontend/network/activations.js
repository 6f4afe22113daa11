// What a unit does to its sum a, by the name that Python's activations give it: value(a) and the slope there.
// Softmax needs all outputs at once: `softmaxOf`.

export const ACTIVATIONS = {
  identity: { value: (a) => a, slope: () => 1 },
  tanh: { value: (a) => Math.tanh(a), slope: (a) => 1 - Math.tanh(a) ** 2 },
  "scaled tanh": {
    value: (a, { amplitude, slope }) => amplitude * Math.tanh(slope * a),
    slope: (a, { amplitude, slope }) => amplitude * slope * (1 - Math.tanh(slope * a) ** 2),
  },
  sigmoid: { value: (a) => 1 / (1 + Math.exp(-a)), slope: (a) => Math.exp(-Math.abs(a)) / (1 + Math.exp(-Math.abs(a))) ** 2 },
  ReLU: { value: (a) => Math.max(0, a), slope: (a) => (a > 0 ? 1 : 0) },
  softmax: { value: (a) => a, slope: () => 1 },
};

/** Softmax over the maps of each place: {height, width, data} → Float32Array of the same length. */
export function softmaxOf({ height, width, data }) {
  const area = height * width;
  const found = new Float32Array(data.length);
  for (let place = 0; place < area; place += 1) {
    let [highest, sum] = [-Infinity, 0];
    for (let at = place; at < data.length; at += area) highest = Math.max(highest, data[at]);
    for (let at = place; at < data.length; at += area) sum += found[at] = Math.exp(data[at] - highest);
    for (let at = place; at < data.length; at += area) found[at] /= sum;
  }
  return found;
}
