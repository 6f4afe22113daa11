// A run's loss, accuracy and gradient over its steps, drawn by uPlot; figures/curves.py writes the columns.
// Zoom and cursor are steps, kept here and not in the charts: each new point is drawn around them.

import { chart, HEIGHTS, lines, PANELS, place, span, visible } from "./curves_axes.js";
import { clamp, nearest, number, percent } from "./curves_words.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const HINT = "Point at a curve to read its values; drag to zoom, double-click to see all.";
const DRAG = 8; // CSS pixels from which a drag is no click

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

function writeHead(room, { head, legend, lines }) {
  const signs = lines.map(({ name, colour, dashed }) => {
    const line = element("span", "line");
    line.style.color = colour;
    line.append(element("span", dashed ? "sign dashed" : "sign"), name);
    return line;
  });
  room.replaceChildren(element("span", "title", head), ...(legend ? signs : []));
}

/** What stands at the cursor, part by part: ['step', '218'], ['loss', '0.231', ' training, ', '0.262', ' test'], … */
function reading({ data: { columns } }, index) {
  const pair = (name, words) => [
    name, words(columns[`training_${name}`][index]), " training, ", words(columns[`test_${name}`][index]), " test",
  ];
  return [
    ["step", columns.step[index].toLocaleString("en-US")],
    pair("loss", number),
    pair("accuracy", percent),
    ["gradient", number(columns.gradient[index])],
  ];
}

/** @param {boolean} spoken whether a screen reader should hear it: not when only the data moved */
function readOut(view, spoken) {
  const { readout, spoken: voice } = view.part;
  const index = place(view);
  const parts = index < 0 ? [] : reading(view, index);
  readout.classList.toggle("hint", !parts.length);
  readout.replaceChildren(
    ...parts.map(([name, ...words]) => {
      const part = element("span", "part", `${name} `);
      part.style.gridArea = name;
      part.append(...words.map((word, at) => (at % 2 ? word : element("b", "", word))));
      return part;
    }),
  );
  if (!parts.length) readout.textContent = HINT;
  if (spoken) voice.textContent = parts.map(([name, ...words]) => `${name} ${words.join("")}`).join(" · ");
}

function showCursor(view) {
  const index = place(view);
  const step = view.data.columns.step[index];
  const [from, to] = visible(view);
  const shown = index >= 0 && step >= from && step <= to;
  for (const one of view.charts) {
    one.setCursor(shown ? { left: one.valToPos(step, "x"), top: 0 } : { left: -10, top: -10 }, false, false);
  }
}

function build(view) {
  const { plots } = view.part;
  for (const one of view.charts) one.destroy();
  view.charts = PANELS.map((_, panel) => chart(view, panel, plots.children[panel].lastElementChild));
  plots.charts = view.charts; // for the console, and for tests
}

/** Draws all anew in the charts that are there; only other colours make new ones. */
function draw(view, spoken = false) {
  if (!view.width || !view.data) return;
  const look = JSON.stringify([view.data.colours, view.family]);
  if (look !== view.look) build(view);
  view.look = look;
  const [min, max] = visible(view);
  view.charts.forEach((one, panel) => {
    const [low, high] = span(view, panel);
    one.batch(() => {
      one.setData([view.data.columns.step, ...lines(view, panel)], false);
      one.setScale("x", { min, max });
      one.setScale("y", { min: low, max: high });
    });
  });
  view.part.whole.style.visibility = view.zoom ? "visible" : "hidden"; // its place stays, so that nothing jumps
  showCursor(view);
  readOut(view, spoken);
}

function point(view, at) {
  view.at = at;
  if (!view.charts.length) return;
  showCursor(view);
  readOut(view, true);
}

/** Shows these steps, at least two of them; all of them is no zoom. */
function zoom(view, from, to) {
  const { steps } = view.data;
  const width = clamp(to - from, 2, steps);
  const start = clamp((from + to - width) / 2, 0, Math.max(0, steps - width));
  view.zoom = width >= steps ? null : [start, start + width];
  draw(view);
}

function zoomAt(view, x, factor) {
  const [from, to] = visible(view);
  zoom(view, x - (x - from) * factor, x + (to - x) * factor);
}

function wholeRun(view) {
  view.zoom = null;
  draw(view);
}

/** The place of a pointer in the plots: left in CSS pixels, and the step there. */
function under(view, event) {
  const edge = view.charts[0].over.getBoundingClientRect();
  const left = clamp(event.clientX - edge.x, 0, edge.width);
  return { left, step: view.charts[0].posToVal(left, "x") };
}

function select(view, from, to) {
  const [left, width] = [Math.min(from, to), Math.abs(to - from)];
  for (const one of view.charts) {
    one.setSelect({ left, width, top: 0, height: one.over.clientHeight }, false);
  }
}

function moved(view, event) {
  if (!view.charts.length) return;
  const here = under(view, event);
  if (view.drag && Math.abs(here.left - view.drag.left) >= DRAG) select(view, view.drag.left, here.left);
  else if (view.drag) select(view, 0, 0);
  point(view, here.step);
}

function pressed(view, event) {
  if (event.button !== 0 || !view.charts.length || !view.data.columns.step.length) return;
  view.drag = under(view, event);
  view.part.plots.setPointerCapture(event.pointerId);
}

function released(view, event) {
  const start = view.drag;
  view.drag = null;
  if (!start) return;
  const here = under(view, event);
  select(view, 0, 0);
  const [from, to] = [start.step, here.step].sort((a, b) => a - b);
  if (Math.abs(here.left - start.left) >= DRAG) zoom(view, from, to);
  point(view, here.step);
}

function wheeled(view, event) {
  if (!(event.ctrlKey || event.metaKey) || !view.charts.length) return; // a plain wheel scrolls the page
  event.preventDefault();
  if (view.data.columns.step.length) zoomAt(view, under(view, event).step, 1.004 ** clamp(event.deltaY, -200, 200));
}

function step(view, to) {
  const { step: steps } = view.data.columns;
  view.at = steps[clamp(to, 0, steps.length - 1)];
  const [from, until] = visible(view);
  const shift = view.at < from ? view.at - from : Math.max(0, view.at - until);
  if (view.zoom && shift) view.zoom = [from + shift, until + shift];
  draw(view, true);
}

function typed(view, event) {
  const count = view.data.columns.step.length;
  if (!count || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = place(view);
  const [from, to] = visible(view);
  const middle = at < 0 ? (from + to) / 2 : view.data.columns.step[at];
  const keys = {
    ArrowLeft: () => step(view, at < 0 ? nearest(view.data.columns.step, to) : at - 1),
    ArrowRight: () => step(view, at < 0 ? nearest(view.data.columns.step, from) : at + 1),
    Home: () => step(view, 0),
    End: () => step(view, count - 1),
    "+": () => zoomAt(view, middle, 0.5),
    "=": () => zoomAt(view, middle, 0.5),
    "-": () => zoomAt(view, middle, 2),
    0: () => wholeRun(view),
    Escape: () => (view.zoom ? wholeRun(view) : point(view, null)),
  };
  if (!keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
}

/** Sets the page up once: handlers are properties, so that nothing is added twice. */
function mount(parent) {
  const names = ["root", "plots", "foot", "whole", "readout", "spoken"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, charts: [], data: null, zoom: null, at: null, drag: null, width: 0, look: "" };
  const { plots, whole, root } = part;
  plots.onpointermove = (event) => moved(view, event);
  plots.onpointerdown = (event) => pressed(view, event);
  plots.onpointerup = (event) => released(view, event);
  plots.onpointercancel = () => {
    view.drag = null;
    select(view, 0, 0);
  };
  plots.onpointerleave = (event) => event.pointerType === "mouse" && !view.drag && point(view, null);
  plots.ondblclick = () => wholeRun(view);
  plots.onwheel = (event) => wheeled(view, event);
  plots.onkeydown = (event) => typed(view, event);
  whole.onclick = () => {
    wholeRun(view);
    plots.focus({ preventScroll: true }); // the button is gone
  };
  view.observer = new ResizeObserver(() => {
    if (plots.clientWidth === view.width || !plots.clientWidth) return;
    view.width = plots.clientWidth;
    view.charts.forEach((one, panel) => one.setSize({ width: view.width, height: HEIGHTS[panel] }));
    draw(view);
  });
  view.observer.observe(root);
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function curves({ parentElement, data: [data] }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { root, plots } = view.part;
  if (view.data?.run !== data.run) Object.assign(view, { zoom: null, at: null });
  view.data = data;
  view.family = getComputedStyle(root).fontFamily;
  view.width = plots.clientWidth;
  plots.setAttribute("aria-label", data.alt);
  data.panels.forEach((panel, index) => writeHead(plots.children[index].firstElementChild, panel));
  for (const name of ["text", "quiet", "accent", "hover"]) root.style.setProperty(`--${name}`, data.colours[name]);
  draw(view);
  return () => {
    view.observer.disconnect();
    for (const one of view.charts) one.destroy();
    views.delete(parentElement);
  };
}
