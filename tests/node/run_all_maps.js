// node run_all_maps.js FOLDER...: in each, `payload` and `pixels` are read and `out` is written: raw float32, little endian.
import { readFileSync, writeFileSync } from "node:fs";
import { allMaps } from "./all_maps.js";

for (const folder of process.argv.slice(2)) {
  const bytes = readFileSync(`${folder}/pixels`);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const found = allMaps(new Uint8Array(readFileSync(`${folder}/payload`)), values);
  writeFileSync(`${folder}/out`, new Uint8Array(found.buffer));
}
