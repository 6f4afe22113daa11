// A kernel step by step: five grids of numbers, and for the cell pointed at the sum that gave its gradient.
import { unframe } from "../page/frame.js";
import { inkOn, prepare } from "./tile_colours.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

function shade(value, limit, palette) {
  const share = limit > 0 && Number.isFinite(value) ? Math.round((100 * Math.abs(value)) / limit) : 0;
  return `color-mix(in srgb, ${value < 0 ? palette.negative : palette.positive} ${share}%, ${palette.zero})`;
}

function build(view) {
  const { side, grids } = view.meta;
  view.cells = [];
  view.part.grids.replaceChildren(
    ...grids.map(({ name }) => {
      const box = element("div", "grid");
      box.dataset.name = name;
      const table = element("div", "cells");
      table.style.setProperty("--side", side);
      table.setAttribute("role", "grid");
      const cells = Array.from({ length: side * side }, (_, at) => cell(view, at, name));
      table.append(...cells);
      view.cells.push(cells);
      box.append(element("div", "title"), table);
      return box;
    }),
  );
}

function cell(view, at, name) {
  const made = element("div", "cell");
  made.tabIndex = -1;
  made.setAttribute("role", "gridcell");
  made.onpointerenter = () => chosen(view, at);
  made.onpointerdown = () => chosen(view, at);
  made.onfocus = () => chosen(view, at);
  made.onkeydown = (event) => typed(view, event, at, name);
  return made;
}

function typed(view, event, at, name) {
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  const { side, grids } = view.meta;
  const clamp = (value) => Math.max(0, Math.min(side - 1, value));
  const next = clamp(Math.floor(at / side) + arrow[0]) * side + clamp((at % side) + arrow[1]);
  const own = view.cells[grids.findIndex((grid) => grid.name === name)][next];
  own.focus();
}

function chosen(view, at) {
  view.at = at;
  showCell(view);
}

/** The numbers of all grids. */
function show(view) {
  const { meta, tensors } = view;
  meta.grids.forEach(({ name, title, limit, words, alt }, grid) => {
    const box = view.part.grids.children[grid];
    box.firstElementChild.textContent = title;
    box.lastElementChild.setAttribute("aria-label", alt);
    tensors[name].forEach((value, at) => {
      const one = view.cells[grid][at];
      one.textContent = words[at];
      one.style.background = shade(value, limit, meta.palette);
      one.style.color = inkOn(value, limit, meta.palette);
    });
  });
  showCell(view);
}

function showCell(view) {
  const { at, meta } = view;
  for (const cells of view.cells) {
    cells.forEach((one, index) => {
      one.classList.toggle("chosen", index === at);
      one.tabIndex = index === at ? 0 : -1;
    });
  }
  const { head, lines, rest, total } = meta.sums[at];
  view.part.head.textContent = head;
  view.part.lines.replaceChildren(...[...lines, rest].map((words) => element("li", "", words)));
  view.part.total.textContent = total;
  paint(view);
}

/** Three pictures: pixels under this cell, errors, and their products. */
function paint(view) {
  const { meta, tensors, at, part } = view;
  const { height, width } = meta.places;
  const size = height * width;
  const own = (name) => tensors[name].subarray(at * size, (at + 1) * size);
  const grid = { rows: 1, columns: 1, height, width };
  const pictures = [
    [part.pixels, own("seen")],
    [part.errors, tensors.errors],
    [part.products, own("product")],
  ];
  for (const [canvas, values] of pictures) {
    const [source] = prepare({ limit: 1, palette: meta.palette }, grid, [values]).bitmaps;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(source, 0, 0);
  }
}

function mount(parent) {
  const names = ["root", "grids", "head", "lines", "total", "pixels", "errors", "products"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, meta: null, cells: [], at: null };
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function kernel({ parentElement, data }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  Object.assign(view, { meta, tensors });
  view.at ??= meta.cell;
  for (const name of ["text", "quiet", "accent"]) view.part.root.style.setProperty(`--${name}`, meta.palette[name]);
  if (!view.cells.length) build(view);
  show(view);
  return () => views.delete(parentElement);
}
