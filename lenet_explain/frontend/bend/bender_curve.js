// One response on a canvas: the share of a digit over the range of a bend, where it breaks, and what the paper claims.
import { sized } from "../page/dom.js";
import { amountAt, amountWords, brokenIn, holdsOf, placeOf, pointsOf } from "../network/response.js";

export const INSET = 10; // CSS pixels left and right, half a slider's thumb, so that slider and curve agree
const HEIGHT = 176;
const TOP = 30; // for the paper's bracket
const FOOT = 26; // for the ends of the range
const FONT = 16;

const placeIn = ({ low, high }, width) => (amount) => INSET + ((amount - low) / (high - low)) * (width - 2 * INSET);
const heightOf = (share) => TOP + (1 - share) * (HEIGHT - TOP - FOOT);

/** The amount under a place of the canvas, on a step of the bend. */
export function amountUnder(bend, x, width) {
  const share = Math.min(1, Math.max(0, (x - INSET) / (width - 2 * INSET)));
  return amountAt(bend, placeOf(bend, bend.low + share * (bend.high - bend.low)));
}

/** What a lane looks like, so that lines differ by more than their colour. */
export const LANES = [{ dash: [], mark: "circle" }, { dash: [7, 5], mark: "square" }];

function mark(context, shape, x, y) {
  context.beginPath();
  if (shape === "circle") context.arc(x, y, 5.5, 0, 7);
  else context.rect(x - 5, y - 5, 10, 10);
  context.fill();
  context.stroke();
}

/** Words with a rim of the background, so that a line behind them does not cross them out; kept inside the canvas. */
function words(context, text, x, y, { width, background, colour, align = "center" }) {
  context.font = `${FONT}px ${context.family}`;
  const half = context.measureText(text).width / 2;
  const middle = x + { center: 0, left: half, right: -half }[align];
  context.textAlign = "center";
  const kept = Math.min(width - half - 1, Math.max(half + 1, middle));
  context.lineWidth = 4;
  context.lineJoin = "round";
  context.strokeStyle = background;
  context.strokeText(text, kept, y);
  context.fillStyle = colour;
  context.fillText(text, kept, y);
}

function shade(context, { bend, digit, lane, x, palette }) {
  context.fillStyle = palette.wrong;
  for (const { from, to } of brokenIn(bend, digit, lane)) {
    const [left, right] = [x(from), Math.max(x(to), x(from) + 2)];
    context.globalAlpha = 0.16;
    context.fillRect(left, TOP, right - left, HEIGHT - TOP - FOOT);
    context.globalAlpha = 0.9;
    context.fillRect(left, HEIGHT - FOOT - 4, right - left, 4);
  }
  context.globalAlpha = 1;
}

/** The same for the other network, as a dashed band at the top. */
function band(context, { bend, digit, lane, x, colour }) {
  context.strokeStyle = colour;
  context.lineWidth = 4;
  context.setLineDash([5, 3]);
  for (const { from, to } of brokenIn(bend, digit, lane)) {
    context.beginPath();
    context.moveTo(x(from), TOP + 2);
    context.lineTo(Math.max(x(to), x(from) + 2), TOP + 2);
    context.stroke();
  }
  context.setLineDash([]);
}

function frame(context, { bend, x, width, palette }) {
  context.strokeStyle = palette.quiet;
  context.lineWidth = 1;
  context.globalAlpha = 0.35;
  context.beginPath();
  for (const share of [0, 0.5, 1]) {
    context.moveTo(INSET, heightOf(share) + 0.5);
    context.lineTo(width - INSET, heightOf(share) + 0.5);
  }
  context.stroke();
  context.globalAlpha = 1;
  const said = { width, background: palette.background, colour: palette.quiet };
  words(context, amountWords(bend, bend.low), x(bend.low), HEIGHT - 6, said);
  words(context, amountWords(bend, bend.high), x(bend.high), HEIGHT - 6, said);
  const near = Math.min(x(bend.neutral) - x(bend.low), x(bend.high) - x(bend.neutral));
  if (near > 90) words(context, amountWords(bend, bend.neutral), x(bend.neutral), HEIGHT - 6, said);
}

function bracket(context, { bend, x, width, palette }) {
  if (!bend.claim) return;
  const [left, right] = bend.claim.map(x);
  context.strokeStyle = palette.text;
  context.lineWidth = 2;
  context.beginPath();
  for (const [side, inward] of [[left, 8], [right, -8]]) {
    context.moveTo(side + inward, TOP - 6);
    context.lineTo(side, TOP - 6);
    context.lineTo(side, HEIGHT - FOOT);
  }
  context.globalAlpha = 0.75;
  context.stroke();
  context.globalAlpha = 1;
  words(context, "paper's estimate", (left + right) / 2, TOP - 11, { width, background: palette.background, colour: palette.text });
}

function line(context, { points, x, colour, dash, mark: shape, palette, at }) {
  context.strokeStyle = colour;
  context.lineWidth = 2.5;
  context.setLineDash(dash);
  context.beginPath();
  for (const { amount, share } of points) context.lineTo(x(amount), heightOf(share));
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colour;
  context.strokeStyle = palette.background;
  context.lineWidth = 1.5;
  mark(context, shape, x(at), heightOf(shareAt(points, at)));
}

/** The share at an amount, between the points beside it. */
export function shareAt(points, amount) {
  const after = points.findIndex((point) => point.amount >= amount);
  if (after < 0) return points[points.length - 1].share;
  if (after === 0 || points[after].amount === amount) return points[after].share;
  const [one, other] = [points[after - 1], points[after]];
  return one.share + ((other.share - one.share) * (amount - one.amount)) / (other.amount - one.amount);
}

function breaks(context, { bend, digit, lane, x, width, palette }) {
  const holds = holdsOf(bend, digit, lane);
  if (!holds.right) return;
  for (const { amount, align, aside } of [{ amount: holds.low, align: "right", aside: -8 }, { amount: holds.high, align: "left", aside: 8 }]) {
    if (amount === null) continue;
    const said = { width, background: palette.background, colour: palette.wrong, align };
    words(context, amountWords(bend, amount), x(amount) + aside, heightOf(0.32), said);
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {{curve, digit: number, amount: number, width: number, palette, family: string}} shown
 */
export function paintCurve(canvas, { curve, digit, amount, width, palette, family }) {
  const { bend, lanes } = curve;
  const context = Object.assign(sized(canvas, width, HEIGHT), { family });
  const common = { bend, digit, width, palette, x: placeIn(bend, width) };
  context.globalAlpha = 1;
  if (lanes) shade(context, { ...common, lane: lanes[0] });
  frame(context, common);
  bracket(context, common);
  lanes?.forEach((lane, at) => {
    const points = pointsOf(bend, lane);
    if (at) band(context, { ...common, lane, colour: palette.lanes[at] });
    if (points.length) line(context, { ...common, points, at: amount, colour: palette.lanes[at], ...LANES[at] });
  });
  if (lanes && curve.done) breaks(context, { ...common, lane: lanes[0] });
  context.strokeStyle = palette.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(common.x(amount), TOP - 4);
  context.lineTo(common.x(amount), HEIGHT - FOOT + 4);
  context.stroke();
  canvas.style.opacity = lanes && !curve.fresh ? "0.55" : "1";
}
