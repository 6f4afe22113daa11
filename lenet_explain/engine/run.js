// A training run: the same loop as lenet_explain/training/loop.py, and events of the same shape.

import { Engine, EngineError, LANES } from './engine.js';

/**
 * @typedef {import('./engine.js').Plan} Plan
 * @typedef {import('./engine.js').Weights} Weights
 * @typedef {import('./engine.js').Digits} Digits
 * @typedef {{plan: Plan, title: string, pixels: {background: number, ink: number}, side: number, layers: Record<string, number>,
 *   recipe: {optimiser: number, loss: number, start: number, rate: number, factors: number[] | null, batch: number,
 *     epochs: number, seed: number, rubbish: number, smoothing: number, decay: number, momentum: number,
 *     distortions: number[] | null, field: number, reach: number, coefficient: number,
 *     curvature: {images: number, mu: number} | null}, words: {optimiser: string, loss: string}}} Task
 *   What task.py makes of a network and a recipe.
 * @typedef {{train: Digits, test: Digits, sample: number[]}} Data sample: which test digits are looked at on the way.
 * @typedef {{everySeconds?: number, everySteps?: number, at?: Set<number>, stop?: () => boolean, weights?: Weights,
 *   passed?: number}} Conditions An event comes after everySeconds or everySteps, whichever is first, and after the
 *   steps in `at`; weights, passed: to go on from, after so many passes.
 * @typedef {{step: number, steps: number, epoch: number, epochs: number, seconds: number, images_per_second: number,
 *   rate: number, training_loss: number | null, training_accuracy: number | null, test_loss: number,
 *   test_accuracy: number, test_images: number, gradient_layers: string[], gradients: number[], last: boolean,
 *   confusion: number[][], weights: Weights}} Event training/event.py says what each means.
 */

const SLICE = 12; // milliseconds of work between two looks at messages, so that a wish to stop is heard
const SAMPLE = 2; // the engine's sets of digits: 0 to learn from, 1 to be tested on, 2 a sample of those

/** The moving parts of one run. */
export class Run {
  /**
   * @param {WebAssembly.Module} module
   * @param {Task} task
   * @param {Data} data
   * @param {Conditions} [conditions]
   */
  constructor(module, task, data, conditions = {}) {
    const { recipe, plan } = task;
    this.task = task;
    this.conditions = conditions;
    this.engine = new Engine(module, plan, plan.normalises ? Math.max(recipe.batch, LANES) : LANES);
    this.call = this.engine.call;
    this.images = data.train.labels.length;
    this.tests = [0, data.test.labels.length, data.sample.length];
    this.perPass = Math.floor(this.images / recipe.batch) + Number(this.images % recipe.batch > 1 || recipe.batch === 1);
    if (recipe.batch === 1) this.perPass = this.images;
    this.steps = this.perPass * recipe.epochs;
    this.step = (conditions.passed ?? 0) * this.perPass;
    this.rate = this.rateOf(0);
    this.labels = [data.train.labels, data.test.labels, Uint8Array.from(data.sample, (at) => data.test.labels[at])];
    this.classes = plan.outputs[Object.keys(plan.outputs).at(-1) ?? ''].shape.reduce((product, length) => product * length, 1);
    this.prepare(data);
    this.began = this.told = now();
    this.tally = { loss: 0, right: 0, images: 0, seconds: 0 };
  }

  /** Digits, weights and recipe, into the engine's memory. @param {Data} data */
  prepare(data) {
    const { recipe, pixels, side } = this.task;
    const sets = [data.train, data.test, sampled(data.test, data.sample)];
    sets.forEach(({ images, labels, side: own }, which) => {
      this.call.put_digits(which, this.engine.put(images), this.engine.put(labels), labels.length, own);
    });
    if (!this.call.open_run(pixels.background, pixels.ink, side)) throw new EngineError('no memory for the run');
    this.call.set_recipe(
      recipe.optimiser, recipe.loss, recipe.rubbish, recipe.smoothing, recipe.decay, recipe.momentum, recipe.seed,
      Number(recipe.distortions !== null), recipe.field,
    );
    if (recipe.distortions) {
      new Float64Array(this.call.memory.buffer, this.call.ranges_at(), recipe.distortions.length).set(recipe.distortions);
    }
    if (this.conditions.weights) this.engine.setWeights(this.conditions.weights);
    else this.call.start(recipe.start, recipe.seed, recipe.reach, recipe.coefficient);
  }

  /** @param {number} step counted from 0 */
  rateOf(step) {
    const { rate, factors } = this.task.recipe;
    return factors ? rate * factors[Math.floor(step / this.perPass)] : this.call.one_cycle(rate, step, this.steps);
  }

  /** One step on the next batch. */
  learn() {
    const { batch, curvature } = this.task.recipe;
    const began = now();
    const pass = Math.floor(this.step / this.perPass) + 1;
    const first = (this.step % this.perPass) * batch;
    const count = Math.min(batch, this.images - first);
    this.rate = this.rateOf(this.step);
    if (first === 0 || !this.ordered) {
      this.ordered = this.call.begin_pass(curvature ? 0 : pass); // the paper's order is the same in every pass
      if (curvature) this.call.find_rates(pass, Math.min(curvature.images, this.images), this.rate, curvature.mu);
    }
    const loss = this.call.learn(pass, first, count, this.rate);
    if (!Number.isFinite(loss)) throw new EngineError(this.diverged(loss));
    this.step += 1;
    this.tally.loss += loss * count;
    this.tally.right += this.call.right_told();
    this.tally.images += count;
    this.tally.seconds += now() - began;
  }

  /** Whether the curve is told of this step. */
  due() {
    const { everySeconds = 0.3, everySteps = Infinity, at } = this.conditions;
    return now() - this.told >= everySeconds || this.step % everySteps === 0 || (at?.has(this.step) ?? false);
  }

  /** Whether a pass has just ended after which all test digits are looked at. */
  passEnded() {
    return this.task.recipe.curvature !== null && this.step % this.perPass === 0 && this.step < this.steps;
  }

  /**
   * @param {{last?: boolean, everything?: boolean}} how everything: all test digits, not a sample
   * @returns {Event}
   */
  event({ last = false, everything = false } = {}) {
    const gradients = this.tally.images ? this.gradients() : [];
    const which = everything ? 1 : SAMPLE;
    const count = this.tests[which];
    this.call.evaluate(which, 0, count);
    const tally = this.tally;
    this.tally = { loss: 0, right: 0, images: 0, seconds: 0 };
    this.told = now();
    return {
      step: this.step,
      steps: this.steps,
      epoch: Math.ceil(this.step / this.perPass),
      epochs: this.task.recipe.epochs,
      seconds: this.told - this.began,
      images_per_second: tally.seconds ? tally.images / tally.seconds : 0,
      rate: this.rate,
      training_loss: tally.images ? tally.loss / tally.images : null,
      training_accuracy: tally.images ? tally.right / tally.images : null,
      test_loss: this.call.loss_told() / count,
      test_accuracy: this.call.right_told() / count,
      test_images: count,
      gradient_layers: gradients.length ? Object.keys(this.task.layers) : [],
      gradients,
      last,
      confusion: this.confusion(which),
      weights: this.engine.weights(),
    };
  }

  /** @returns {number[]} root mean square of the last step's gradient, layer by layer */
  gradients() {
    return Object.values(this.task.layers).map((operation) => this.call.gradient_size(operation));
  }

  /** Answers of the last evaluation, digit by digit. @param {number} which */
  answers(which) {
    return new Int32Array(this.call.memory.buffer, this.call.answers_at(), this.tests[which]);
  }

  /** @param {number} which @returns {number[][]} row = true digit, column = answer */
  confusion(which) {
    const found = Array.from({ length: this.classes }, () => new Array(this.classes).fill(0));
    this.answers(which).forEach((answer, at) => { found[this.labels[which][at]][answer] += 1; });
    return found;
  }

  /** @param {number} loss */
  diverged(loss) {
    const { title, recipe, words } = this.task;
    const became = Number.isNaN(loss) ? 'nan' : 'inf';
    return `diverged at step ${this.step + 1}: learning rate ${recipe.rate} is too high for ${title} with ` +
      `${words.optimiser} and ${words.loss} (the loss became ${became}). Try ${recipe.rate / 10}`;
  }

  /**
   * All events, one after the other; between slices of work others may speak.
   * @returns {AsyncGenerator<Event>}
   */
  async* events() {
    yield this.event();
    let stopped = false;
    while (this.step < this.steps && !stopped) {
      const until = now() + SLICE / 1000;
      do {
        this.learn();
        stopped = this.conditions.stop?.() ?? false;
        if (this.step === this.steps || stopped) break;
        if (this.passEnded()) yield this.event({ everything: true });
        else if (this.due()) yield this.event();
      } while (now() < until);
      await tick();
      stopped ||= this.conditions.stop?.() ?? false;
    }
    yield this.event({ last: true, everything: this.step === this.steps });
  }
}

/** @param {Digits} digits @param {number[]} chosen @returns {Digits} */
function sampled({ images, labels, side }, chosen) {
  const size = side * side;
  const some = new Uint8Array(chosen.length * size);
  chosen.forEach((at, i) => some.set(images.subarray(at * size, (at + 1) * size), i * size));
  return { images: some, labels: Uint8Array.from(chosen, (at) => labels[at]), side };
}

const now = () => performance.now() / 1000;

/** After what waits to be heard has been heard; timers of a tab in the background would be slowed down. */
function tick() {
  if (typeof setImmediate === 'function') return new Promise((done) => { setImmediate(done); });
  return new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { port1.close(); done(undefined); };
    port2.postMessage(0);
  });
}
