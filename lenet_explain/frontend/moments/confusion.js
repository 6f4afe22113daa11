// The confusion matrix of the moment that the page looks at: true digits down, answers across.
import { followMoments, momentOf } from "../page/moment.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const HINT = "Point at a number, tap it, or go there with Tab and arrow keys.";
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

const current = (view) => view.data.matrices[Math.min(momentOf(view.data.name), view.data.matrices.length - 1)];

function build(view) {
  const count = view.data.matrices[0].length;
  const digits = Array.from({ length: count }, (_, digit) => digit);
  const head = document.createElement("tr");
  head.append(document.createElement("td"), ...digits.map((digit) => heading(digit, "col")));
  view.cells = digits.map((truth) => digits.map((answer) => cell(view, truth, answer)));
  const rows = view.cells.map((row, truth) => {
    const line = document.createElement("tr");
    line.append(heading(truth, "row"), ...row);
    return line;
  });
  view.part.table.replaceChildren(head, ...rows);
  view.cells[0][0].tabIndex = 0;
}

function heading(digit, scope) {
  const made = document.createElement("th");
  made.scope = scope;
  made.textContent = digit;
  return made;
}

function cell(view, truth, answer) {
  const made = document.createElement("td");
  made.className = truth === answer ? "own" : "";
  made.tabIndex = -1;
  made.onpointerenter = made.onfocus = () => chosen(view, [truth, answer]);
  made.onpointerleave = (event) => event.pointerType === "mouse" && chosen(view, null);
  made.onkeydown = (event) => {
    const arrow = ARROWS[event.key];
    const next = arrow && view.cells[truth + arrow[0]]?.[answer + arrow[1]];
    if (!next) return;
    event.preventDefault();
    made.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  };
  return made;
}

function chosen(view, place) {
  view.place = place;
  readOut(view);
}

function readOut(view) {
  view.part.readout.classList.toggle("quiet", !view.place);
  if (!view.place) {
    view.part.readout.textContent = HINT;
    return;
  }
  view.part.readout.textContent = cellWords(current(view), ...view.place);
}

/** 'Of 36 test digits 4, 1 is read as 9.' matrix: rows are true digits, columns answers */
export function cellWords(matrix, truth, answer) {
  const row = matrix[truth];
  const of = row.reduce((sum, count) => sum + count, 0);
  const how = truth === answer ? "read rightly" : `read as ${answer}`;
  return `Of ${of} test digits ${truth}, ${row[answer]} ${row[answer] === 1 ? "is" : "are"} ${how}.`;
}

/** Stronger where more of a row falls; the root lets single mistakes be seen. */
function show(view) {
  const { colours, alts, titles } = view.data;
  const at = Math.min(momentOf(view.data.name), view.data.matrices.length - 1);
  current(view).forEach((row, truth) => {
    const of = row.reduce((sum, count) => sum + count, 0) || 1;
    row.forEach((count, answer) => {
      const one = view.cells[truth][answer];
      const strength = Math.round(70 * Math.sqrt(count / of));
      const colour = truth === answer ? colours.right : colours.wrong;
      one.textContent = count || "·";
      one.style.background = count ? `color-mix(in srgb, ${colour} ${strength}%, ${colours.background})` : "none";
    });
  });
  view.part.table.setAttribute("aria-label", alts[at]);
  view.part.title.textContent = titles[at];
  readOut(view);
}

function mount(parent) {
  const names = ["root", "table", "title", "readout"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, data: null, cells: [], place: null };
  view.leave = followMoments(() => view.data?.name, () => show(view));
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function confusion({ parentElement, data: [data] }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  view.data = data;
  for (const name of ["text", "quiet", "accent"]) view.part.root.style.setProperty(`--${name}`, data.colours[name]);
  if (!view.cells.length) build(view);
  show(view);
  return () => {
    view.leave();
    views.delete(parentElement);
  };
}
