// Numbers as the curves write them, and the step nearest to a place. Pure functions.

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));
export const minus = (words) => words.replace("-", "−");

/** 0.01234 → '0.0123', 3.24e-7 → '3.2e−7'; what is no number has a dash. */
export function number(value) {
  if (value == null) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.001 || size >= 1e6)) return minus(value.toExponential(1).replace("+", ""));
  return minus(size >= 1000 ? value.toFixed(0) : value.toPrecision(3));
}

export const count = (value) => (value == null ? "–" : value.toLocaleString("en-US"));
export const seconds = (value) => (value == null ? "–" : `${value.toFixed(1)} s`);
export const percent = (value) => (value == null ? "–" : `${(100 * value).toFixed(1)}%`);

/** -7 → '10⁻⁷' and -2 → '0.01' */
export function power(exponent) {
  if (exponent >= -2 && exponent <= 3) return String(Number(`1e${exponent}`));
  return `10${[...String(exponent)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("")}`;
}

/** Index of the step nearest to x; -1 where there is none. */
export function nearest(steps, x) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low > 0 && x - steps[low - 1] <= steps[low] - x ? low - 1 : Math.min(low, steps.length - 1);
}

/** Index nearest to `at` where the line has a value; `at` itself where it has none at all. */
export function filled(xs, line, at) {
  let [low, high] = [at, at];
  while (low >= 0 && line[low] == null) low--;
  while (high < line.length && line[high] == null) high++;
  if (low < 0) return high < line.length ? high : at;
  return high < line.length && xs[high] - xs[at] < xs[at] - xs[low] ? high : low;
}
