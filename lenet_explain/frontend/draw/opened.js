// One unit, opened down to its products: window × kernel for every input map, the sums, the bias, the squashing curve.
import { ACTIVATIONS } from "../network/activations.js";
import { chosenUnit, placeWords, placed } from "../live/chosen_unit.js";
import { cssColour, fitted, made, partsOf, plainWords, signedColours, signedWords, sized, stamp } from "../page/dom.js";
import { effectiveField } from "../network/effective.js";
import { fieldRule } from "../network/fields.js";
import { change, follow, live, touched, worked } from "../live/live.js";
import { openUnit } from "./opened_unit.js";
import { inkOn } from "../tiles/tile_colours.js";

/** One view for each place on the page; it outlives every change of data. */
const openedViews = new WeakMap();

const MINI = 44; // CSS pixels of a small grid's side
const PLAY = 120; // ms a step of the window
const CURVE = { width: 260, height: 170 };

const largestSize = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Limits of the colours, the same for all groups: of weights, of values and of products. */
function limitsOf(groups) {
  const of = (what) => largestSize(groups.map((group) => largestSize(group[what])));
  return { weights: of("weights"), values: of("values"), products: of("products") };
}

const COLUMNS = [["values", "values"], ["weights", "weights"], ["products", "products"]];
const SIGNS = { convolution: "×", dense: "×", subsampling: "×", "radial basis": "−" };

function headings(kind) {
  if (kind === "radial basis") return ["value", "code", "(value − code)²"];
  if (kind === "max pooling") return ["value", "chosen", "largest"];
  return ["value", "weight", "product"];
}

function groupName(space, index, group) {
  const before = index ? space.steps[index - 1].layer.name : "input";
  if (group.map === null) return `all of ${before}`;
  return index ? `${before} map ${group.map}` : before;
}

/** One group as three small pictures and its sum, still empty; a click shows its numbers. */
function miniGroup(view, at) {
  const [first, second, third] = COLUMNS.map(() => made("canvas", "mini"));
  const row = made("span", "row", [first, made("span"), second, made("span", "", "="), third]);
  return made("button", "group", [made("b"), row, made("span", "part")], { type: "button", onclick: () => ((view.group = at), touched()) });
}

function showGroup(view, scene, group, at, button) {
  const [name, row, part] = button.children;
  const [first, sign, second, , third] = row.children;
  [first, second, third].forEach((canvas, column) => {
    const [what] = COLUMNS[column];
    const side = Math.max(group.height, group.width);
    const size = { width: (MINI * group.width) / side, height: (MINI * group.height) / side };
    const context = sized(canvas, size.width, size.height);
    const filled = [...group[what], ...Array(group.width * group.height - group[what].length).fill(0)];
    stamp(context, filled, group.width, group.height, { x: 0, y: 0, ...size }, signedColours(view.palette, scene.limits[what]));
  });
  [name.textContent, sign.textContent, part.textContent] = [scene.nameOf(group), scene.sign, signedWords(group.sum)];
  button.setAttribute("aria-pressed", String(view.group === at));
  button.setAttribute("aria-label", `${scene.nameOf(group)} adds ${signedWords(group.sum)}; show its numbers`);
}

/** The numbers of one group, cell by cell, in the cells that are there already. */
function fillGrid(view, grid, numbers, { heading, across, limit }) {
  const [head, table] = grid.children;
  head.textContent = heading;
  table.style.setProperty("--across", across);
  const colourOf = signedColours(view.palette, limit);
  fitted(table, numbers.length, () => made("span", "number")).forEach((cell, at) => {
    const value = numbers[at];
    cell.textContent = plainWords(value).slice(0, 6);
    cell.style.background = cssColour(colourOf(value));
    cell.style.color = inkOn(value, limit, view.palette);
  });
}

/** 'a = bias −0.10 + S2 map 0 +0.31 + … = +0.82' in the unit's own numbers. */
export function formulaWords({ groups, steps, sum }) {
  const most = groups.length > 8 ? 7 : groups.length;
  const parts = groups.slice(0, most).map((group) => group.sum);
  const rest = groups.length > most ? ` + … (${groups.length - most} more)` : "";
  let words = parts.slice(1).reduce((said, part) => `${said} ${added(part)}`, plainWords(parts[0])) + rest;
  for (const { sign, words: name, value } of steps) {
    const grouped = "×÷".includes(sign) && words.includes(" ") ? `(${words})` : words;
    words = `${grouped} ${sign === "+" ? added(value) : `${sign} ${enclosed(value)}`} (${name})`;
  }
  return `a = ${groups.length + steps.length > 1 ? `${words} = ` : ""}${plainWords(sum)}`;
}

const added = (value) => `${value < 0 ? "−" : "+"} ${plainWords(Math.abs(value))}`;
const enclosed = (value) => (value < 0 ? `(${plainWords(value)})` : plainWords(value));
const SUMMED = { "max pooling": "largest", "radial basis": "distance" };

function curve(view, opened, softmax) {
  const { canvas } = view.part;
  const { name } = opened.activation;
  canvas.hidden = name === "identity" || softmax;
  if (canvas.hidden) return;
  const context = sized(canvas, CURVE.width, CURVE.height);
  const f = (a) => ACTIVATIONS[name].value(a, opened.activation);
  const reach = Math.max(3, Math.ceil(Math.abs(opened.sum)));
  const top = Math.max(Math.abs(f(reach)), Math.abs(f(-reach)), 0.1) * 1.15;
  const at = (a) => [((a + reach) / (2 * reach)) * CURVE.width, CURVE.height / 2 - (f(a) / top) * (CURVE.height / 2 - 12)];
  context.strokeStyle = view.palette.quiet;
  context.globalAlpha = 0.5;
  context.beginPath();
  context.moveTo(0, CURVE.height / 2);
  context.lineTo(CURVE.width, CURVE.height / 2);
  context.moveTo(CURVE.width / 2, 0);
  context.lineTo(CURVE.width / 2, CURVE.height);
  context.stroke();
  context.globalAlpha = 1;
  context.strokeStyle = view.palette.text;
  context.lineWidth = 2;
  context.beginPath();
  for (let pixel = 0; pixel <= CURVE.width; pixel += 2) context.lineTo(...at((pixel / CURVE.width) * 2 * reach - reach));
  context.stroke();
  context.fillStyle = view.palette.accent;
  context.beginPath();
  context.arc(...at(opened.sum), 7, 0, 7);
  context.fill();
  canvas.setAttribute("aria-label", `${opened.activation.text}: from a = ${plainWords(opened.sum)} to ${plainWords(opened.value)}`);
}

function show(view) {
  const now = worked();
  if (!now || !view.palette) return;
  const chosen = chosenUnit(now.space);
  const open = Boolean(chosen && chosen.index >= 0);
  view.part.root.classList.toggle("empty", !open);
  if (!open) {
    view.drawn = null;
    view.part.title.textContent = "Open a unit: point at one above, tap it, or go there with the keys.";
    return;
  }
  if (asDrawn(view, now, chosen)) return;
  const opened = openUnit(now.space, chosen.index, chosen.map, chosen.y, chosen.x);
  const scene = { limits: limitsOf(opened.groups), sign: SIGNS[opened.kind] ?? "×", nameOf: (group) => groupName(now.space, chosen.index, group) };
  view.group = Math.min(view.group, opened.groups.length - 1);
  view.part.title.textContent = `${placeWords(now.space, chosen)}: ${opened.kind}`;
  const shown = opened.groups.length > 1 ? opened.groups : [];
  fitted(view.part.groups, shown.length, (at) => miniGroup(view, at)).forEach((button, at) => showGroup(view, scene, shown[at], at, button));
  showNumbers(view, scene, opened);
  showResult(view, opened);
  showField(view, now, chosen);
  const { height, width } = now.space.steps[chosen.index].sums;
  view.part.play.hidden = height * width === 1;
}

/** Whether all that an opened unit depends on is as it was drawn last. */
function asDrawn(view, now, chosen) {
  const last = view.drawn;
  const key = [chosen.index, chosen.map, chosen.y, chosen.x, view.group].join();
  view.drawn = { key, network: now.network, pixels: now.pixels, palette: view.palette };
  const same = last?.key === key && last.network === now.network && last.palette === view.palette;
  return Boolean(same && last.pixels.every((pixel, at) => pixel === now.pixels[at]));
}

const emptyGrid = () => made("div", "grid", [made("div", "heading"), made("div", "numbers")]);

function showNumbers(view, scene, opened) {
  const group = opened.groups[view.group];
  const [value, weight, product] = headings(opened.kind);
  const plain = opened.kind === "batch normalisation";
  const names = { values: `${value}: ${scene.nameOf(group)}`, weights: weight, products: product };
  const [values, sign, weights, equals, products, sum] = view.part.cells.children;
  for (const [grid, what] of [[values, "values"], ...(plain ? [] : [[weights, "weights"], [products, "products"]])]) {
    fillGrid(view, grid, group[what], { heading: names[what], across: group.width, limit: scene.limits[what] });
  }
  for (const part of [sign, weights, equals, products]) part.hidden = plain;
  sign.textContent = scene.sign;
  sum.textContent = `${SUMMED[opened.kind] ?? "sum"} ${plainWords(group.sum)}`;
}

function showResult(view, opened) {
  const softmax = opened.activation.name === "softmax";
  view.part.formula.textContent = formulaWords(opened);
  const identity = opened.activation.name === "identity";
  const share = `share by softmax over all outputs: ${(100 * opened.value).toFixed(1)}%`;
  const squashed = `${opened.activation.text}, with a = ${plainWords(opened.sum)}, is ${plainWords(opened.value)}`;
  view.part.value.textContent = softmax ? share : identity ? `No squashing here: the unit's value is ${plainWords(opened.value)}.` : squashed;
  curve(view, opened, softmax);
}

/** The field by the rule, and the effective one: how much each pixel would move the unit. */
function showField(view, now, chosen) {
  view.part.rule.replaceChildren(
    made("b", "", "Receptive field, r + (k − 1)·jump"),
    ...fieldRule(now.network, chosen.index).map(({ words }) => made("div", "", words)),
  );
  effectiveField(view.part.effective, now, chosen, view.palette);
}

function stepWindow(view) {
  const now = worked();
  const chosen = now && chosenUnit(now.space);
  if (!chosen || chosen.index < 0) return stop(view);
  const { height, width } = now.space.steps[chosen.index].sums;
  const next = (chosen.y * width + chosen.x + 1) % (height * width);
  change({ unit: placed(now.space, chosen.index, chosen.map, Math.floor(next / width), next % width), hovered: null });
}

function stop(view) {
  clearInterval(view.playing);
  view.playing = 0;
  view.part.play.textContent = "▶ Slide the window";
}

function mount(parent) {
  const part = partsOf(parent, "root", "title", "play", "groups", "cells", "formula", "canvas", "value", "rule", "effective");
  const view = { part, group: 0, playing: 0 };
  part.play.onclick = () => {
    if (view.playing) return stop(view);
    if (!live().unit) change({ unit: live().hovered });
    view.playing = setInterval(() => stepWindow(view), PLAY);
    part.play.textContent = "■ Stop";
  };
  part.cells.append(emptyGrid(), made("div", "sign"), emptyGrid(), made("div", "sign", "="), emptyGrid(), made("div", "sum"));
  stop(view);
  view.leave = follow(() => show(view));
  openedViews.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function opened({ parentElement, data }) {
  const view = openedViews.get(parentElement) ?? mount(parentElement);
  [{ palette: view.palette }] = data;
  for (const name of ["text", "quiet", "accent", "background"]) view.part.root.style.setProperty(`--${name}`, view.palette[name]);
  touched();
  return () => {
    stop(view);
    view.leave();
    openedViews.delete(parentElement);
  };
}
