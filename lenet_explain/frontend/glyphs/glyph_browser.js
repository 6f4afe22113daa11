// All printable characters: choose one; which others have a code like its own, and how far the drawn digit is from it.
import { made } from "../page/dom.js";
import { distance, hamming, meanOfPairs, nearest } from "./glyph_codes.js";
import { paintInk } from "./glyph_pictures.js";
import { inFirstRow, rove } from "../page/roving.js";
import { tell } from "../page/voice.js";

const [SMALL, MIDDLE, LARGE] = [4, 6, 14]; // CSS pixels of a cell
const SHOWN = 8; // nearest ones
const READ = 6; // of those nearest to the drawn digit

export const nameOf = (character) => (character === " " ? "space" : character);

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function glyphButton(act) {
  const [canvas, label, value] = [made("canvas"), made("b"), made("span", "value")];
  const element = made("button", "glyph", [label, canvas, value], { type: "button", onclick: act });
  return { element, canvas, label, value };
}

/** parts: all, one, like, family, read: where to draw. */
export function buildBrowser(parts, { characters, codes, confusable }, choose) {
  const all = [...characters].map((character, at) => {
    const own = glyphButton(() => choose(at));
    own.label.textContent = nameOf(character);
    return own;
  });
  const elements = all.map(({ element }) => element);
  parts.all.replaceChildren(...elements);
  rove(parts.all, elements, () => inFirstRow(elements));
  const listed = (parent, count) => {
    const found = Array.from({ length: count }, () => glyphButton(null));
    parent.replaceChildren(...found.map(({ element }) => element));
    return found;
  };
  const one = { canvas: made("canvas"), words: made("p") };
  one.canvas.setAttribute("role", "img");
  parts.one.replaceChildren(one.canvas, one.words);
  parts.family.replaceChildren(...confusable.map((family) => familyTable(family, characters, codes, choose)));
  const mean = meanOfPairs(codes, hamming);
  return { all, one, like: listed(parts.like, SHOWN), read: listed(parts.read, READ), mean, choose };
}

/** In how many units the codes of a few characters differ, pair by pair. */
function familyTable(family, characters, codes, choose) {
  const places = [...family].map((one) => characters.indexOf(one));
  const name = (at) => made("button", "pick", characters[at], { type: "button", onclick: () => choose(at) });
  const cell = (tag, inside) => made(tag, "", [inside]);
  const head = made("tr", "", [cell("th", ""), ...places.map((at) => cell("th", characters[at]))]);
  const rows = places.map((at) =>
    made("tr", "", [cell("th", name(at)), ...places.map((to) => cell("td", at === to ? "·" : String(hamming(codes[at], codes[to]))))]),
  );
  return made("table", "", [head, ...rows]);
}

function fill(listed, found, { characters, codes }, palette, choose, words) {
  listed.forEach(({ element, canvas, label, value }, index) => {
    const { at, far } = found[index];
    paintInk(canvas, codes[at], MIDDLE, palette);
    say(label, nameOf(characters[at]));
    say(value, words(far));
    element.onclick = () => choose(at);
    element.setAttribute("aria-label", `${nameOf(characters[at])}: ${words(far)}`);
  });
}

/** chosen: the place of a character; values: F6's. */
export function showBrowser(view, known, { chosen, values, empty, palette }) {
  const { characters, codes } = known;
  view.all.forEach(({ element, canvas }, at) => {
    if (view.palette !== palette) paintInk(canvas, codes[at], SMALL, palette);
    element.setAttribute("aria-pressed", String(at === chosen));
  });
  view.palette = palette;
  paintInk(view.one.canvas, codes[chosen], LARGE, palette);
  const name = nameOf(characters[chosen]);
  const far = empty ? "" : ` The drawn digit is ${distance(values, codes[chosen]).toFixed(1)} from it.`;
  view.one.canvas.setAttribute("aria-label", `the code of ${name}`);
  const like = nearest(codes, (code) => hamming(code, codes[chosen]), chosen);
  const average = like.reduce((sum, one) => sum + one.far, 0) / like.length;
  tell(
    view.one.words,
    `${name}: nearest is ${nameOf(characters[like[0].at])}, ${like[0].far} of ${values.length} units different; ` +
      `the average of all is ${average.toFixed(1)}, of all pairs ${view.mean.toFixed(1)}.${far}`,
  );
  fill(view.like, like, known, palette, view.choose, (count) => `${count} differ`);
  fill(view.read, nearest(codes, (code) => distance(values, code)), known, palette, view.choose, (far_) => far_.toFixed(1));
}
