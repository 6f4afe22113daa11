// An ablation as a table: a row for each variation, its test error on one axis with the base. Rows come from
// figures/choices.py.

const SIGNED = { "more errors": "more", "fewer errors": "fewer" };

function made(tag, className = "", ...children) {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children.map((one) => (typeof one === "string" ? one.replaceAll(" %", "\u00a0%") : one)));
  return element;
}

const percent = (share) => `${(100 * share).toFixed(2)}%`;

function placed(className, from, to) {
  const mark = made("span", className);
  mark.style.left = percent(from);
  if (to !== undefined) mark.style.width = percent(to - from);
  return mark;
}

/** The axis as a heading: its marks, in % of the test digits. */
function axis(marks) {
  const scale = made("div", "scale");
  for (const { at, words } of marks) {
    const mark = placed("mark", at);
    mark.textContent = words;
    scale.append(mark);
  }
  return scale;
}

/** The interval and the error on the axis, or how far the training is. */
function strip(row, data) {
  const track = made("div", "track");
  if (data.base !== null) track.append(placed("baseline", data.base));
  if (row.share !== null) {
    track.append(placed("going", 0, row.share));
  } else if (row.span) {
    const [low, at, high] = row.span;
    track.append(placed("span", low, high), row.beyond ? made("span", "beyond", "▶") : placed("dot", at));
  }
  return track;
}

function cell(name, label, ...children) {
  const found = made("td", name, ...children);
  found.dataset.label = label;
  return found;
}

function line(row, data) {
  const name = made("th", "name", made("b", "", row.title), made("span", "quiet", row.changed));
  name.scope = "row";
  const error = row.share === null ? row.error || "–" : `training ${Math.round(100 * row.share)} %`;
  const against = made("td", "against", made("b", "", row.against), made("span", "quiet", row.why), made("span", "seeds", row.seeds));
  const shown = made("td", "shown", strip(row, data));
  shown.setAttribute("aria-hidden", "true");
  const parameters = cell("number parameters", "parameters", row.parameters);
  parameters.title = row.connections;
  const paper = cell("number paper", "in the paper", row.paper);
  paper.title = row.paper_words;
  const reached = made("td", "number error", made("b", "", error), made("span", "quiet", row.interval));
  const found = made("tr", `row ${SIGNED[row.kind] ?? row.kind}`, name, reached, shown, against);
  found.append(parameters, cell("number seconds", "s", row.seconds), paper);
  found.dataset.key = row.key;
  return found;
}

function group({ title, asks, paper, rows }, data) {
  const head = made("th", "", made("b", "", title), made("span", "", asks), made("span", "quiet", paper));
  head.colSpan = 7;
  head.scope = "rowgroup";
  return made("tbody", "", made("tr", "group", head), ...rows.map((row) => line(row, data)));
}

function heading(data) {
  const names = ["What is changed", "Test error, 95 %", "", "Against the base", "Parameters", "Seconds", "Paper, MNIST"];
  const cells = names.map((words, place) => {
    const head = made("th", place && place !== 3 ? "number" : "", place === 2 ? axis(data.marks) : words);
    head.scope = "col";
    return head;
  });
  return made("tr", "", ...cells);
}

const seen = new WeakMap();

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function choices({ parentElement, data: [data] }) {
  const root = parentElement.querySelector(".root");
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  const drawn = JSON.stringify([data.groups, data.marks, data.base]);
  root.querySelector("caption").textContent = data.caption;
  root.querySelector("table").setAttribute("aria-label", data.alt);
  if (seen.get(parentElement) !== drawn) {
    const table = root.querySelector("table");
    for (const place of table.querySelectorAll("thead, tbody")) place.remove();
    table.append(made("thead", "", heading(data)), ...data.groups.map((one) => group(one, data)));
  }
  seen.set(parentElement, drawn);
  return () => seen.delete(parentElement);
}
