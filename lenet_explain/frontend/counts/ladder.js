// The layers as a list to choose from, seen as shapes or as parameters. Rows come from figures/ladder.py.

/** One view for each place on the page; it outlives every change of data. */
const ladders = new WeakMap();

const LABELS = { shapes: "Layers and their shapes", parameters: "Layers and their parameters" };
const PAUSE = 200; // ms that an arrow key waits for the next one before the choice is sent

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

/** What one row holds, in order. */
function cells(row, view) {
  if (view === "shapes") {
    const [kind, shape] = [element("span", "kind", row.kind), element("span", "shape", row.shape)];
    return [element("span", "name", row.name), kind, shape, element("span", "sum", row.shape_sum)];
  }
  const track = element("span", "track");
  const bar = element("span", "bar");
  bar.style.width = `${100 * row.share}%`;
  bar.hidden = row.parameters === 0;
  track.append(bar);
  return [element("span", "name", row.name), track, element("span", "sum", row.parameter_sum)];
}

function showDetail(ladder, name) {
  const row = ladder.rows.find((one) => one.name === name);
  const facts = row ? row.details[ladder.view] : [];
  const title = element("div", "title", row ? [row.name, row.kind].filter(Boolean).join(", ") : "");
  const list = element("dl", "facts");
  for (const [what, worked] of facts) list.append(element("dt", "what", what), element("dd", "worked", worked));
  ladder.detail.replaceChildren(title, list);
}

function mark(ladder) {
  for (const option of ladder.options) {
    const chosen = option.dataset.name === ladder.chosen;
    option.setAttribute("aria-selected", String(chosen));
    option.tabIndex = chosen ? 0 : -1;
  }
  if (!ladder.options.some((option) => option.tabIndex === 0) && ladder.options[0]) ladder.options[0].tabIndex = 0;
  showDetail(ladder, ladder.chosen);
}

/** Shows the choice at once and tells Python after `pause` ms. */
function choose(ladder, name, pause = 0) {
  if (name === ladder.chosen) return;
  ladder.chosen = name;
  mark(ladder);
  clearTimeout(ladder.timer);
  ladder.timer = setTimeout(() => ladder.tell("layer", name), pause);
}

function pressed(ladder, event) {
  const at = ladder.options.indexOf(event.target.closest("[role=option]"));
  const last = ladder.options.length - 1;
  const next = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: last, Enter: at, " ": at }[event.key];
  if (at < 0 || next === undefined) return;
  event.preventDefault();
  const option = ladder.options[Math.max(0, Math.min(last, next))];
  choose(ladder, option.dataset.name, PAUSE);
  option.focus();
}

function build(ladder) {
  const focused = ladder.list.getRootNode().activeElement?.dataset?.name;
  const rows = ladder.rows.map((row) => {
    const line = element("div", row.choosable ? "row" : "row total");
    line.dataset.name = row.name;
    if (row.choosable) line.setAttribute("role", "option");
    line.append(...cells(row, ladder.view));
    return line;
  });
  ladder.options = rows.filter((line) => line.hasAttribute("role"));
  ladder.list.replaceChildren(...ladder.options);
  ladder.foot.replaceChildren(...rows.filter((line) => !line.hasAttribute("role")));
  ladder.list.setAttribute("aria-label", LABELS[ladder.view]);
  ladder.root.dataset.view = ladder.view;
  const again = ladder.options.find((line) => line.dataset.name === focused);
  if (again) again.focus();
}

/** Handlers are properties of the list, so that nothing is added twice. */
function mount(parent) {
  const [root, list, foot, detail] = ["root", "list", "foot", "detail"].map((name) => parent.querySelector(`.${name}`));
  const ladder = { root, list, foot, detail, options: [], rows: [], chosen: "", timer: 0 };
  const named = (event) => event.target.closest("[data-name]")?.dataset.name;
  list.onclick = (event) => named(event) && choose(ladder, named(event));
  list.onkeydown = (event) => pressed(ladder, event);
  root.onpointerover = (event) => named(event) && showDetail(ladder, named(event));
  root.onpointerleave = () => showDetail(ladder, ladder.chosen);
  ladders.set(parent, ladder);
  return ladder;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function ladder({ parentElement, data: [data], setTriggerValue }) {
  const own = ladders.get(parentElement) ?? mount(parentElement);
  const signature = JSON.stringify([data.view, data.rows]);
  Object.assign(own, { rows: data.rows, view: data.view, chosen: data.chosen, tell: setTriggerValue });
  for (const [name, colour] of Object.entries(data.colours)) own.root.style.setProperty(`--${name}`, colour);
  if (signature !== own.signature) build(own);
  own.signature = signature;
  mark(own);
  return () => {
    clearTimeout(own.timer);
    ladders.delete(parentElement);
  };
}
