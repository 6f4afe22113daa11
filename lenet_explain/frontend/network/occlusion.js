// Occlusion: paper is laid over one small square of the input after the other, and the score of a digit watched.
// Source: Zeiler, Fergus 2014, Visualizing and understanding convolutional networks, section 4.2. Pure.
import { forward, readings, workspace } from "./network.js";

/** All corners of a window of `side` pixels, every fourth first, then those between: a coarse picture comes early. */
export function corners(height, width, side) {
  const all = [];
  for (let y = 1 - side; y < height; y += 1) for (let x = 1 - side; x < width; x += 1) all.push([y, x]);
  const rank = ([y, x]) => ((y + side) % 4 === 0 && (x + side) % 4 === 0 ? 0 : (y + side) % 2 === 0 && (x + side) % 2 === 0 ? 1 : 2);
  return [0, 1, 2].flatMap((wanted) => all.filter((corner) => rank(corner) === wanted));
}

/**
 * Watches the score of one digit while squares are covered; `work(budget)` does as much as fits in so many ms.
 * @returns {{score: number, done: () => number, work: (budget: number) => boolean, drops: () => Float32Array, most: () => number}}
 *   drops: for each pixel by how much the score falls, on average over the squares that cover it; most: by how much it
 *   falls under the one square that lowers it most, 0 where none does; done: share, 0 to 1
 */
export function occlusion(network, pixels, digit, side) {
  const { height, width } = network.input;
  const space = workspace(network, height, width);
  const scoreOf = (input) => readings(forward(space, input))[0].scores[digit];
  const score = scoreOf(pixels);
  const order = corners(height, width, side);
  const [sums, counts] = [new Float64Array(pixels.length), new Uint16Array(pixels.length)];
  let [at, most] = [0, 0];

  function cover([top, left]) {
    const under = [];
    for (let y = Math.max(0, top); y < Math.min(height, top + side); y += 1) {
      for (let x = Math.max(0, left); x < Math.min(width, left + side); x += 1) under.push(y * width + x);
    }
    const blank = under.every((pixel) => pixels[pixel] === network.pixels.background);
    const covered = blank ? pixels : pixels.slice();
    if (!blank) for (const pixel of under) covered[pixel] = network.pixels.background;
    const drop = blank ? 0 : score - scoreOf(covered);
    most = Math.max(most, drop);
    for (const pixel of under) {
      sums[pixel] += drop;
      counts[pixel] += 1;
    }
  }

  return {
    score,
    done: () => at / order.length,
    work(budget) {
      const until = performance.now() + budget;
      while (at < order.length && performance.now() < until) cover(order[at++]);
      return at < order.length;
    },
    most: () => most,
    drops: () => Float32Array.from(sums, (sum, pixel) => (counts[pixel] ? sum / counts[pixel] : 0)),
  };
}
