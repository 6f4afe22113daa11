// Codes of characters as rows of +1 and −1, and how far from them something lies. Pure: node tests it.

/** Of one code: what each unit adds to the squared distance, their sum, and the units that have the other sign. */
export function disagreement(values, code) {
  const adds = Float64Array.from(values, (value, unit) => (value - code[unit]) ** 2);
  const against = adds.map((_, unit) => (values[unit] * code[unit] < 0 ? 1 : 0));
  const sum = adds.reduce((total, one) => total + one, 0);
  const opposed = adds.reduce((total, one, unit) => total + one * against[unit], 0);
  return { adds, against, sum, opposed, count: against.reduce((total, one) => total + one, 0) };
}

export const distance = (values, code) => disagreement(values, code).sum;

/** In how many units two codes differ. */
export const hamming = (one, other) => one.reduce((count, value, unit) => count + (value === other[unit] ? 0 : 1), 0);

/** Places of all codes but `own` and their measure, the smallest first; among equal ones in order. */
export function nearest(codes, measure, own = -1) {
  const found = codes.map((code, at) => ({ at, far: measure(code) }));
  return found.filter(({ at }) => at !== own).sort((a, b) => a.far - b.far || a.at - b.at);
}

/** The mean of a measure over all pairs of different codes. */
export function meanOfPairs(codes, measure) {
  let [sum, count] = [0, 0];
  codes.forEach((one, at) => codes.slice(at + 1).forEach((other) => ((sum += measure(one, other)), (count += 1))));
  return sum / count;
}
