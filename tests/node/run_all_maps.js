// node run_all_maps.js PAYLOAD PIXELS OUT: files of raw float32, little endian.
import { readFileSync, writeFileSync } from "node:fs";
import { allMaps } from "./all_maps.js";

const [payload, pixels, out] = process.argv.slice(2);
const bytes = readFileSync(pixels);
const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const found = allMaps(new Uint8Array(readFileSync(payload)), values);
writeFileSync(out, new Uint8Array(found.buffer));
