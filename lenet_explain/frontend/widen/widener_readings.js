// The readings under the wide paper, each at the middle of its window: the digit, how sure it is, and the path through them.
import { sized } from "../page/dom.js";

const HEIGHT = 138;
const TOP = 18;
const FLOOR = 126; // where the worst lie
const FAR = 120; // squared distance at the floor
const BLANK = 132; // where places lie in whose middle nothing is written
const PATH = 54; // of the row of digits below

/** 'distance 5.6', 'share 99.2%'. */
export function costWords(distances, cost) {
  return distances ? `distance ${cost.toFixed(1)}` : `share ${(100 * Math.exp(-cost)).toFixed(1)}%`;
}

const heightOf = (distances, cost) => TOP + (FLOOR - TOP) * (distances ? Math.min(1, cost / FAR) : 1 - Math.exp(-cost));

function glyph(context, digit, x, y, { taken, chosen, palette, family }) {
  const radius = chosen ? 14 : 12;
  context.beginPath();
  context.arc(x, y, radius, 0, 7);
  context.fillStyle = taken ? palette.accent : palette.background;
  context.fill();
  if (chosen || !taken) {
    context.strokeStyle = chosen ? palette.text : palette.quiet;
    context.globalAlpha = chosen ? 1 : 0.35;
    context.lineWidth = chosen ? 2.5 : 1;
    context.stroke();
    context.globalAlpha = 1;
  }
  context.font = `${taken ? 700 : 400} 17px ${family}`;
  context.fillStyle = taken ? palette.background : palette.quiet;
  context.fillText(String(digit), x, y + 6);
}

function limitLine(context, width, y, words, { palette, family }) {
  context.strokeStyle = palette.wrong;
  context.lineWidth = 2;
  context.setLineDash([8, 5]);
  context.beginPath();
  context.moveTo(0, y);
  context.lineTo(width, y);
  context.stroke();
  context.setLineDash([]);
  context.font = `16px ${family}`;
  context.textAlign = "left";
  context.lineWidth = 4;
  context.strokeStyle = palette.background;
  context.strokeText(words, 2, y + 18);
  context.fillStyle = palette.wrong;
  context.fillText(words, 2, y + 18);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{found, cell: number, limit: number, place: number, palette, family}} shown found: as widener.js works it out
 */
export function paintReadings(canvas, { found, cell, limit, place, palette, family }) {
  const { distances, windows, readings, costs, path, ink, least } = found;
  const width = found.width * cell;
  const context = sized(canvas, width, HEIGHT);
  const y = heightOf(distances, limit);
  limitLine(context, width, y, distances ? `≤ ${Math.round(limit)}` : `≥ ${(100 * Math.exp(-limit)).toFixed(1)}%`, { palette, family });
  context.textAlign = "center";
  const order = windows.map((_, at) => at).sort((one, other) => Number(path.labels[one] >= 0) - Number(path.labels[other] >= 0));
  for (const at of [...order.filter((one) => one !== place), ...(place >= 0 ? [place] : [])]) {
    const x = windows[at].middle * cell;
    const taken = path.labels[at] >= 0;
    const digit = taken ? path.labels[at] : readings[at].digit;
    if (ink[at] < least) {
      context.fillStyle = palette.quiet;
      context.fillRect(x - 6, BLANK, 12, 3);
    }
    const down = Math.min(FLOOR - 12, heightOf(distances, costs[at][digit]));
    glyph(context, digit, x, down, { taken, chosen: at === place, palette, family });
  }
}

/** Each run of the path as a bracket over its digit, where it stands on the paper. */
export function paintPath(canvas, { found, cell, palette, family }) {
  const { windows, path } = found;
  const width = found.width * cell;
  const context = sized(canvas, width, PATH);
  context.textAlign = "center";
  context.strokeStyle = context.fillStyle = palette.text;
  context.lineWidth = 2.5;
  for (const { digit, from, to } of path.runs) {
    const [left, right] = [windows[from].middle * cell - 10, windows[to].middle * cell + 10];
    context.beginPath();
    context.moveTo(left, 2);
    context.lineTo(left, 10);
    context.lineTo(right, 10);
    context.lineTo(right, 2);
    context.stroke();
    context.font = `700 38px ${family}`;
    context.fillText(String(digit), (left + right) / 2, 46);
  }
}

/** The place whose middle is nearest to a point of the canvas. */
export function placeUnder({ windows }, x, cell) {
  const nearest = Math.round((x / cell - windows[0].middle) / (windows[1] ? windows[1].middle - windows[0].middle : 1));
  return Math.max(0, Math.min(windows.length - 1, nearest));
}

/** What there is at a place, in words. */
export function placeWords({ distances, windows, readings, costs, path, ink, least, own }, at, limit) {
  const { left } = windows[at];
  const { digit, second } = readings[at];
  const of = (one) => `${one}, ${costWords(distances, costs[at][one])}`;
  const where = `Place ${at + 1} of ${windows.length}, pixels ${left} to ${left + own}: ${of(digit)}; next ${of(second)}.`;
  const label = path.labels[at];
  if (label >= 0) return `${where} The path takes ${label}.`;
  if (ink[at] < least) return `${where} Nothing is written in its middle: not taken.`;
  return `${where} ${costs[at][digit] > limit ? "Rejected" : "Passed over: too short a run"}.`;
}
