// The networks that Python has framed for these tests, in the folder that LENET_PAYLOADS names.
import { readFileSync, readdirSync } from "node:fs";
import { unframe } from "../../lenet_explain/frontend/page/frame.js";
import { networkFrom } from "../../lenet_explain/frontend/network/network.js";

const folder = process.env.LENET_PAYLOADS;
if (!folder) throw new Error("LENET_PAYLOADS must name a folder of framed networks: pytest tests/test_browser_modules.py sets it");

export const NETWORKS = Object.fromEntries(
  readdirSync(folder)
    .filter((name) => name.endsWith(".bin"))
    .map((name) => {
      const { meta, tensors } = unframe(new Uint8Array(readFileSync(`${folder}/${name}`)));
      return [meta.key, networkFrom(meta, tensors)];
    }),
);

/** Numbers from 0 to 1 that are the same in every run. */
export function randomly(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A smooth spot on paper, different for every seed: something that a network reacts to. */
export function spot(network, seed, height = network.input.height, width = network.input.width) {
  const random = randomly(seed);
  const { background, ink } = network.pixels;
  const spots = Array.from({ length: 6 }, () => [random() * height, random() * width, 1 + 3 * random()]);
  return Float32Array.from({ length: height * width }, (_, at) => {
    const [y, x] = [Math.floor(at / width), at % width];
    const strength = spots.reduce((sum, [row, column, size]) => sum + Math.exp(-((y - row) ** 2 + (x - column) ** 2) / size ** 2), 0);
    return background + (ink - background) * Math.min(1, strength);
  });
}
