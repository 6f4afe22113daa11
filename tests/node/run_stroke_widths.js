// node run_stroke_widths.js IMAGES SHARES: the width of the strokes of each 28 × 28 image of bytes, of its longer side, as float32.
import { readFileSync, writeFileSync } from "node:fs";
import { RAW, bounds, fromImage } from "../../lenet_explain/frontend/network/picture.js";
import { strokesOf } from "../../lenet_explain/frontend/network/strokes.js";

const [, , images, shares] = process.argv;
const bytes = readFileSync(images);
const shareOf = (raster) => {
  const crop = bounds(raster, RAW);
  return strokesOf(raster, RAW, crop).width / Math.max(crop.width, crop.height);
};
const all = Array.from({ length: bytes.length / 784 }, (_, at) => shareOf(fromImage(bytes.subarray(at * 784, (at + 1) * 784))));
writeFileSync(shares, Float32Array.from(all));
