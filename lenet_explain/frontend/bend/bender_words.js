// What is said of bends: the verdict of now, and the paper's estimates beside what is so for this digit.
import { amountWords, claimOf, holdsOf } from "../network/response.js";

const BOX = 20; // pixels of a prepared digit's longer side
const ESTIMATES = {
  down: "a vertical shift of up to half a digit's height",
  scale: "a scale of up to about a factor of 2",
  rotation: "a rotation of up to 30°",
};

/** Of each network what it reads, and whether that is the digit. */
export function verdictOf(answers, digit) {
  return answers.map(({ words, digit: read }) => (read === digit ? words : words.replace(/\.$/, `, and not ${digit}.`))).join(" ");
}

/** From where on ink leaves the input, for the two shifts. */
export function edgeWords(bend, network) {
  if (!network || (bend.key !== "across" && bend.key !== "down")) return "";
  const side = bend.key === "down" ? network.input.height : network.input.width;
  return `Beyond ±${(side - BOX) / 2} px a ${BOX} px digit begins to leave the ${side} px input.`;
}

/** 'from −46° to +34°'; the last amounts at which it is still read. */
function rangeWords(bend, { low, high }) {
  const inside = (amount, side) => amountWords(bend, amount === null ? (side < 0 ? bend.low : bend.high) : amount - side * bend.step);
  return `from ${inside(low, -1)} to ${inside(high, 1)}`;
}

/** The paper's estimate, and for each network what is so: {estimate, lines: [{text, held}]}. */
export function claimWords({ bend, lanes }, digit, titles) {
  const lines = lanes.map((lane, at) => {
    const holds = holdsOf(bend, digit, lane);
    const { verdict, sides } = claimOf(bend, holds);
    const own = holds.right ? `reads this ${digit} ${rangeWords(bend, holds)}: ${verdict}.` : `does not read this ${digit} even unbent.`;
    return { text: `${titles[at]} ${own}`, held: sides.every(Boolean) };
  });
  return { estimate: `The paper: ${ESTIMATES[bend.key]}.`, lines };
}
