// The ten answers of a network as bars: distances to the glyphs, where the shortest wins, or shares, where the longest does.
import { made } from "../page/dom.js";
import { softmaxOf } from "../network/activations.js";

/** Ten rows in `parent`; returns what `showAnswers` fills. */
export function answerRows(parent, count = 10) {
  const rows = Array.from({ length: count }, (_, digit) => {
    const [bar, number, sign] = [made("div", "bar"), made("span", "number"), made("b", "sign")];
    const row = made("div", "row", [made("b", "digit", String(digit)), made("div", "track", [bar]), number, sign]);
    return { row, bar, number, sign };
  });
  parent.replaceChildren(...rows.map(({ row }) => row));
  return rows;
}

/** The last layer's answers of one place: {far, values}: distances if `far`, else shares of 1. */
export function answersAt({ network, steps }, place = 0, asShares = false) {
  const { sums } = steps[steps.length - 1];
  const area = sums.height * sums.width;
  const own = Array.from({ length: sums.maps }, (_, map) => sums.data[map * area + place]);
  const distances = network.answer === "distances";
  if (distances && !asShares) return { far: true, values: own };
  const scores = Float32Array.from(own, (value) => (distances ? -value : value));
  return { far: false, values: [...softmaxOf({ height: 1, width: 1, data: scores })] };
}

export function showAnswers(rows, { far, values }, winner) {
  const most = far ? Math.max(...values) : 1;
  rows.forEach(({ row, bar, number, sign }, digit) => {
    row.classList.toggle("won", digit === winner);
    bar.style.transform = `scaleX(${most > 0 ? values[digit] / most : 0})`;
    number.textContent = far ? values[digit].toFixed(1) : `${(100 * values[digit]).toFixed(1)}%`;
    sign.textContent = digit === winner ? "◀" : "";
  });
}

/** 'Read as 3, at distance 12.4; next 8, at 60.1.' */
export function verdictWords(answers, { digit, second }, empty) {
  if (empty) return "Draw a digit: the network answers while you draw.";
  const of = (one) => (answers.far ? `distance ${answers.values[one].toFixed(1)}` : `${(100 * answers.values[one]).toFixed(1)}%`);
  return `Read as ${digit}, ${of(digit)}; next ${second}, ${of(second)}.`;
}
