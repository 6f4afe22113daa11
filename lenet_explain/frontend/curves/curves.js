// Curves of one run or of several over steps or seconds, drawn by uPlot; figures/curves.py and
// lanes.py write the columns. Zoom and cursor are places on the axis, kept here and not in the charts: each new point is drawn around them.

import { chart, height, lines, paired, place, span, visible, xs } from "./curves_axes.js";
import { readOut, writeHead } from "./curves_reading.js";
import { clamp, nearest } from "./curves_words.js";
import { followMoments, momentOf } from "../page/moment.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const GAP = 24; // CSS pixels between two plots side by side, as curves.css has it
const DRAG = 8; // CSS pixels from which a drag is no click

function showCursor(view) {
  const index = place(view);
  const x = xs(view)[index];
  const [from, to] = visible(view);
  const shown = index >= 0 && x >= from && x <= to;
  for (const one of view.charts) {
    one.setCursor(shown ? { left: one.valToPos(x, "x"), top: 0 } : { left: -10, top: -10 }, false, false);
  }
}

function room(panel) {
  const [made, head, plot] = ["", "head", "plot"].map((className) => Object.assign(document.createElement("div"), { className }));
  made.append(head, plot);
  writeHead(head, panel);
  return made;
}

function build(view) {
  const { plots } = view.part;
  for (const one of view.charts) one.destroy();
  plots.replaceChildren(...view.data.panels.map(room));
  view.charts = view.data.panels.map((_, panel) => chart(view, panel, plots.children[panel].lastElementChild));
  plots.charts = view.charts; // for the console, and for tests
}

/** How wide one plot is: all of the width, or half of it where two stand side by side. */
function widthOf(view) {
  const whole = view.part.plots.clientWidth;
  return paired(view) ? Math.floor((whole - GAP) / 2) : whole;
}

/** Draws all anew in the charts that are there; only other lines and other colours make new ones. */
function draw(view, spoken = false) {
  if (!view.width || !view.data) return;
  const { panels, colours, x, joined } = view.data;
  const drawn = panels.map(({ lines: each, scale }) => [each, scale]);
  const look = JSON.stringify([drawn, colours, x.column, joined, paired(view), view.family]);
  if (look !== view.look) build(view);
  view.look = look;
  const [min, max] = visible(view);
  view.charts.forEach((one, panel) => {
    const [low, high] = span(view, panel);
    one.batch(() => {
      one.setData([xs(view), ...lines(view, panel)], false);
      one.setScale("x", { min, max });
      one.setScale("y", { min: low, max: high });
    });
  });
  view.part.whole.style.visibility = view.zoom ? "visible" : "hidden"; // its place stays, so that nothing jumps
  showCursor(view);
  readOut(view, spoken);
}

/** Where the cursor stands while nobody points: at the moment that the page looks at, where it looks at one. */
function rest(view) {
  const moments = view.data.moments;
  return moments ? moments.steps[Math.min(momentOf(moments.name), moments.steps.length - 1)] : null;
}

function toMoment(view) {
  view.at = rest(view);
  if (!view.charts.length) return;
  showCursor(view);
  readOut(view, false); // whoever moved it has said so
}

function point(view, at) {
  view.at = at ?? rest(view);
  if (!view.charts.length) return;
  showCursor(view);
  readOut(view, true);
}

/** Shows this part, at least two steps of it; all of it is no zoom. */
function zoom(view, from, to) {
  const { end, whole } = view.data.x;
  const width = clamp(to - from, whole ? 2 : end / 500, end);
  const start = clamp((from + to - width) / 2, 0, Math.max(0, end - width));
  view.zoom = width >= end ? null : [start, start + width];
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

/** The place of a pointer in a plot, that of the drag where there is one: left in CSS pixels, and what is there. */
function under(view, event) {
  const pointed = view.charts.find((one) => around(one.root.getBoundingClientRect(), event.clientX, event.clientY));
  const chart = view.drag?.chart ?? pointed ?? view.charts[0];
  const edge = chart.over.getBoundingClientRect();
  const left = clamp(event.clientX - edge.x, 0, edge.width);
  return { chart, left, x: chart.posToVal(left, "x") };
}

const around = (box, x, y) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

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
  point(view, here.x);
}

function pressed(view, event) {
  if (event.button !== 0 || !view.charts.length || !xs(view).length) return;
  view.drag = under(view, event);
  view.part.plots.setPointerCapture(event.pointerId);
}

function released(view, event) {
  const start = view.drag;
  view.drag = null;
  if (!start) return;
  const here = under(view, event);
  select(view, 0, 0);
  const [from, to] = [start.x, here.x].sort((a, b) => a - b);
  if (Math.abs(here.left - start.left) >= DRAG) zoom(view, from, to);
  point(view, here.x);
}

function wheeled(view, event) {
  if (!(event.ctrlKey || event.metaKey) || !view.charts.length) return; // a plain wheel scrolls the page
  event.preventDefault();
  if (xs(view).length) zoomAt(view, under(view, event).x, 1.004 ** clamp(event.deltaY, -200, 200));
}

function step(view, to) {
  view.at = xs(view)[clamp(to, 0, xs(view).length - 1)];
  const [from, until] = visible(view);
  const shift = view.at < from ? view.at - from : Math.max(0, view.at - until);
  if (view.zoom && shift) view.zoom = [from + shift, until + shift];
  draw(view, true);
}

/** Arrow keys step from point to point and take a zoom along; + and − zoom about the cursor. */
export function typed(view, event) {
  const count = xs(view).length;
  if (!count || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = place(view);
  const [from, to] = visible(view);
  const middle = at < 0 ? (from + to) / 2 : xs(view)[at];
  const keys = {
    ArrowLeft: () => step(view, at < 0 ? nearest(xs(view), to) : at - 1),
    ArrowRight: () => step(view, at < 0 ? nearest(xs(view), from) : at + 1),
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
  const names = ["root", "plots", "axis", "whole", "readout", "spoken"];
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
    if (!view.data || !plots.clientWidth || widthOf(view) === view.width) return;
    view.width = widthOf(view);
    view.charts.forEach((one, panel) => one.setSize({ width: view.width, height: height(view, panel) }));
    draw(view);
  });
  view.observer.observe(root);
  view.leave = followMoments(() => view.data?.moments?.name, () => toMoment(view));
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function curves({ parentElement, data: [data] }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { root, plots } = view.part;
  if (view.data?.run !== data.run) Object.assign(view, { zoom: null, at: null });
  view.data = data;
  if (view.at === null || data.moments) view.at = rest(view);
  view.family = getComputedStyle(root).fontFamily;
  plots.classList.toggle("pair", Boolean(data.pair));
  view.width = widthOf(view);
  plots.setAttribute("aria-label", data.alt);
  view.part.axis.textContent = data.x.word;
  for (const name of ["text", "quiet", "accent", "hover"]) root.style.setProperty(`--${name}`, data.colours[name]);
  draw(view);
  view.charts.forEach((_, index) => writeHead(plots.children[index].firstElementChild, data.panels[index]));
  return () => {
    view.observer.disconnect();
    view.leave();
    for (const one of view.charts) one.destroy();
    views.delete(parentElement);
  };
}
