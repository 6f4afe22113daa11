// A confusion matrix to choose a cell from. Rows come from figures/matrix.py.

/** One view for each place on the page; it outlives every change of data. */
const matrices = new WeakMap();

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

/** What stands at the head of a row or column: a digit, or ✗ for all its mistakes. */
function head(name, scope) {
  const sum = name === "any" || name === "another";
  const made = element("th", sum ? "head sum" : "head", sum ? "✗" : name);
  made.scope = scope;
  if (sum) made.setAttribute("aria-label", "all mistakes");
  return made;
}

function cell(data) {
  const made = element("td", `cell ${data.kind}`, data.count ? String(data.count) : "·");
  made.classList.toggle("none", !data.count);
  made.dataset.name = `${data.truth} ${data.answer}`;
  made.setAttribute("role", "gridcell");
  made.setAttribute("aria-label", data.words);
  made.style.setProperty("--strength", `${(10 + 45 * data.strength).toFixed(1)}%`);
  made.tabIndex = -1;
  return made;
}

function build(matrix, rows) {
  const focused = matrix.table.getRootNode().activeElement?.dataset?.name;
  const top = element("tr", "");
  top.append(element("td", "corner"), ...rows[0].map((one) => head(one.answer, "col")));
  matrix.cells = rows.map((row) => row.map(cell));
  const lines = rows.map((row, at) => {
    const line = element("tr", "");
    line.append(head(row[0].truth, "row"), ...matrix.cells[at]);
    return line;
  });
  matrix.table.replaceChildren(top, ...lines);
  matrix.cells.flat().find((one) => one.dataset.name === focused)?.focus();
}

function mark(matrix) {
  for (const one of matrix.cells.flat()) {
    const chosen = one.dataset.name === matrix.chosen;
    one.setAttribute("aria-selected", String(chosen));
    if (chosen) stand(matrix, one);
  }
}

/** The one cell that Tab reaches. */
function stand(matrix, cell) {
  for (const one of matrix.cells.flat()) one.tabIndex = one === cell ? 0 : -1;
}

function say(matrix, cell) {
  matrix.words.textContent = cell ? cell.getAttribute("aria-label") : "";
}

function choose(matrix, cell) {
  matrix.chosen = cell.dataset.name;
  mark(matrix);
  say(matrix, cell);
  matrix.tell("cell", matrix.chosen);
}

function pressed(matrix, event) {
  const cell = event.target.closest(".cell");
  if (!cell) return;
  if (event.key === "Enter" || event.key === " ") choose(matrix, cell);
  else if (MOVES[event.key]) {
    const [down, right] = MOVES[event.key];
    const row = matrix.cells.findIndex((cells) => cells.includes(cell));
    const last = matrix.cells.length - 1;
    const to = (place) => Math.max(0, Math.min(last, place));
    const next = matrix.cells[to(row + down)][to(matrix.cells[row].indexOf(cell) + right)];
    stand(matrix, next);
    next.focus();
  } else return;
  event.preventDefault();
}

/** Handlers are properties of the table, so that nothing is added twice. */
function mount(parent) {
  const [root, table, words] = ["root", "matrix", "words"].map((name) => parent.querySelector(`.${name}`));
  const matrix = { root, table, words, cells: [], chosen: "" };
  const cellOf = (event) => event.target.closest(".cell");
  table.onclick = (event) => cellOf(event) && choose(matrix, cellOf(event));
  table.onkeydown = (event) => pressed(matrix, event);
  table.onpointerover = (event) => cellOf(event) && say(matrix, cellOf(event));
  table.addEventListener("focusin", (event) => cellOf(event) && say(matrix, cellOf(event))); // it has no property
  table.onpointerleave = () => say(matrix, table.querySelector('[aria-selected="true"]'));
  matrices.set(parent, matrix);
  return matrix;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function matrix({ parentElement, data: [data], setTriggerValue }) {
  const own = matrices.get(parentElement) ?? mount(parentElement);
  const signature = JSON.stringify(data.rows);
  Object.assign(own, { chosen: data.chosen, tell: setTriggerValue });
  for (const [name, colour] of Object.entries(data.colours)) own.root.style.setProperty(`--${name}`, colour);
  own.table.setAttribute("aria-label", data.alt);
  if (signature !== own.signature) build(own, data.rows);
  own.signature = signature;
  mark(own);
  say(own, own.table.querySelector('[aria-selected="true"]'));
  return () => matrices.delete(parentElement);
}
