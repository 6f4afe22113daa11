// What each panel of the curves draws and spans: from the columns and the zoom of a view to charts of uPlot.

import uPlot from "../vendor/uplot/uPlot.min.js";
import { drawMarks } from "./curves_marks.js";
import { filled, minus, nearest, power } from "./curves_words.js";

export const FONT = 14;
const INCREMENTS = [-2, -1, 0, 1, 2, 3, 4, 5, 6].flatMap((zeros) => [1, 2, 5].map((digit) => Number(`${digit}e${zeros}`)));

/** Where the points are: steps, or seconds. */
export const xs = (view) => view.data.columns[view.data.x.column];
export const visible = (view) => view.zoom ?? [0, view.data.x.end];
export const paired = (view) => view.data.pair && view.part.plots.clientWidth >= 720; // CSS pixels: as curves.css has it

const numbered = (view, panel) => paired(view) || panel === view.data.panels.length - 1;

/** CSS pixels: the plot, 8 above and below it, and the numbers of the steps. */
export const height = (view, panel) => view.data.height + (numbered(view, panel) ? 32 : 16);

/** Index of the point that the cursor stands at, one on screen where there is one; -1 without a cursor. */
export function place(view) {
  if (view.at === null) return -1;
  const [from, to] = visible(view);
  const index = nearest(xs(view), view.at);
  if (xs(view)[index] > to && xs(view)[index - 1] >= from) return index - 1;
  if (xs(view)[index] < from && xs(view)[index + 1] <= to) return index + 1;
  return index;
}

/** A panel's lines as they are drawn: on a logarithmic axis their exponents. */
export function lines(view, panel) {
  const { lines: asked, scale } = view.data.panels[panel];
  const drawn = asked.map(({ column }) => view.data.columns[column]);
  return scale === "power" ? drawn.map((line) => line.map((value) => value && Math.log10(value))) : drawn;
}

/** What a panel's own axis spans: the whole run from 0, a part of it just what is there. */
export function span(view, panel) {
  const { scale } = view.data.panels[panel];
  if (scale === "share" && !view.zoom) return [0, 1];
  const [from, to] = visible(view);
  const first = Math.max(0, nearest(xs(view), from) - 1); // lines come in from the points outside
  const shown = lines(view, panel).flatMap((line) => line.slice(first, nearest(xs(view), to) + 2));
  const values = shown.filter((value) => value !== null);
  if (!values.length) return { loss: [0, 3], share: [0, 1], power: [-3, 0] }[scale];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (scale === "power") return [Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))];
  const room = 0.08 * (high - low) || 0.05 * Math.abs(high) || 1;
  if (scale === "share") return [Math.max(0, low - room), Math.min(1, high + room)];
  if (view.zoom) return [low - room, high + room];
  return [Math.min(0, low), Math.min(high + room, view.data.panels[panel].top ?? Infinity)];
}

/** Whole exponents, three or four of them. */
export function exponents(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 3));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

export function axes(view, panel) {
  const { quiet, line } = view.data.colours;
  const plain = { stroke: quiet, font: `${FONT}px ${view.family}`, ticks: { show: false } };
  const stepped = (x) => (xs(view).length ? Number(x.toPrecision(6)).toLocaleString("en-US") : "");
  const incrs = view.data.x.whole ? INCREMENTS.filter(Number.isInteger) : INCREMENTS;
  const x = { ...plain, grid: { show: false }, show: numbered(view, panel), size: 24, gap: 4, space: 64, incrs };
  const y = /** @type {Record<string, any>} */ ({ ...plain, grid: { stroke: line, width: 1 }, size: 54, gap: 8, space: 30 });
  const { scale } = view.data.panels[panel];
  if (scale === "loss") y.values = (_, splits) => splits.map((value) => minus(String(Number(value.toPrecision(6)))));
  if (scale === "share") y.values = (_, splits) => splits.map((value) => `${Number((100 * value).toPrecision(6))}%`);
  if (scale === "power") {
    y.splits = (_, __, low, high) => exponents(low, high);
    y.values = (_, splits) => splits.map(power);
  }
  return [{ ...x, values: (_, splits) => splits.map(stepped) }, y];
}

export function chart(view, panel, room) {
  const { colours, panels, joined } = view.data;
  const few = (one, index) => one.data[index].filter((value) => value != null).length < 3;
  const drawn = panels[panel].lines.map(({ colour, dashed, thin }) => ({
    stroke: colour,
    width: thin ? 1.25 : 2.25,
    dash: dashed ? [6, 4] : undefined,
    spanGaps: Boolean(joined),
    points: { show: few, size: 6, fill: colour },
  }));
  const mouse = ["mousedown", "mouseup", "mousemove", "mouseenter", "mouseleave", "dblclick", "click"];
  const bind = Object.fromEntries(mouse.map((name) => [name, () => null])); // one place listens for all: mount
  const fill = (_, index) => panels[panel].lines[index - 1].colour;
  const points = { size: 9, width: 2, stroke: colours.background, fill };
  const dataIdx = (one, index, at) => (joined && index ? filled(one.data[0], one.data[index], at) : at);
  const options = {
    width: view.width,
    height: height(view, panel),
    padding: [8, 22, numbered(view, panel) ? 0 : 8, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, bind, points, dataIdx },
    scales: { x: { time: false, range: () => visible(view) }, y: { range: () => span(view, panel) } },
    axes: axes(view, panel),
    series: [{}, ...drawn],
    hooks: { drawSeries: [(one, index) => index && drawMarks(one, index, view.data.panels[panel].lines[index - 1])] },
  };
  return new uPlot(options, [xs(view), ...lines(view, panel)], room);
}
