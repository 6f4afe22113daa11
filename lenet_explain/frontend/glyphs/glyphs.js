// The output of 1998: F6's values as a picture, the ten glyphs that they are compared with, and all other characters.
import { verdictWords, answersAt } from "../live/answers.js";
import { made, partsOf } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { buildBrowser, nameOf, showBrowser } from "./glyph_browser.js";
import { nearest, distance } from "./glyph_codes.js";
import { buildDifference, buildTargets, showDifference, showTargets } from "./glyph_targets.js";
import { follow, live, touched, worked } from "../live/live.js";
import { tell } from "../page/voice.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** The switches: each with two states, which its words name. */
function buildSwitches(view) {
  const button = (name, act) => (view[`${name}Switch`] = made("button", name, "", { type: "button", onclick: act }));
  const turn = (name) => () => ((view[name] = !view[name]), touched());
  view.part.switches.replaceChildren(button("shares", turn("shares")), button("sorted", turn("sorted")));
}

/** What the ten numbers are, and what softmax leaves out. */
function ruleWords(view, now) {
  const { space, reading } = now;
  const far = answersAt(space).values;
  const share = answersAt(space, 0, true).values[reading.digit];
  if (!view.shares) return "Squared distance between F6 and each glyph, Eq. 7: the smallest wins.";
  return (
    `Shares by softmax of −distance: the order is the same, the largest wins, with ${(100 * share).toFixed(1)}%. ` +
    `Gone is how far away it is: ${far[reading.digit].toFixed(1)}. Add the same to all ten distances and no share moves.`
  );
}

/** As which of all characters the digit would be read, were all of them offered. */
function readWords(view, values, empty) {
  if (empty) return "Draw a digit: here come the characters whose codes lie nearest to it.";
  const [first, second] = nearest(view.codes, (code) => distance(values, code));
  const name = ({ at }) => nameOf(view.meta.characters[at]);
  return (
    `Nearest of all ${view.codes.length} is ${name(first)}, at ${first.far.toFixed(1)}; then ${name(second)}, at ${second.far.toFixed(1)}. ` +
    "The network was trained on digits only; the other codes lay there unused."
  );
}

function show(view) {
  const now = worked();
  if (!view.meta || !now || now.network.answer !== "distances") return;
  const steps = now.space.steps;
  const [f6, output] = [steps[steps.length - 2], steps[steps.length - 1].layer];
  const values = f6.values.data;
  const { palette } = view.meta;
  const empty = !live().drawing.some((level) => level > 0);
  const ten = Array.from({ length: output.maps }, (_, digit) => output.codes.subarray(digit * values.length, (digit + 1) * values.length));
  const chosen = view.digit ?? now.reading.digit;
  const limit = f6.layer.activation.amplitude ?? 1;
  say(view.sharesSwitch, view.shares ? "Show distances" : "Switch to softmax");
  say(view.sortedSwitch, view.sorted ? "In order of digits" : "Nearest first");
  tell(view.part.verdict, verdictWords(answersAt(now.space, 0, view.shares), now.reading, empty));
  showTargets(view.targets, { ...now, codes: ten, chosen, limit, shares: view.shares, sorted: view.sorted, empty, palette });
  say(view.part.rule, ruleWords(view, now));
  showDifference(view.difference, { values, code: ten[chosen], named: String(chosen), unit: view.unit, layer: f6.layer.name, limit, palette });
  showBrowser(view.browser, { characters: view.meta.characters, codes: view.codes }, { chosen: view.character, values, empty, palette });
  tell(view.part.readwords, readWords(view, values, empty));
}

function mount(parent) {
  const part = partsOf(parent, "root", "verdict", "switches", "targets", "rule", "difference", "all", "one", "like", "family", "read", "readwords");
  const view = { part, shares: false, sorted: false, digit: null, unit: 24, character: 0 };
  buildSwitches(view);
  view.targets = buildTargets(part.targets, 10, (digit) => ((view.digit = view.digit === digit ? null : digit), touched()));
  view.difference = buildDifference(part.difference, (unit) => ((view.unit = unit), touched()));
  view.leave = follow(() => show(view));
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function glyphs({ parentElement, data }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  const units = tensors.codes.length / meta.characters.length;
  view.codes = Array.from(meta.characters, (_, at) => tensors.codes.subarray(at * units, (at + 1) * units));
  if (!view.meta) view.character = meta.characters.indexOf(meta.confusable[0][0]);
  view.meta = meta;
  const known = { characters: meta.characters, codes: view.codes, confusable: meta.confusable };
  view.browser = buildBrowser(view.part, known, (at) => ((view.character = at), touched()));
  for (const [name, colour] of Object.entries(meta.palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
  touched();
  return () => {
    view.leave();
    views.delete(parentElement);
  };
}
