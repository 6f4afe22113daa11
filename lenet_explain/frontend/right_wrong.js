// Right and wrong answers, digit by digit: a table whose rows have a bar. Rows come from figures/results.py.
import { fitted, made } from "./dom.js";

function line() {
  const [digit, bar, words] = [made("th", "digit"), made("td", "bar"), made("td", "words")];
  digit.scope = "row";
  bar.setAttribute("aria-hidden", "true");
  const track = made("div", "track", [made("div", "right"), made("div", "wrong")]);
  bar.append(track);
  words.append(made("b", "counts"), made("span", "taken"));
  return made("tr", "", [digit, bar, words]);
}

function show(row, { digit, right, wrong, counts, taken }) {
  const part = (name) => row.querySelector(`.${name}`);
  part("digit").textContent = digit;
  part("right").style.width = `${100 * right}%`;
  part("wrong").style.width = `${100 * wrong}%`;
  part("wrong").hidden = wrong === 0;
  part("counts").textContent = counts;
  part("taken").textContent = taken;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function rightWrong({ parentElement, data: [data] }) {
  const root = parentElement.querySelector(".root");
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  root.querySelector("caption").textContent = data.caption;
  const rows = fitted(root.querySelector("tbody"), data.rows.length, line);
  rows.forEach((row, place) => show(row, data.rows[place]));
}
