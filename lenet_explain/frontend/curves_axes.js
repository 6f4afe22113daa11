// What each panel of the curves draws and spans: from the columns and the zoom of a view to charts of uPlot.

import { minus, nearest, power } from "./curves_words.js";

export const PANELS = [["training_loss", "test_loss"], ["training_accuracy", "test_accuracy"], ["gradient"]];
export const HEIGHTS = [100, 100, 116]; // CSS pixels: a plot of 84, 8 above and below it, and the numbers of the steps
export const FONT = 14;
export const WHOLE = [0, 1, 2, 3, 4, 5, 6].flatMap((zeros) => [1, 2, 5].map((digit) => digit * 10 ** zeros));

export const visible = (view) => view.zoom ?? [0, view.data.steps];

/** Index of the point that the cursor stands at, one on screen where there is one; -1 without a cursor. */
export function place(view) {
  if (view.at === null) return -1;
  const steps = view.data.columns.step;
  const [from, to] = visible(view);
  const index = nearest(steps, view.at);
  if (steps[index] > to && steps[index - 1] >= from) return index - 1;
  if (steps[index] < from && steps[index + 1] <= to) return index + 1;
  return index;
}

/** A panel's lines as they are drawn: of the gradient its exponent, since its axis is logarithmic. */
export function lines(view, panel) {
  const drawn = PANELS[panel].map((name) => view.data.columns[name]);
  return panel === 2 ? drawn.map((line) => line.map((value) => value && Math.log10(value))) : drawn;
}

/** What a panel's own axis spans: the whole run from 0, a part of it just what is there. */
export function span(view, panel) {
  if (panel === 1 && !view.zoom) return [0, 1];
  const [from, to] = visible(view);
  const steps = view.data.columns.step;
  const first = Math.max(0, nearest(steps, from) - 1); // lines come in from the points outside
  const shown = lines(view, panel).flatMap((line) => line.slice(first, nearest(steps, to) + 2));
  const values = shown.filter((value) => value !== null);
  if (!values.length) return [[0, 3], [0, 1], [-3, 0]][panel];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (panel === 2) return [Math.floor(low), Math.max(Math.floor(low) + 1, Math.ceil(high))];
  const room = 0.08 * (high - low) || 0.05 * Math.abs(high) || 1;
  if (panel === 1) return [Math.max(0, low - room), Math.min(1, high + room)];
  return [view.zoom ? low - room : Math.min(0, low), high + room];
}

/** Whole exponents, three or four of them. */
export function exponents(low, high) {
  const step = Math.max(1, Math.ceil((high - low) / 3));
  return Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
}

export function axes(view, panel) {
  const { quiet, line } = view.data.colours;
  const plain = { stroke: quiet, font: `${FONT}px ${view.family}`, ticks: { show: false } };
  const stepped = (step) => (view.data.columns.step.length ? step.toLocaleString("en-US") : "");
  const x = { ...plain, grid: { show: false }, show: panel === 2, size: 24, gap: 4, space: 64, incrs: WHOLE };
  const y = { ...plain, grid: { stroke: line, width: 1 }, size: 54, gap: 8, space: 30 };
  if (panel === 0) y.values = (_, splits) => splits.map((value) => minus(String(Number(value.toPrecision(6)))));
  if (panel === 1) y.values = (_, splits) => splits.map((value) => `${Number((100 * value).toPrecision(6))}%`);
  if (panel === 2) {
    y.splits = (_, __, low, high) => exponents(low, high);
    y.values = (_, splits) => splits.map(power);
  }
  return [{ ...x, values: (_, splits) => splits.map(stepped) }, y];
}

export function chart(view, panel, room) {
  const { colours, panels } = view.data;
  const few = () => view.data.columns.step.length < 3;
  const drawn = panels[panel].lines.map(({ colour, dashed }) => ({
    stroke: colour,
    width: 2.25,
    dash: dashed ? [6, 4] : undefined,
    points: { show: few, size: 6, fill: colour },
  }));
  const mouse = ["mousedown", "mouseup", "mousemove", "mouseenter", "mouseleave", "dblclick", "click"];
  const bind = Object.fromEntries(mouse.map((name) => [name, () => null])); // one place listens for all three: mount
  const fill = (_, index) => panels[panel].lines[index - 1].colour;
  const points = { size: 9, width: 2, stroke: colours.background, fill };
  const options = {
    width: view.width,
    height: HEIGHTS[panel],
    padding: [8, 22, panel === 2 ? 0 : 8, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, bind, points },
    scales: { x: { time: false, range: () => visible(view) }, y: { range: () => span(view, panel) } },
    axes: axes(view, panel),
    series: [{}, ...drawn],
  };
  return new uPlot(options, [view.data.columns.step, ...lines(view, panel)], room);
}
