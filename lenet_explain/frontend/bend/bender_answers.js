// The digit, unbent and bent, and what the networks answer.
import { inkColours, sized, stamp } from "../page/dom.js";

export const SIDE = 120; // CSS pixels of a picture
const BARS = { whole: 124, small: 96 }; // of the answers' height

/** An input as a network reads it, from paper to ink. */
export function paintPicture(canvas, pixels, network, palette, side) {
  const { background, ink } = network.pixels;
  const { height, width } = network.input;
  const colours = inkColours(palette);
  const context = sized(canvas, side, side);
  const box = { x: 0, y: 0, width: side, height: side };
  stamp(context, pixels, width, height, box, (value) => colours((value - background) / (ink - background)));
}

/** Ten places, in each a bar for every network; the winner's digit is bold and marked. */
export function paintAnswers(view, answers) {
  const { palette } = view;
  const width = view.width.bars;
  const high = view.side < SIDE ? BARS.small : BARS.whole;
  const context = sized(view.part.bars, width, high);
  const [column, floor] = [width / 10, high - 24];
  const thick = Math.min(14, column / 2 - 3);
  for (let digit = 0; digit < 10; digit += 1) {
    const middle = (digit + 0.5) * column;
    answers.forEach(({ shares }, lane) => {
      const left = middle + (lane - answers.length / 2) * (thick + 2) + 1;
      const tall = Math.max(1, shares[digit] * (floor - 4));
      context.fillStyle = context.strokeStyle = palette.lanes[lane];
      context.lineWidth = 2;
      if (lane) context.strokeRect(left + 1, floor - tall + 1, thick - 2, Math.max(0, tall - 2));
      else context.fillRect(left, floor - tall, thick, tall);
    });
    const won = answers[0].digit === digit;
    context.font = `${won ? 700 : 400} 16px ${view.family}`;
    context.textAlign = "center";
    context.fillStyle = won ? palette.text : palette.quiet;
    context.fillText(String(digit), middle, high - 5);
    if (won) context.fillRect(middle - 7, high - 3, 14, 3);
  }
  view.part.bars.setAttribute("aria-label", answers.map(({ words }) => words).join(" "));
}
