// Marks on a line, so that lines are told apart without their colour: a few along it, and one at its end.

const EVERY = 70; // CSS pixels between two marks
const SIZE = 4.5; // from a mark's middle to its edge

const SHAPES = {
  circle: (draw, x, y, r) => draw.arc(x, y, r, 0, 2 * Math.PI),
  square: (draw, x, y, r) => draw.rect(x - r, y - r, 2 * r, 2 * r),
  triangle: (draw, x, y, r) => polygon(draw, [[x, y - 1.2 * r], [x + 1.2 * r, y + r], [x - 1.2 * r, y + r]]),
  diamond: (draw, x, y, r) => polygon(draw, [[x, y - 1.3 * r], [x + 1.3 * r, y], [x, y + 1.3 * r], [x - 1.3 * r, y]]),
  wedge: (draw, x, y, r) => polygon(draw, [[x, y + 1.2 * r], [x + 1.2 * r, y - r], [x - 1.2 * r, y - r]]),
  bar: (draw, x, y, r) => draw.rect(x - 0.5 * r, y - 1.3 * r, r, 2.6 * r),
};
export const SIGNS = { circle: "●", square: "■", triangle: "▲", diamond: "◆", wedge: "▼", bar: "▮" };

function polygon(draw, corners) {
  corners.forEach(([x, y], at) => (at ? draw.lineTo(x, y) : draw.moveTo(x, y)));
  draw.closePath();
}

/** Called by uPlot after it has drawn a line; its canvas counts device pixels. */
export function drawMarks(chart, index, { mark, colour, thin }) {
  const shape = SHAPES[mark];
  if (!shape) return;
  const [x, y] = [chart.data[0], chart.data[index]];
  const { ctx, bbox } = chart;
  const ratio = window.devicePixelRatio || 1;
  const every = EVERY * ratio;
  let last = -1;
  y.forEach((value, at) => (last = value == null ? last : at));
  let before = thin ? bbox.left - every / 2 : -Infinity; // so that a thin line's marks stand between a thick one's
  const end = chart.valToPos(x[last], "x", true);
  ctx.save();
  ctx.beginPath();
  const over = SIZE * ratio;
  ctx.rect(bbox.left - over, bbox.top - over, bbox.width + 2 * over, bbox.height + 2 * over);
  ctx.clip();
  ctx.fillStyle = colour;
  for (let at = 0; at <= last; at++) {
    if (y[at] == null) continue;
    const left = chart.valToPos(x[at], "x", true);
    if (left < bbox.left || left > bbox.left + bbox.width) continue;
    if (at !== last && (left - before < every || end - left < every / 3)) continue;
    before = left;
    ctx.beginPath();
    shape(ctx, left, chart.valToPos(y[at], "y", true), SIZE * ratio);
    ctx.fill();
  }
  ctx.restore();
}
