// From a row of readings to a string of digits: the best path through them. Arithmetic only, no page.
// A reading's cost says how unsure it is: the squared distance to a digit's glyph, or −ln of a digit's share.

const NOTHING = 10; // the label of a place where no digit is read
const ENTRY = 0.6; // what the beginning of a digit takes away, in gains of one place
export const LEAST_INK = 4; // pixels of ink in the middle of a window, below which nothing can be read there

/** Of each place the costs of the ten digits, small where the network is sure. */
export function costsOf({ answer }, readings) {
  return readings.map(({ scores }) => {
    if (answer === "distances") return scores.map((score) => -score);
    const highest = Math.max(...scores);
    const sum = scores.reduce((total, score) => total + Math.exp(score - highest), 0);
    return scores.map((score) => Math.log(sum) + highest - score);
  });
}

/**
 * The path with the largest gain. At each place it is at a digit or at none; a digit gains 1 at cost 0 and nothing at
 * cost `limit`, beginning one takes ENTRY away, none gains nothing. A run of one digit counts once.
 * @param {number[][]} costs of each place those of the digits
 * @param {number} limit above it a reading is rejected
 * @param {number[]} ink in the middle of each window
 * @returns {{labels: number[], runs: {digit: number, from: number, to: number, best: number}[], string: string}}
 *   labels: −1 for none; best: the place of the run with the least cost
 */
export function bestPath(costs, limit, ink = costs.map(() => Infinity)) {
  const count = costs.length;
  if (!count) return { labels: [], runs: [], string: "" };
  const gain = (place, label) => {
    if (label === NOTHING) return 0;
    const open = ink[place] >= LEAST_INK && costs[place][label] <= limit;
    return open ? 1 - costs[place][label] / limit : -Infinity;
  };
  const labels = Array.from({ length: NOTHING + 1 }, (_, label) => label);
  let best = labels.map((label) => gain(0, label) - (label === NOTHING ? 0 : ENTRY));
  const from = [];
  for (let place = 1; place < count; place += 1) {
    const top = labels.reduce((found, label) => (best[label] > best[found] ? label : found), NOTHING);
    const back = labels.map((label) => {
      const enter = best[top] - (label === NOTHING ? 0 : ENTRY);
      return best[label] >= enter ? label : top;
    });
    best = labels.map((label) => {
      const kept = back[label] === label ? best[label] : best[top] - (label === NOTHING ? 0 : ENTRY);
      return kept + gain(place, label);
    });
    from.push(back);
  }
  let label = labels.reduce((found, one) => (best[one] > best[found] ? one : found), NOTHING);
  const path = [label];
  for (let place = count - 2; place >= 0; place -= 1) path.unshift((label = from[place][label]));
  return spoken(path.map((one) => (one === NOTHING ? -1 : one)), costs);
}

function spoken(labels, costs) {
  const runs = [];
  labels.forEach((digit, place) => {
    if (digit < 0) return;
    const last = runs[runs.length - 1];
    if (last && last.digit === digit && last.to === place - 1) {
      last.to = place;
      if (costs[place][digit] < costs[last.best][digit]) last.best = place;
    } else runs.push({ digit, from: place, to: place, best: place });
  });
  return { labels, runs, string: runs.map(({ digit }) => digit).join("") };
}
