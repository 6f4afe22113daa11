// Digits as small pictures to choose one from. Items come from ui/mistakes.py and ui/fig8.py.

/** One view for each place on the page; it outlives every change of data. */
const walls = new WeakMap();

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

function option(item) {
  const made = element("div", `digit ${item.kind}`);
  made.dataset.name = item.name;
  made.setAttribute("role", "option");
  made.setAttribute("aria-label", item.words);
  made.title = item.words;
  if (item.picture) {
    const picture = element("img", "picture");
    picture.src = item.picture;
    picture.alt = "";
    made.append(picture);
  }
  made.append(element("span", "title", item.title));
  return made;
}

function mark(wall) {
  const options = [...wall.list.children];
  const chosen = options.find((one) => one.dataset.name === wall.chosen);
  for (const one of options) {
    one.setAttribute("aria-selected", String(one === chosen));
    one.tabIndex = one === (chosen ?? options[0]) ? 0 : -1;
  }
}

function choose(wall, name) {
  wall.chosen = name;
  mark(wall);
  wall.tell("digit", name);
}

/** Left and right go on in reading order; up and down to the nearest of the next line. */
function pressed(wall, event) {
  const options = [...wall.list.children];
  const at = options.indexOf(event.target.closest(".digit"));
  if (at < 0) return;
  const perLine = Math.max(1, options.findIndex((one) => one.offsetTop > options[0].offsetTop));
  const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -perLine, ArrowDown: perLine };
  if (event.key === "Enter" || event.key === " ") choose(wall, options[at].dataset.name);
  else if (moves[event.key]) {
    const next = options[Math.max(0, Math.min(options.length - 1, at + moves[event.key]))];
    for (const one of options) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  } else return;
  event.preventDefault();
}

function build(wall, items) {
  const focused = wall.list.getRootNode().activeElement?.dataset?.name;
  wall.list.replaceChildren(...items.map(option));
  [...wall.list.children].find((one) => one.dataset.name === focused)?.focus();
}

/** Handlers are properties of the list, so that nothing is added twice. */
function mount(parent) {
  const [root, list] = ["root", "list"].map((name) => parent.querySelector(`.${name}`));
  const wall = { root, list, chosen: "" };
  const named = (event) => event.target.closest("[data-name]")?.dataset.name;
  list.onclick = (event) => named(event) && choose(wall, named(event));
  list.onkeydown = (event) => pressed(wall, event);
  walls.set(parent, wall);
  return wall;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function digits({ parentElement, data: [data], setTriggerValue }) {
  const own = walls.get(parentElement) ?? mount(parentElement);
  const signature = JSON.stringify(data.items);
  Object.assign(own, { chosen: data.chosen, tell: setTriggerValue });
  for (const [name, colour] of Object.entries(data.colours)) own.root.style.setProperty(`--${name}`, colour);
  own.list.setAttribute("aria-label", data.alt);
  if (signature !== own.signature) build(own, data.items);
  own.signature = signature;
  mark(own);
  return () => walls.delete(parentElement);
}
