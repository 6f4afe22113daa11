// What decides an answer: occlusion in this browser at once, integrated gradients and Grad-CAM by the worker on request.
import { inkColours, made, partsOf, plainWords, signedColours, sized, stamp } from "../page/dom.js";
import { follow, live, touched, worked } from "../live/live.js";
import { occlusion } from "../network/occlusion.js";

/** One view for each place on the page; it outlives every change of data. */
const evidences = new WeakMap();

const SIDE = 240; // CSS pixels of a picture
const SLICE = 7; // ms of a frame for occlusion

const toBase64 = (bytes) => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

/** The input as ink, 0 to 255. */
function inkBytes({ network, pixels }) {
  const { background, ink } = network.pixels;
  return Uint8Array.from(pixels, (value) => Math.round(255 * Math.min(1, Math.max(0, (value - background) / (ink - background)))));
}

/** Whether there is nothing but paper. */
const blank = ({ network, pixels }) => pixels.every((value) => value === network.pixels.background);

const largestOf = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Signed values over a faint picture of the digit. */
function overlay(canvas, now, values, palette) {
  const { height, width } = now.space.input;
  const context = sized(canvas, SIDE, SIDE);
  const box = { x: 0, y: 0, width: SIDE, height: SIDE };
  stamp(context, values, width, height, box, signedColours(palette, largestOf(values)));
  context.globalAlpha = 0.3;
  const { background, ink } = now.network.pixels;
  const shade = inkColours({ zero: palette.zero, text: palette.text });
  stamp(context, Array.from(now.pixels, (value) => (value - background) / (ink - background)), width, height, box, shade);
  context.globalAlpha = 1;
}

/** Starts anew where the input, the network, the digit or the square has changed. */
function begin(view, now, digit) {
  const key = [now.network.key, digit, view.side, now.pixels.join()].join("|") + (live().links ? live().links.linked.join("") : "");
  if (view.key === key) return;
  Object.assign(view, { key, network: now.network, empty: blank(now), run: occlusion(now.network, now.pixels, digit, view.side) });
  if (!view.frame) view.frame = requestAnimationFrame(() => slice(view));
}

function slice(view) {
  view.frame = 0;
  if (worked()?.network !== view.network) return; // `show` begins anew
  const more = view.run.work(SLICE);
  showOcclusion(view);
  if (more) view.frame = requestAnimationFrame(() => slice(view));
}

function showOcclusion(view) {
  const now = worked();
  const drops = view.run.drops();
  overlay(view.part.covered, now, drops, view.palette);
  const percent = Math.floor(100 * view.run.done());
  const words = occlusionWords(view, percent, drops);
  if (view.part.coveredWords.textContent !== words) view.part.coveredWords.textContent = words;
  view.part.covered.setAttribute("aria-label", `Occlusion: ${words}`);
}

/** What one square does, and what the colours are: means over all squares that cover a pixel. */
function occlusionWords({ network, run, digit, empty, side }, percent, drops) {
  if (empty) return "Draw a digit: on blank paper there is nothing to cover.";
  if (percent < 100) return `Covering … ${percent}%`;
  const score = network.answer === "distances" ? "score (−distance)" : "score (before softmax)";
  const square = `square of ${side}×${side} pixels`;
  const of = `the ${score} of the ${digit}, now ${plainWords(run.score)}`;
  const one = run.most() > 0 ? `One ${square} lowers ${of}, by up to ${plainWords(run.most())}.` : `No ${square} lowers ${of}.`;
  return `${one} A pixel's colour is the mean over the squares that cover it: from ${plainWords(Math.min(...drops))} to ${plainWords(Math.max(...drops))}.`;
}

function show(view) {
  const now = worked();
  if (!now || !view.palette) return;
  view.digit = view.chosen ?? now.reading.digit;
  view.digits.forEach((button, digit) => {
    button.setAttribute("aria-pressed", String(digit === view.digit));
    button.classList.toggle("answer", digit === now.reading.digit);
  });
  begin(view, now, view.digit);
  showWorker(view, now);
}

/** The worker's two pictures; of another drawing or digit they are only a memory, and say so. */
function showWorker(view, now) {
  const { result, status } = view;
  if (view.part.status.textContent !== status) view.part.status.textContent = status;
  view.part.ask.disabled = view.going || view.empty;
  view.part.theirs.hidden = !result;
  if (!result) return;
  const same = result.image === toBase64(inkBytes(now)) && result.network === now.network.key && result.digit === view.digit;
  view.part.theirs.classList.toggle("old", !same);
  if (same) {
    overlay(view.part.integrated, now, floats(result.pixels), view.palette);
    overlay(view.part.cam, now, floats(result.spread), view.palette);
  }
  view.part.integratedWords.textContent = same ? result.words : "This was another drawing, digit or network: ask again.";
  view.part.camWords.textContent = same ? result.camWords : "";
  view.part.integrated.setAttribute("aria-label", `Integrated gradients: ${view.part.integratedWords.textContent}`);
  view.part.cam.setAttribute("aria-label", `Grad-CAM: ${view.part.camWords.textContent}`);
}

const floats = (packed) => new Float32Array(fromBase64(packed.data).buffer);

function ask(view) {
  const now = worked();
  if (!now) return;
  view.setTriggerValue("ask", { image: toBase64(inkBytes(now)), digit: view.digit, at: Date.now() });
}

function mount(parent) {
  const part = partsOf(parent, "root", "digits", "side", "size", "covered", "coveredWords", "ask", "status", "theirs", "integrated", "integratedWords", "cam", "camWords");
  const view = { part, key: "", chosen: null, side: 5, frame: 0, result: null };
  const button = (digit) => made("button", "digit", String(digit), { type: "button", onclick: () => ((view.chosen = view.chosen === digit ? null : digit), touched()) });
  view.digits = Array.from({ length: 10 }, (_, digit) => button(digit));
  view.digits.forEach((one, digit) => one.setAttribute("aria-label", `evidence for the ${digit}`));
  part.digits.append(...view.digits);
  part.side.oninput = () => {
    view.side = Number(part.side.value);
    part.size.textContent = `${view.side}×${view.side} px`;
    touched();
  };
  part.ask.onclick = () => ask(view);
  view.leave = follow(() => show(view));
  evidences.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function evidence({ parentElement, data, setTriggerValue }) {
  const view = evidences.get(parentElement) ?? mount(parentElement);
  Object.assign(view, data[0], { setTriggerValue });
  for (const name of ["text", "quiet", "accent", "background", "line"]) view.part.root.style.setProperty(`--${name}`, view.palette[name] ?? view.palette.quiet);
  touched();
  return () => {
    cancelAnimationFrame(view.frame);
    view.leave();
    evidences.delete(parentElement);
  };
}
