// A table of a few columns that becomes cards on a phone; a cell that differs has a sign, not only a colour. A heading
// that can be sorted by is a button.
import { made } from "../page/dom.js";

const CARDS = 3; // columns that fit on a phone
const ARIA = { up: "ascending", down: "descending" };
const ARROW = { up: " ↑", down: " ↓" };

function heading({ key, title, sortable, number }, sorted, sort) {
  const own = sorted.by === key;
  const cell = made("th", number ? "number" : "", sortable ? "" : title, { scope: "col" });
  if (!sortable) return cell;
  const words = title + (own ? ARROW[sorted.order] : "");
  const button = made("button", "", words, { type: "button", onclick: () => sort(key) });
  button.dataset.key = key;
  if (own) cell.setAttribute("aria-sort", ARIA[sorted.order]);
  cell.append(button);
  return cell;
}

function line({ words, mark, quiet }) {
  return made("div", [mark ? "differs" : "", quiet].join(" ").trim(), mark ? `${mark} ${words}` : words);
}

function cell(lines, column, first) {
  const kinds = [column.number ? "number" : "", lines.every(({ words }) => !words) ? "empty" : ""];
  const found = made(first ? "th" : "td", kinds.join(" ").trim(), lines.map(line));
  if (first) found.scope = "row";
  else found.dataset.label = column.title;
  return found;
}

function row({ cells, kind }, columns) {
  return made("tr", kind, cells.map((lines, at) => cell(lines, columns[at], at === 0)));
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function table({ parentElement, data: [data], setTriggerValue }) {
  const root = parentElement.querySelector(".root");
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  const held = root.getRootNode().activeElement?.dataset?.key;
  const sort = (key) => setTriggerValue("sort", key);
  const head = made("thead", "", [made("tr", "", data.columns.map((one) => heading(one, data.sorted, sort)))]);
  const body = made("tbody", "", data.rows.map((one) => row(one, data.columns)));
  root.replaceChildren(made("table", data.columns.length > CARDS ? "cards" : "", [made("caption", "", data.caption), head, body]));
  if (held) root.querySelector(`button[data-key="${held}"]`)?.focus();
}
