// The engine in JavaScript's hands: loads the compiled module, lays a plan into its memory, and reads and writes there.

/**
 * @typedef {{layer: string, name: string, first: number, shape: number[]}} Stored Where an array stands among the weights.
 * @typedef {{operations: number[][], links: number[], constants: number[], arrays: Stored[],
 *   outputs: Record<string, {first: number, shape: [number, number, number]}>, numbers: number, learned: number,
 *   measured: number, distances: boolean, normalises: boolean}} Plan What plan.py derives from a description.
 * @typedef {Record<string, Record<string, Float32Array>>} Weights Layer → array → numbers.
 * @typedef {{images: Uint8Array, labels: Uint8Array, side: number}} Digits (N, side, side) bytes, 0 for paper; (N).
 */

export const LANES = 32; // images worked on at once
export const NO_SIMD = 'This browser cannot run the training engine: it lacks SIMD for WebAssembly.';
export const DAMAGED = 'The training engine’s file is damaged or cut short: reload the page.';
export const NO_MEMORY = 'This device has too little memory for this network and these digits.';

/** A sentence for a visitor. */
export class EngineError extends Error {}

// (module (func (result v128) i32.const 0 i8x16.splat))
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11];

/** Whether this browser, or node, runs the engine at all. */
export function supported() {
  return typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(SIMD));
}

/**
 * Compiles the file, once for any number of engines.
 * @param {BufferSource} bytes of engine.wasm
 * @returns {Promise<WebAssembly.Module>}
 */
export async function compile(bytes) {
  if (!supported()) throw new EngineError(NO_SIMD);
  try {
    return await WebAssembly.compile(bytes);
  } catch (error) {
    throw new EngineError(DAMAGED, { cause: error });
  }
}

/** A plan at work, with memory and weights of its own. */
export class Engine {
  /**
   * @param {WebAssembly.Module} module as `compile` gives it
   * @param {Plan} plan
   * @param {number} [lanes] images worked on at once, at most; a plan that normalises needs as many as a batch has
   */
  constructor(module, plan, lanes = LANES) {
    /** @type {any} the functions of source/engine.c */
    this.call = new WebAssembly.Instance(module, {}).exports;
    this.plan = plan;
    this.lanes = lanes;
    const operations = this.put(Int32Array.from(plan.operations.flat()));
    const links = this.put(Int32Array.from(plan.links));
    const constants = this.put(Float64Array.from(plan.constants));
    const { numbers, learned, measured } = plan;
    const count = plan.operations.length;
    const opened = this.call.open_plan(
      operations, count, links, constants, numbers, learned, measured, lanes, Number(plan.distances),
    );
    if (!opened) throw new EngineError(NO_MEMORY);
  }

  /** @param {number} bytes @returns {number} the address of so many zeros */
  take(bytes) {
    const at = this.call.take(bytes);
    if (!at) throw new EngineError(NO_MEMORY);
    return at;
  }

  /** @param {Int32Array | Float64Array | Uint8Array} array @returns {number} the address of a copy */
  put(array) {
    const at = this.take(array.byteLength);
    new Uint8Array(this.call.memory.buffer, at, array.byteLength).set(
      new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
    );
    return at;
  }

  /**
   * Numbers in the engine's memory, not copied; good until memory grows.
   * @param {'weights' | 'gradients' | 'values' | 'errors' | 'rates' | 'margins'} what
   * @param {number} count
   */
  seen(what, count) {
    return new Float32Array(this.call.memory.buffer, this.call[`${what}_at`](), count);
  }

  /** @returns {Float32Array} all weights in a row, measured ones last, not copied */
  get row() {
    return this.seen('weights', this.plan.learned + this.plan.measured);
  }

  /** @returns {Weights} copies */
  weights() {
    return this.arrays(this.row);
  }

  /** @param {Float32Array} row of weights or gradients @returns {Weights} copies */
  arrays(row) {
    /** @type {Weights} */
    const found = {};
    for (const { layer, name, first, shape } of this.plan.arrays) {
      const count = shape.reduce((product, length) => product * length, 1);
      (found[layer] ??= {})[name] = row.slice(first, first + count);
    }
    return found;
  }

  /** @param {Weights} weights as `weights` gives them */
  setWeights(weights) {
    for (const { layer, name, first } of this.plan.arrays) this.row.set(weights[layer][name], first);
  }

  /**
   * @param {Float32Array} images (count, pixels) as the network reads them
   * @param {number} count at most `lanes`
   * @param {boolean} training whether normalisation uses this batch's mean and variance
   * @returns {Float32Array} (count, answers): distances or logits
   */
  forward(images, count, training = false) {
    const together = this.call.lanes_of(count);
    const values = this.seen('values', this.plan.numbers * together);
    const pixels = images.length / count;
    values.fill(0, 0, pixels * together);
    for (let i = 0; i < count; i++) {
      for (let p = 0; p < pixels; p++) values[p * together + i] = images[i * pixels + p];
    }
    this.call.forward(count, Number(training));
    return this.output(Object.keys(this.plan.outputs).at(-1) ?? '', count);
  }

  /**
   * What a layer gave in the last forward (or, of 'errors', dE/d(that) in the last backward).
   * @param {string} layer
   * @param {number} count images of the last forward
   * @param {'values' | 'errors'} what
   * @returns {Float32Array} (count, maps·height·width)
   */
  output(layer, count, what = 'values') {
    const { first, shape } = this.plan.outputs[layer];
    return this.turned(first, shape[0] * shape[1] * shape[2], count, what);
  }

  /** @param {number} first @param {number} units @param {number} count @param {'values' | 'errors'} what */
  turned(first, units, count, what) {
    const together = this.call.lanes_of(count);
    const numbers = this.seen(what, this.plan.numbers * together);
    const found = new Float32Array(count * units);
    for (let i = 0; i < count; i++) {
      for (let u = 0; u < units; u++) found[i * units + u] = numbers[(first + u) * together + i];
    }
    return found;
  }
}
