// F6 beside the ten targets: distances or shares, and of a chosen target which units disagree by how much.
import { answersAt } from "../live/answers.js";
import { made, plainWords } from "../page/dom.js";
import { disagreement } from "./glyph_codes.js";
import { HIGH, WIDE, paintAdds, paintSigned, ring } from "./glyph_pictures.js";
import { inFirstRow, rove } from "../page/roving.js";

const CELL = 9; // CSS pixels of a target's cell
const LARGE = 18; // of the pictures that are compared
const MOVES = { ArrowUp: -WIDE, ArrowDown: WIDE, ArrowLeft: -1, ArrowRight: 1 };

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** Buttons in digit order; choose(digit) is called for what was pressed. */
export function buildTargets(parent, count, choose) {
  const targets = Array.from({ length: count }, (_, digit) => {
    const [canvas, label, value] = [made("canvas"), made("b"), made("span", "value")];
    const element = made("button", "target", [label, canvas, value], { type: "button", onclick: () => choose(digit) });
    return { element, canvas, label, value };
  });
  return { parent, targets, order: "" };
}

/** Puts the targets in this order of digits, and keeps the focus where it was. */
function arrange(view, order) {
  if (view.order === order.join()) return;
  view.order = order.join();
  const held = view.parent.getRootNode().activeElement;
  const elements = order.map((digit) => view.targets[digit].element);
  view.parent.replaceChildren(...elements);
  view.hold = rove(view.parent, elements, () => inFirstRow(elements));
  if (elements.includes(held)) held.focus({ preventScroll: true });
}

/** codes: of the ten digits. */
export function showTargets(view, { space, reading, codes, chosen, limit, shares, sorted, empty, palette }) {
  const answers = answersAt(space, 0, shares);
  arrange(view, sorted ? reading.order : codes.map((_, digit) => digit));
  view.targets.forEach(({ element, canvas, label, value }, digit) => {
    const won = !empty && digit === reading.digit;
    paintSigned(canvas, codes[digit], CELL, palette, limit);
    say(label, won ? `${digit} ◀` : String(digit));
    const words = answers.far ? answers.values[digit].toFixed(1) : `${(100 * answers.values[digit]).toFixed(1)}%`;
    say(value, words);
    element.setAttribute("aria-pressed", String(digit === chosen));
    element.setAttribute("aria-label", `${digit}: ${answers.far ? "distance" : "share"} ${words}${won ? ", the answer" : ""}`);
    element.classList.toggle("won", won);
  });
}

const figure = (name) => {
  const [canvas, title, words] = [made("canvas"), made("b"), made("span")];
  canvas.setAttribute("role", "img");
  return { canvas, title, words, element: made("figure", name, [title, canvas, words]) };
};

/** F6, a target and what the units add; pointed(unit) is called under the pointer or by arrow keys. */
export function buildDifference(parent, pointed) {
  const parts = { f6: figure("f6"), target: figure("aim"), adds: figure("adds") };
  const sign = (words) => made("b", "sign", words);
  const [sum, unit] = [made("p", "total"), made("p", "one")];
  parent.replaceChildren(
    made("div", "trio", [parts.f6.element, sign("−"), parts.target.element, sign("→"), parts.adds.element]),
    made("div", "told", [sum, unit]),
  );
  const view = { ...parts, sum, unit, at: 0 };
  for (const { canvas } of Object.values(parts)) {
    canvas.onpointermove = canvas.onpointerdown = (event) => {
      const edge = canvas.getBoundingClientRect();
      const clamp = (place, side) => Math.max(0, Math.min(side - 1, Math.floor(place)));
      const x = clamp(((event.clientX - edge.x) / edge.width) * WIDE, WIDE);
      pointed(clamp(((event.clientY - edge.y) / edge.height) * HIGH, HIGH) * WIDE + x);
    };
  }
  parts.adds.canvas.tabIndex = 0;
  parts.adds.canvas.onkeydown = (event) => {
    const to = view.at + (MOVES[event.key] ?? NaN);
    if (!(to >= 0 && to < WIDE * HIGH)) return;
    event.preventDefault();
    pointed(to);
  };
  return view;
}

/** values: F6's; named: what they are compared with; unit: whose numbers are said. */
export function showDifference(view, { values, code, named, unit, layer, limit, palette }) {
  const found = disagreement(values, code);
  view.at = unit;
  const most = Math.max(...found.adds, 1e-9);
  const contexts = [
    paintSigned(view.f6.canvas, values, LARGE, palette, limit),
    paintSigned(view.target.canvas, code, LARGE, palette, limit),
    paintAdds(view.adds.canvas, found, LARGE, palette, most),
  ];
  for (const context of contexts) ring(context, unit, LARGE, palette);
  say(view.f6.title, layer);
  say(view.f6.words, `−${limit.toFixed(1)} to ${limit.toFixed(1)}`);
  say(view.target.title, `glyph ${named}`);
  say(view.target.words, "−1 and +1");
  say(view.adds.title, "(difference)²");
  say(view.adds.words, `0 to ${most.toFixed(1)}`);
  const units = found.count === 1 ? "unit has" : "units have";
  const words = `${found.count} of ${values.length} ${units} the other sign (✕); they add ${found.opposed.toFixed(1)} of the distance ${found.sum.toFixed(1)}.`;
  say(view.sum, words);
  const [row, column] = [Math.floor(unit / WIDE), unit % WIDE];
  const pair = `(${plainWords(values[unit])} − ${code[unit] < 0 ? "(−1)" : "1"})²`;
  say(view.unit, `Unit at row ${row}, column ${column}: ${pair} = ${found.adds[unit].toFixed(3)}.`);
  view.f6.canvas.setAttribute("aria-label", `the values of ${layer} as ${WIDE}×${HIGH} cells`);
  view.target.canvas.setAttribute("aria-label", `the code of ${named}`);
  view.adds.canvas.setAttribute("aria-label", `what each unit adds to the distance; arrow keys choose a unit. ${words}`);
}
