// The effective receptive field: the gradient of one unit with respect to the input, pixel by pixel.
import { signedColours, sized, stamp } from "../page/dom.js";
import { fieldOf } from "./fields.js";
import { gradientOf } from "./network.js";

const SIDE = 160; // CSS pixels of the picture's longer side

/** Paints the gradient of the chosen unit, and its field by the rule around it; says in words how it is spread. */
export function effectiveField(parent, now, { index, map, y, x }, palette) {
  const [canvas, words] = parent.children;
  const { height, width } = now.space.input;
  const gradient = gradientOf(now.space, index, map, y, x);
  const limit = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const cell = SIDE / Math.max(height, width);
  const context = sized(canvas, width * cell, height * cell);
  stamp(context, gradient, width, height, { x: 0, y: 0, width: width * cell, height: height * cell }, signedColours(palette, limit));
  const field = fieldOf(now.space, index, y, x);
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.strokeRect(field.left * cell, field.top * cell, field.width * cell, field.height * cell);
  const said = `Effective field, ∂value/∂pixel: ${shareInside(gradient)} of the ${field.height * field.width} pixels carry half of its size.`;
  words.textContent = limit ? said : "Effective field: no pixel moves this unit now (it is saturated, or another won the maximum).";
  canvas.setAttribute("aria-label", words.textContent);
}

/** How many pixels, the strongest first, make up half of the whole. */
export function shareInside(gradient) {
  const sizes = [...gradient].map(Math.abs).sort((a, b) => b - a);
  const half = sizes.reduce((sum, size) => sum + size, 0) / 2;
  let [sum, count] = [0, 0];
  while (sum < half && count < sizes.length) sum += sizes[count++];
  return count;
}
