// Reads what `frame` in __init__.py writes.

/**
 * @param {Uint8Array} bytes length of the JSON (uint32, little endian), the JSON, then float32 tensors
 * @returns {{meta: Object, tensors: Object<string, Float32Array>}}
 */
export function unframe(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  const meta = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const body = bytes.slice(4 + length).buffer; // a copy, because the view may start at an odd byte
  const tensors = {};
  let offset = 0;
  for (const [name, shape] of meta.tensors) {
    const count = shape.reduce((product, side) => product * side, 1);
    tensors[name] = new Float32Array(body, offset, count);
    offset += 4 * count;
  }
  return { meta, tensors };
}
