// How the answer of a network follows one bend over its whole range, and where it breaks. Arithmetic only, no page.
// A bend's amounts are numbered from 0 at its low end, step by step: no two points lie nearer.

const COARSE = 10; // intervals at first
const FINE = 45; // intervals at most, before breaking points are looked for

export const stepsOf = ({ low, high, step }) => Math.round((high - low) / step);
export const amountAt = ({ low, step }, at) => Number((low + at * step).toFixed(6));
export const placeOf = (bend, amount) => Math.min(stepsOf(bend), Math.max(0, Math.round((amount - bend.low) / bend.step)));

/** Numbers from 0 to the last in `count` intervals or fewer, the neutral one and both ends among them. */
function spaced(bend, count) {
  const last = stepsOf(bend);
  const stride = Math.ceil(last / count);
  const neutral = placeOf(bend, bend.neutral);
  const found = new Set([0, last]);
  for (let at = neutral; at >= 0; at -= stride) found.add(at);
  for (let at = neutral; at <= last; at += stride) found.add(at);
  return [...found].sort((one, other) => one - other);
}

/**
 * Fills `lanes` point by point, one a turn: first the whole range coarsely, then finely, then, by halving, the first
 * amount on either side of neutral at which each lane's answer is another. Yields after each point how far it is.
 * @param {(amount: number) => {share: number, digit: number}[]} look what each lane says there
 * @param {Map<number, {share: number, digit: number}>[]} lanes points by number, one map for each network
 */
export function* sweep(bend, digit, look, lanes) {
  const known = (at) => lanes[0].has(at);
  const add = (at) => look(amountAt(bend, at)).forEach((point, lane) => lanes[lane].set(at, point));
  const neutral = placeOf(bend, bend.neutral);
  for (const [stage, count] of [["coarse", COARSE], ["fine", FINE]]) {
    const todo = spaced(bend, count).filter((at) => !known(at));
    todo.sort((one, other) => Math.abs(one - neutral) - Math.abs(other - neutral)); // it grows outwards
    for (const at of todo) {
      add(at);
      yield stage;
    }
  }
  for (const lane of lanes) {
    for (const side of [-1, 1]) {
      for (let gap = breakOf(bend, digit, lane, side); gap && gap.within > 1; gap = breakOf(bend, digit, lane, side)) {
        add(gap.at - side * Math.floor(gap.within / 2));
        yield "exact";
      }
    }
  }
}

/**
 * The first known amount on one side of neutral whose answer is not the digit.
 * @returns {null | {at: number, within: number}} within: steps from the last amount that is known to be right; null
 *   where the answer holds to the end of the range
 */
export function breakOf(bend, digit, lane, side) {
  const neutral = placeOf(bend, bend.neutral);
  const order = [...lane.keys()].filter((at) => side * (at - neutral) >= 0).sort((one, other) => side * (one - other));
  let right = null;
  for (const at of order) {
    if (lane.get(at).digit !== digit) return { at, within: right === null ? 0 : Math.abs(at - right) };
    right = at;
  }
  return null;
}

/** Where a lane reads the digit around neutral: {right: at neutral at all, low, high: amounts, null to the end}. */
export function holdsOf(bend, digit, lane) {
  const [low, high] = [-1, 1].map((side) => {
    const found = breakOf(bend, digit, lane, side);
    return found && amountAt(bend, found.at);
  });
  return { right: lane.get(placeOf(bend, bend.neutral))?.digit === digit, low, high };
}

/** The points of a lane in order: [{amount, share, digit}]. */
export const pointsOf = (bend, lane) =>
  [...lane.keys()].sort((one, other) => one - other).map((at) => ({ amount: amountAt(bend, at), ...lane.get(at) }));

/** Stretches of the range in which the answer is not the digit: [{from, to, digits}], half way between points. */
export function brokenIn(bend, digit, lane) {
  const points = pointsOf(bend, lane);
  const found = [];
  points.forEach((point, at) => {
    if (point.digit === digit) return;
    const from = at ? (points[at - 1].amount + point.amount) / 2 : point.amount;
    const to = at < points.length - 1 ? (points[at + 1].amount + point.amount) / 2 : point.amount;
    const last = found[found.length - 1];
    if (last && points[at - 1].digit !== digit) last.to = to;
    else found.push({ from, to });
  });
  return found;
}

/** '−23°', '1.35×', '+0.4'; signed where neutral is 0. */
export function amountWords({ neutral, step, unit }, amount) {
  const decimals = step >= 1 ? 0 : step >= 0.1 ? 1 : 2;
  const size = Math.abs(amount).toFixed(decimals);
  const sign = Number(size) === 0 || neutral !== 0 ? "" : amount < 0 ? "−" : "+";
  return `${sign}${size}${unit === "px" ? " px" : unit}`;
}

/** 'breaks at −23° and at +31°'. */
export function breakWords(bend, { right, low, high }) {
  if (!right) return "not read as this digit even unbent";
  const ends = [low, high].filter((amount) => amount !== null).map((amount) => amountWords(bend, amount));
  return ends.length ? `breaks at ${ends.join(" and at ")}` : "holds over the whole range";
}

/** What the paper estimates, and whether it is so here: {claim, verdict, sides}; null without a claim. */
export function claimOf(bend, { right, low, high }) {
  if (!bend.claim) return null;
  const [least, most] = bend.claim;
  const sides = [right && (low === null || low < least), right && (high === null || high > most)];
  const claim = `${amountWords(bend, least)} to ${amountWords(bend, most)}`;
  const verdict = sides[0] && sides[1] ? "holds" : sides[0] || sides[1] ? "holds on one side" : "does not hold";
  return { claim, verdict, sides };
}
