// The state of the page in its address: drawing, opened unit, links, bends, the wide paper. Nothing here trusts what a link says.
import { decode, encode } from "../network/picture.js";
import { BENDS } from "../network/bending.js";
import { follow, live } from "./live.js";
import { wideFrom, wideWords } from "../network/widening.js";

let read = false; // the address, once in the life of a tab
const REST = 500; // ms without a change after which the address follows
const LONGEST = 4000; // characters of one parameter that are looked at

const inkIn = (drawing) => drawing.some((level) => level > 0);

const unitWords = ({ layer, map, y, x }) => [layer, map, y, x].join(".");

function unitFrom(words) {
  const [layer, ...places] = (words ?? "").split(".");
  const [map, y, x] = places.map(Number);
  const whole = places.length === 3 && [map, y, x].every((place) => Number.isInteger(place) && place >= 0 && place < 4096);
  return layer && whole ? { layer, map, y, x } : null;
}

/** Links as hexadecimal digits, four of them in each: 'C3.a03f…'. */
function linksWords({ layer, linked }) {
  let words = "";
  for (let at = 0; at < linked.length; at += 4) {
    const four = [0, 1, 2, 3].reduce((sum, bit) => sum + (linked[at + bit] ? 1 << bit : 0), 0);
    words += four.toString(16);
  }
  return `${layer}.${words}`;
}

function linksFrom(words) {
  const [, layer, digits] = (words ?? "").match(/^([^.]{1,40})\.([0-9a-f]{1,1024})$/) ?? [];
  if (!layer) return null;
  const linked = Uint8Array.from({ length: 4 * digits.length }, (_, at) => (Number.parseInt(digits[at >> 2], 16) >> (at & 3)) & 1);
  return { layer, linked };
}

const bendsWords = (bends) => Object.entries(bends).map(([key, amount]) => `${key}.${Math.round(1000 * amount)}`).join("~");

function bendsFrom(words) {
  const found = {};
  for (const part of (words ?? "").split("~").slice(0, BENDS.length)) {
    const [key, thousandths] = part.split(".");
    const known = BENDS.find((one) => one.key === key);
    const amount = Number(thousandths) / 1000;
    if (known && Number.isFinite(amount) && amount !== known.neutral) {
      found[key] = Math.min(known.high, Math.max(known.low, amount));
    }
  }
  return found;
}

/** @returns {Object<string, string | null>} parameters of the address; null for what is as at the start */
export function paramsOf(state) {
  return {
    digit: inkIn(state.drawing) ? encode(state.drawing) : null,
    raw: state.normalise ? null : "yes",
    unit: state.unit ? unitWords(state.unit) : null,
    links: state.links ? linksWords(state.links) : null,
    bend: Object.keys(state.bends).length ? bendsWords(state.bends) : null,
    wide: state.wide?.touched ? wideWords(state.wide) : null,
  };
}

/** @param {URLSearchParams} params @returns {Object} fields of the state that the address says something of */
export function stateFrom(params) {
  const said = (name) => (params.get(name) ?? "").slice(0, LONGEST) || null;
  const drawing = said("digit") && decode(said("digit"));
  return {
    ...(drawing ? { drawing, source: "from the link" } : {}),
    ...(said("raw") ? { normalise: false } : {}),
    ...(unitFrom(said("unit")) ? { unit: unitFrom(said("unit")) } : {}),
    ...(linksFrom(said("links")) ? { links: linksFrom(said("links")) } : {}),
    ...(said("bend") ? { bends: bendsFrom(said("bend")) } : {}),
    ...(wideFrom(said("wide")) ? { wide: { ...wideFrom(said("wide")), touched: true } } : {}),
  };
}

/** The address of this page with the state in it. */
export function addressNow() {
  const address = new URL(window.location.href);
  for (const [name, value] of Object.entries(paramsOf(live()))) {
    if (value === null) address.searchParams.delete(name);
    else address.searchParams.set(name, value);
  }
  return address.href;
}

/** Takes the state from the address, once in the life of a tab, and from then on keeps the address up with it. */
export function keepAddress() {
  if (!read) Object.assign(live(), stateFrom(new URLSearchParams(window.location.search)));
  read = true;
  let rest = 0;
  const write = () => {
    const address = addressNow();
    if (address !== window.location.href) window.history.replaceState(window.history.state, "", address);
  };
  const leave = follow(() => {
    clearTimeout(rest);
    rest = setTimeout(write, REST);
  });
  return () => {
    clearTimeout(rest);
    leave();
  };
}
