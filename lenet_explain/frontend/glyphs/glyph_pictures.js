// Pictures of 84 values as 7 × 12 cells: signed ones, and what each adds to a distance.
import { gradient, inkColours, signedColours, sized, stamp } from "../page/dom.js";

export const WIDE = 7;
export const HIGH = 12;

const whole = (cell) => ({ x: 0, y: 0, width: WIDE * cell, height: HIGH * cell });

/** A code or F6's values; full colour at ±limit. */
export function paintSigned(canvas, values, cell, palette, limit) {
  const context = sized(canvas, WIDE * cell, HIGH * cell);
  stamp(context, values, WIDE, HIGH, whole(cell), signedColours(palette, limit));
  return context;
}

/** A code as the paper prints it: ink where it is +1. */
export function paintInk(canvas, code, cell, palette) {
  const colours = inkColours(palette);
  stamp(sized(canvas, WIDE * cell, HIGH * cell), code, WIDE, HIGH, whole(cell), (value) => colours(value > 0 ? 1 : 0));
}

/** Shares of a distance, 0 to `most`; a cross where the sign is the other one. */
export function paintAdds(canvas, { adds, against }, cell, palette, most) {
  const colours = gradient(palette.zero, palette.text);
  const context = sized(canvas, WIDE * cell, HIGH * cell);
  stamp(context, adds, WIDE, HIGH, whole(cell), (value) => colours[Math.round(255 * Math.min(1, value / most))]);
  context.strokeStyle = palette.wrong;
  context.lineWidth = 2;
  against.forEach((one, unit) => {
    if (!one) return;
    const [x, y, inset] = [(unit % WIDE) * cell, Math.floor(unit / WIDE) * cell, cell * 0.25];
    context.beginPath();
    context.moveTo(x + inset, y + inset);
    context.lineTo(x + cell - inset, y + cell - inset);
    context.moveTo(x + cell - inset, y + inset);
    context.lineTo(x + inset, y + cell - inset);
    context.stroke();
  });
  return context;
}

export function ring(context, unit, cell, { accent }) {
  context.strokeStyle = accent;
  context.lineWidth = 3;
  context.strokeRect((unit % WIDE) * cell + 1, Math.floor(unit / WIDE) * cell + 1, cell - 2, cell - 2);
}
