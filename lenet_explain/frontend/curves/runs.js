// A visitor's runs as a table: sort by a column, name a run, choose some. Rows come from ui/run_table.py.
// Names are the visitor's own words: they are set as text and as values, never as HTML.

const views = new WeakMap();

function made(tag, fields = {}, ...children) {
  const element = Object.assign(document.createElement(tag), fields);
  element.append(...children);
  return element;
}

/** Those without a figure come last, whichever way is up. */
function compare(one, other, { column, down }) {
  const [a, b] = [one.order[column], other.order[column]];
  if (a === b) return other.order.began - one.order.began;
  if (a === null || b === null) return a === null ? 1 : -1;
  return (a < b ? -1 : 1) * (down ? -1 : 1);
}

function head(view) {
  const { columns } = view.data;
  const { column: by, down } = view.sort;
  const cells = columns.map(({ key, title, sorted }) => {
    const cell = made("th", { scope: "col", className: sorted ? "number" : "" });
    if (!sorted) return made("th", { scope: "col", textContent: title });
    cell.ariaSort = by === key ? (down ? "descending" : "ascending") : "none";
    const sign = by === key ? (down ? " ↓" : " ↑") : " ↕";
    const button = made("button", { type: "button", textContent: title + sign, title: `Sort by ${title}` });
    button.dataset.focus = `sort ${key}`;
    button.onclick = () => {
      view.sort = { column: key, down: by === key ? !down : true };
      draw(view);
    };
    cell.append(button);
    return cell;
  });
  return made("tr", {}, made("th", { scope: "col", textContent: "Choose" }), ...cells);
}

function choice(view, row) {
  const box = made("input", { type: "checkbox", checked: view.chosen.has(row.key), ariaLabel: `Choose ${row.name}` });
  box.dataset.focus = `choose ${row.key}`;
  box.onchange = () => {
    if (box.checked) view.chosen.add(row.key);
    else view.chosen.delete(row.key);
    view.say("chosen", view.data.rows.map(({ key }) => key).filter((key) => view.chosen.has(key)));
  };
  return made("label", { className: "choice" }, box);
}

function naming(view, row) {
  const field = made("input", { type: "text", value: view.names[row.key] ?? row.name, maxLength: view.data.longest });
  field.ariaLabel = `Name of ${row.name}`;
  field.dataset.focus = `name ${row.key}`;
  field.onkeydown = (event) => event.key === "Enter" && field.blur();
  field.onchange = () => {
    view.names = { ...view.names, [row.key]: field.value };
    view.say("names", view.names);
  };
  return field;
}

function line(view, row) {
  const cells = view.data.columns.slice(1).map(({ key, sorted }) =>
    made("td", { className: sorted ? "number" : key, textContent: row.cells[key] }),
  );
  const name = made("th", { scope: "row" }, naming(view, row));
  return made("tr", {}, made("td", {}, choice(view, row)), name, ...cells);
}

function draw(view) {
  const at = view.root.getRootNode().activeElement?.dataset?.focus;
  const rows = [...view.data.rows].sort((one, other) => compare(one, other, view.sort));
  view.part.head.replaceChildren(head(view));
  view.part.body.replaceChildren(...rows.map((row) => line(view, row)));
  if (at) [...view.root.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === at)?.focus();
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function runs({ parentElement, data: [data], setStateValue }) {
  const root = parentElement.querySelector(".root");
  const part = { head: root.querySelector("thead"), body: root.querySelector("tbody") };
  const fresh = { chosen: new Set(data.chosen), names: {}, sort: { column: "began", down: true } };
  const view = views.get(parentElement) ?? fresh;
  Object.assign(view, { root, part, data, say: setStateValue });
  const keys = new Set(data.rows.map(({ key }) => key));
  view.chosen = new Set([...view.chosen].filter((key) => keys.has(key)));
  views.set(parentElement, view);
  root.querySelector(".hint").textContent = data.caption;
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  draw(view);
  return () => views.delete(parentElement);
}
