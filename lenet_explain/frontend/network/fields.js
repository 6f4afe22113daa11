// Which pixels a unit can see, and which units can see a pixel: intervals, followed through the windows.

/** The input pixels under one unit: {top, left, height, width}, cut at the input's edges; `whole` is not cut. */
export function fieldOf(space, index, y, x) {
  let [top, bottom, left, right] = [y, y, x, x];
  for (let step = index; step >= 0; step -= 1) {
    const { height, width, stride, padding } = space.steps[step].layer.window;
    [top, left] = [top * stride - padding, left * stride - padding];
    [bottom, right] = [bottom * stride - padding + height - 1, right * stride - padding + width - 1];
  }
  const whole = { top, left, height: bottom - top + 1, width: right - left + 1 };
  const cut = { top: Math.max(0, top), left: Math.max(0, left) };
  const [low, far] = [Math.min(space.input.height - 1, bottom), Math.min(space.input.width - 1, right)];
  return { ...cut, height: low - cut.top + 1, width: far - cut.left + 1, whole };
}

/**
 * For each layer the rows and columns of units that see any pixel of a box on the input.
 * @returns {({top: number, bottom: number, left: number, right: number} | null)[]} null where none does
 */
export function unitsOver(space, box) {
  let span = { top: box.top, bottom: box.top + box.height - 1, left: box.left, right: box.left + box.width - 1 };
  return space.steps.map(({ layer, sums }) => {
    if (span === null) return null;
    const { height, width, stride, padding } = layer.window;
    const first = (at, size) => Math.max(0, Math.ceil((at + padding - size + 1) / stride));
    const last = (at, count) => Math.min(count - 1, Math.floor((at + padding) / stride));
    const next = {
      top: first(span.top, height),
      bottom: last(span.bottom, sums.height),
      left: first(span.left, width),
      right: last(span.right, sums.width),
    };
    span = next.top > next.bottom || next.left > next.right ? null : next;
    return span;
  });
}

/** The rule r + (k − 1)·jump, worked out for every layer down to one: a line of text each. */
export function fieldRule(network, index) {
  let [size, jump] = [1, 1];
  return network.layers.slice(0, index + 1).map(({ name, window: { height, stride } }) => {
    const grown = size + (height - 1) * jump;
    const words = `${name}: ${size} + (${height} − 1)·${jump} = ${grown}`;
    const line = { name, words, size: grown, jump: jump * stride };
    [size, jump] = [grown, jump * stride];
    return line;
  });
}
