// A table with a bar in each row. Rows come from figures/bar_table.py.
import { fitted, made } from "../page/dom.js";

function line() {
  const [name, bar, behind] = [made("th", "name"), made("td", "bar"), made("td", "behind")];
  name.scope = "row";
  bar.setAttribute("aria-hidden", "true");
  bar.append(made("div", "track"));
  behind.append(made("b", "counts"), " ", made("span", "words"));
  return made("tr", "", [name, bar, behind]);
}

function show(row, { name, parts, counts, words }) {
  const place = (one) => row.querySelector(`.${one}`);
  place("name").textContent = name;
  place("counts").textContent = counts;
  place("words").textContent = words;
  fitted(place("track"), parts.length, () => made("div")).forEach((part, at) => {
    const { share, colour, hatched } = parts[at];
    part.className = `part ${colour}${hatched ? " hatched" : ""}`;
    part.style.width = `${100 * share}%`;
    part.hidden = share === 0;
  });
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function barTable({ parentElement, data: [data] }) {
  const root = parentElement.querySelector(".root");
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  root.style.setProperty("--behind", data.words);
  root.querySelector("caption").textContent = data.caption;
  const rows = fitted(root.querySelector("tbody"), data.rows.length, line);
  rows.forEach((row, place) => show(row, data.rows[place]));
}
