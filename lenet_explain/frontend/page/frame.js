// Reads what `frame` in __init__.py writes.

const count = (shape) => shape.reduce((product, side) => product * side, 1);

/** The value of every float16, by its bits; made at the first use. */
let halves = null;

function half(bits) {
  const [sign, exponent, fraction] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return exponent ? sign * 2 ** (exponent - 15) * (1 + fraction / 1024) : sign * 2 ** -14 * (fraction / 1024);
}

/**
 * @param {Uint8Array} bytes length of the JSON (uint32, little endian), the JSON, float32 tensors, float16 tensors
 * @returns {{meta: Object, tensors: Object<string, Float32Array>}}
 */
export function unframe(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const meta = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length).buffer; // a copy, because the view may start at an odd byte
  const tensors = {};
  let offset = 0;
  for (const [name, shape] of meta.tensors) {
    tensors[name] = new Float32Array(body, offset, count(shape));
    offset += 4 * count(shape);
  }
  for (const [name, shape] of meta.halves ?? []) {
    halves ??= Float32Array.from({ length: 65536 }, (_, bits) => half(bits));
    tensors[name] = Float32Array.from(new Uint16Array(body, offset, count(shape)), (bits) => halves[bits]);
    offset += 2 * count(shape);
  }
  return { meta, tensors };
}
