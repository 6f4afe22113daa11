// What a network makes of the digits in a visitor's picture, and why each may be misread. No page.
import { answersAt } from "../live/answers.js";
import { forward, readings, workspace } from "../network/network.js";
import { fromImage, prepare } from "../network/picture.js";
import { measured, surenessOf } from "./misreading.js";

const SAMPLE = 784; // values of a sample digit: 28×28

/**
 * Every digit read by itself, not bent, and how sure the network is of sample digits.
 * @param {Object} network as `networkFrom` gives it
 * @param {ArrayLike<number>[]} inks drawings of RAW × RAW
 * @param {ArrayLike<number> & {subarray: Function}} samples digits of 28×28, one after the other, 0 (paper) to 255 (ink)
 * @returns {{digits: {prepared: Object, digit: number, far: boolean, value: number}[], least: number, count: number}}
 *   least: the sureness that each of `count` sample digits reaches, a distance where `far`
 */
export function readDigits(network, inks, samples, normalise = true) {
  const space = workspace(network, network.input.height, network.input.width);
  const { background, ink } = network.pixels;
  const read = (drawing) => {
    const prepared = prepare(drawing, { side: network.input.height, background, ink, normalise });
    forward(space, prepared.input);
    return { prepared, digit: readings(space)[0].digit, ...surenessOf(answersAt(space)) };
  };
  const count = samples.length / SAMPLE;
  const sure = Array.from({ length: count }, (_, at) => read(fromImage(samples.subarray(at * SAMPLE, (at + 1) * SAMPLE))).value);
  const digits = inks.map(read);
  const least = digits[0].far ? Math.max(...sure) : Math.min(...sure);
  return { digits, least, count };
}

/** The measures of one of them: see `measured`. measures: what the picture's reader found of it. */
export function measuresOf({ digits, least, count }, at, measures) {
  return measured({ prepared: digits[at].prepared, read: { ...digits[at], least, count }, measures });
}
