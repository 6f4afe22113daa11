// One map of a convolution as a sum: each map that it reads, that map's kernel, what the two add; all added with the bias.
import { made, plainWords, signedColours, signedWords, sized, stamp } from "../page/dom.js";
import { contributionsOf } from "./wiring_table.js";

const peakOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function picture(name) {
  const [canvas, words] = [made("canvas", name), made("span", "words")];
  canvas.setAttribute("role", "img");
  return { canvas, words, element: made("figure", name, [canvas, made("figcaption", "", [words])]) };
}

/** Pictures for so many input maps. point(place) is called under the pointer, hold(place) where one is kept. */
export function buildSum(parent, inputs, { point, hold }) {
  const parts = Array.from({ length: inputs }, () => {
    const [read, kernel, adds] = ["read", "kernel", "adds"].map(picture);
    const sign = (words) => made("b", "sign", words);
    const name = made("b", "name");
    const body = made("div", "body", [read.element, sign("∗"), kernel.element, sign("="), adds.element]);
    const element = made("div", "input", [name, body]);
    return { element, name, read, kernel, adds };
  });
  const [sums, map] = [picture("sums"), picture("made")];
  const bias = made("span", "bias");
  const sign = made("span", "squash");
  const total = made("div", "total", [made("b", "name"), made("div", "body", [bias, sums.element, sign, map.element])]);
  const [title, line] = [made("h3", "title"), made("p", "line")];
  parent.replaceChildren(title, made("div", "inputs", [...parts.map(({ element }) => element), total]), line);
  parent.style.setProperty("--inputs", inputs);
  const view = { parent, parts, sums, map, bias, sign, total, title, line, hold };
  for (const { canvas } of [...parts.map(({ adds }) => adds), sums, map]) watch(view, canvas, point, hold);
  sums.canvas.tabIndex = 0;
  return view;
}

function watch(view, canvas, point, hold) {
  const place = (event) => {
    const edge = canvas.getBoundingClientRect();
    const clamp = (at, side) => Math.max(0, Math.min(side - 1, Math.floor(at)));
    const { height, width } = view.size;
    return { y: clamp(((event.clientY - edge.y) / edge.height) * height, height), x: clamp(((event.clientX - edge.x) / edge.width) * width, width) };
  };
  canvas.onpointermove = (event) => point(place(event));
  canvas.onpointerleave = () => point(null);
  canvas.onclick = (event) => hold(place(event));
  canvas.onkeydown = (event) => {
    const move = MOVES[event.key];
    if (!move) return;
    event.preventDefault();
    const { height, width } = view.size;
    const clamp = (at, side) => Math.max(0, Math.min(side - 1, at));
    hold({ y: clamp(view.place.y + move[0], height), x: clamp(view.place.x + move[1], width) });
  };
}

/**
 * Paints values over the whole canvas.
 * @param {{canvas: HTMLCanvasElement, words: Element}} part
 * @param {{values, height: number, width: number, limit: number, box?: number[] | false, said: string, alt: string}} shown
 *   box: [y, x, height, width] in cells
 */
function paint({ canvas, words }, { values, height, width, limit, box, said, alt }, palette) {
  const side = canvas.parentElement.clientWidth || 96;
  const context = sized(canvas, side, Math.round((side * height) / width));
  const cell = side / width;
  stamp(context, values, width, height, { x: 0, y: 0, width: side, height: cell * height }, signedColours(palette, limit));
  if (box) {
    context.strokeStyle = palette.text;
    context.lineWidth = 2;
    context.strokeRect(box[1] * cell, box[0] * cell, box[3] * cell, box[2] * cell);
  }
  if (words.textContent !== said) words.textContent = said;
  if (canvas.getAttribute("aria-label") !== alt) canvas.setAttribute("aria-label", alt);
}

const ofMap = ({ height, width, data }, map) => data.subarray(map * height * width, (map + 1) * height * width);

/** place: {y, x} of the sums at which the numbers are said. */
export function showSum(view, { step, before, map, linked, place, palette }) {
  const { layer, sums, values } = step;
  Object.assign(view, { size: sums, place });
  const adds = contributionsOf(step, map);
  const at = place.y * sums.width + place.x;
  const [total, made_] = [ofMap(sums, map), ofMap(values, map)];
  const limits = {
    read: peakOf(step.before.data),
    kernel: peakOf(layer.kernels),
    sums: Math.max(peakOf(total), ...adds.map(peakOf)),
  };
  const { height, width, stride, padding } = layer.window;
  const window = [place.y * stride - padding, place.x * stride - padding, height, width];
  const one = [place.y, place.x, 1, 1];
  view.parts.forEach((part, input) => {
    const reads = linked[map * layer.inputs + input] === 1;
    part.element.classList.toggle("off", !reads);
    const named = `${before} ${input}${reads ? "" : " not read"}`;
    if (part.name.textContent !== named) part.name.textContent = named;
    const kernel = layer.kernels.subarray((map * layer.inputs + input) * layer.cells, (map * layer.inputs + input + 1) * layer.cells);
    const empty = reads && peakOf(kernel) === 0;
    paint(part.read, { values: ofMap(step.before, input), ...sizeOf(step.before), limit: limits.read, box: reads && window, said: "", alt: `${before} map ${input}` }, palette);
    paint(part.kernel, { values: kernel, height, width, limit: limits.kernel, said: empty ? "all 0" : "", alt: `kernel ${height}×${width}` }, palette);
    paint(part.adds, { values: adds[input], ...sizeOf(sums), limit: limits.sums, box: reads && one, said: reads ? signedWords(adds[input][at]) : "", alt: `what ${before} map ${input} adds` }, palette);
  });
  paint(view.sums, { values: total, ...sizeOf(sums), limit: limits.sums, box: one, said: plainWords(total[at]), alt: `sums of ${layer.name} map ${map}; arrow keys move the place` }, palette);
  paint(view.map, { values: made_, ...sizeOf(values), limit: peakOf(values.data), box: one, said: plainWords(made_[at]), alt: `${layer.name} map ${map}` }, palette);
  const plain = layer.activation.name === "identity";
  view.total.classList.toggle("plain", plain);
  say(view.title, `${layer.name} map ${map} is a sum`);
  say(view.total.firstChild, `${layer.name} map ${map}`);
  say(view.bias, layer.bias ? `all added, and the bias ${plainWords(layer.bias[map])}` : "all added; there is no bias");
  say(view.sign, plain ? "no squashing in this layer" : `through the ${layer.activation.name}`);
  say(view.line, arithmetic(step, { map, linked, adds, at, place, value: made_[at], sum: total[at], plain }));
}

const sizeOf = ({ height, width }) => ({ height, width });

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** 'At row 4, column 5: +0.210 −0.113, bias −0.020: sum 0.077; through the scaled tanh 0.088.' */
function arithmetic({ layer }, { map, linked, adds, at, place, value, sum, plain }) {
  const read = adds.filter((_, input) => linked[map * layer.inputs + input]);
  const terms = read.map((one) => signedWords(one[at])).join(" ") || "nothing is read";
  const bias = layer.bias ? `, bias ${signedWords(layer.bias[map])}` : "";
  const squashed = plain ? "" : `; through the ${layer.activation.name} ${plainWords(value)}`;
  return `At row ${place.y}, column ${place.x}: ${terms}${bias}. Sum ${plainWords(sum)}${squashed}.`;
}
