// The responses to all bends, worked out in the pauses of the page: a few milliseconds at a time, so that nothing waits.
import { BENDS } from "../network/bending.js";
import { forward, readings, workspace } from "../network/network.js";
import { softmaxOf } from "../network/activations.js";
import { bentPixels, fieldIn, inputOf } from "../live/live.js";
import { sweep } from "../network/response.js";

const SLICE = 6; // ms of work before the page may go on; the last point may take a few more
const REST = 220; // ms without a change before anything is worked out again
const FEW = 11; // points of a new response before it takes the place of the one before

const later = globalThis.requestIdleCallback
  ? (act) => requestIdleCallback(act, { timeout: 120 })
  : (act) => setTimeout(act, 4);
const stop = (asked) => (globalThis.cancelIdleCallback ?? clearTimeout)(asked);

/** A network ready to look at bent fields: {network, space, field}. */
export function looker(network, state) {
  const { prepared } = inputOf(network, { ...state, bends: {} });
  return { network, space: workspace(network, network.input.height, network.input.width), field: fieldIn(network, prepared) };
}

/** What it says of its field, bent: {shares, digit}. */
export function lookAt({ network, space, field }, amounts) {
  forward(space, bentPixels(network, field, amounts));
  const { scores, digit } = readings(space)[0];
  return { shares: softmaxOf({ height: 1, width: 1, data: Float32Array.from(scores) }), digit };
}

/** The digit that a drawing is taken for: its label where it has one, else what the network reads unbent. */
export function digitOf(one, { source }) {
  const [, label] = source.match(/^sample (\d)$/) ?? [];
  return label === undefined ? lookAt(one, {}).digit : Number(label);
}

const sameField = (one, other) => one && one.length === other.length && one.every((value, at) => value === other[at]);

/**
 * @param {() => void} grown called whenever there is more to show, many times a second
 * @returns {{curves: Object[], digit: number, ask: Function, end: Function}} of each curve: bend, lanes as they are to
 *   be shown (null before the first), fresh: whether they belong to the digit as it is, done
 */
export function responses(grown) {
  const own = {
    curves: BENDS.map((bend) => ({ bend, lanes: null, fresh: false, done: false, asked: "", begun: 0, turns: null })),
    base: 0, fields: [], networks: [], lookers: [], digit: -1, rest: 0, slice: 0, turn: 0, resting: false,
    ask: (networks, state, empty) => asked(own, grown, networks, state, empty),
    end: () => {
      clearTimeout(own.rest);
      stop(own.slice);
      own.slice = 0;
    },
  };
  return own;
}

/** Looks what has changed; starts anew, after a rest, what that makes stale. */
function asked(own, grown, networks, state, empty) {
  const lookers = networks.map((network, at) => {
    const kept = own.networks[at] === network && own.lookers[at];
    if (!kept) return looker(network, state);
    return { ...kept, field: fieldIn(network, inputOf(network, { ...state, bends: {} }).prepared) };
  });
  const same = lookers.length === own.lookers.length && lookers.every(({ network, field }, at) =>
    own.networks[at] === network && sameField(own.fields[at], field));
  const digit = empty ? -1 : same && own.source === state.source ? own.digit : digitOf(lookers[0], state);
  if (!same || digit !== own.digit) {
    const fields = lookers.map(({ field }) => field);
    Object.assign(own, { base: own.base + 1, networks: [...networks], lookers, fields, digit });
  }
  own.source = state.source;
  let stale = false;
  for (const curve of own.curves) {
    const { [curve.bend.key]: _, ...others } = state.bends;
    const wanted = `${own.base} ${JSON.stringify(others)}`;
    if (curve.asked === wanted) continue;
    Object.assign(curve, { asked: wanted, others, turns: null, fresh: false, done: false, waits: true });
    stale = true;
  }
  if (empty) for (const curve of own.curves) Object.assign(curve, { lanes: null, waits: false });
  if (stale && !empty) rested(own, grown);
}

function rested(own, grown) {
  clearTimeout(own.rest);
  const first = own.curves.every(({ lanes }) => lanes === null);
  own.rest = setTimeout(() => {
    for (const curve of own.curves) if (curve.waits) begin(own, curve);
    own.slice ||= later(() => work(own, grown));
  }, first ? 0 : REST);
}

function begin(own, curve) {
  const growing = own.lookers.map(() => new Map());
  const look = (amount) => {
    const amounts = { ...curve.others, [curve.bend.key]: amount };
    return own.lookers.map((one) => {
      const { shares, digit } = lookAt(one, amounts);
      return { share: shares[own.digit], digit };
    });
  };
  Object.assign(curve, { begun: curve.begun + 1, growing, turns: sweep(curve.bend, own.digit, look, growing), waits: false });
}

/** One slice: each curve in its turn, a point at a time, until the time is up. */
function work(own, grown) {
  own.slice = 0;
  const until = performance.now() + SLICE;
  let left = own.curves.filter(({ turns }) => turns);
  while (left.length && performance.now() < until) {
    own.turn = (own.turn + 1) % own.curves.length;
    const curve = own.curves[own.turn];
    if (!curve.turns) continue;
    const { done } = curve.turns.next();
    if (curve.lanes === null || curve.growing[0].size >= FEW) Object.assign(curve, { lanes: curve.growing, fresh: true });
    if (done) Object.assign(curve, { turns: null, done: true });
    left = own.curves.filter(({ turns }) => turns);
  }
  if (left.length) own.slice = later(() => work(own, grown));
  grown();
}
