// The digit under nine sliders: each bends it, and its curve tells how far it may go.
import { BENDS } from "../network/bending.js";
import { LANES, amountUnder, paintCurve, shareAt } from "./bender_curve.js";
import { lookAt, responses } from "./bender_work.js";
import { claimWords, edgeWords, verdictOf } from "./bender_words.js";
import { SIDE, paintAnswers, paintPicture } from "./bender_answers.js";
import { made, partsOf } from "../page/dom.js";
import { brought, change, follow, live, touched, worked } from "../live/live.js";
import { amountWords, breakWords, holdsOf, pointsOf } from "../network/response.js";
import { tell } from "../page/voice.js";

/** One view for each place on the page; it outlives every change of data. */
const benders = new WeakMap();

const shareWords = (share) => `${(100 * share).toFixed(1)}%`;

const amountOf = ({ key, neutral }) => live().bends[key] ?? neutral;

function setBend({ key, neutral, step }, amount) {
  const { [key]: _, ...others } = live().bends;
  change({ bends: Math.abs(amount - neutral) < step / 2 ? others : { ...others, [key]: amount } });
}

function card(view, bend) {
  const slider = made("input", "slider", "", { type: "range", min: bend.low, max: bend.high, step: bend.step });
  const value = made("output", "value");
  const reset = made("button", "reset", "↺", { type: "button", title: `${bend.name} back to ${amountWords(bend, bend.neutral)}` });
  const canvas = made("canvas", "curve");
  const said = { breaks: made("p", "breaks"), edge: made("p", "edge") };
  slider.setAttribute("aria-label", bend.name);
  reset.setAttribute("aria-label", reset.title);
  canvas.setAttribute("role", "img");
  slider.value = amountOf(bend);
  slider.oninput = () => setBend(bend, Number(slider.value));
  slider.ondblclick = reset.onclick = () => setBend(bend, bend.neutral);
  dragged(canvas, bend);
  const top = made("div", "top", [made("b", "", bend.name), value, reset]);
  const element = made("section", "card", [top, slider, made("div", "plot", [canvas]), said.breaks, said.edge]);
  element.dataset.bend = bend.key;
  return { bend, element, slider, value, reset, canvas, ...said };
}

/** A press on the curve, and a drag along it, move the slider; a finger may still scroll the page. */
function dragged(canvas, bend) {
  let pointer = null;
  const to = (event) => {
    const { x, width } = canvas.getBoundingClientRect();
    setBend(bend, amountUnder(bend, event.clientX - x, width));
  };
  canvas.onpointerdown = (event) => {
    if (event.button > 0) return;
    canvas.setPointerCapture((pointer = event.pointerId));
    to(event);
  };
  canvas.onpointermove = (event) => event.pointerId === pointer && to(event);
  canvas.onpointerup = canvas.onpointercancel = canvas.onlostpointercapture = () => (pointer = null);
}

/** The networks that answer: the one that runs, and the one to compare with, where there is one. */
function networksNow() {
  const other = live().other && brought(live().other);
  return [worked().network, ...(other ? [other] : [])];
}

function show(view) {
  const now = view.palette && view.width.curve > 0 && worked();
  if (!now) return;
  const state = live();
  const networks = networksNow();
  const empty = !state.drawing.some((level) => level > 0);
  view.responses.ask(networks, state, empty);
  paintPicture(view.picture.unbent, now.prepared.input, now.network, view.palette, view.side);
  paintPicture(view.picture.bent, now.pixels, now.network, view.palette, view.side);
  const answers = view.responses.lookers.map((one) => {
    const { shares, digit } = lookAt(one, state.bends);
    return { shares, digit, words: `${one.network.title} reads ${digit}, share ${shareWords(shares[digit])}.` };
  });
  paintAnswers(view, answers);
  const verdict = empty ? "Draw a digit, or take one, and then bend it." : verdictOf(answers, view.responses.digit);
  tell(view.part.verdict, verdict);
  view.part.claims.style.visibility = empty ? "hidden" : ""; // they speak of a digit; their place is kept
  view.part.back.disabled = !Object.keys(state.bends).length;
  legend(view, networks);
  showCards(view);
}

function legend(view, networks) {
  const said = networks.map(({ title }) => title).join() + view.responses.digit;
  if (said === view.legend) return;
  view.legend = said;
  const of = view.responses.digit < 0 ? "the digit" : view.responses.digit;
  const swatch = (lane) => {
    const found = made("span", `swatch ${LANES[lane].mark}`);
    found.style.setProperty("--lane", view.palette.lanes[lane]);
    return found;
  };
  const second = networks.length > 1 ? [" Dashed bars at the top: where the second one misreads it."] : [];
  view.part.legend.replaceChildren(
    ...networks.map(({ title }, lane) => made("span", "lane", [swatch(lane), title])),
    made("span", "", [`Height: share of ${of}, 0 to 100%. Shaded: ${networks[0].title} no longer reads ${of}.`, ...second]),
  );
}

/** The sliders, and those curves of which something has changed. */
function showCards(view) {
  const { curves, digit } = view.responses;
  view.cards.forEach((one, at) => {
    const { bend } = one;
    const amount = amountOf(bend);
    const curve = curves[at];
    if (Number(one.slider.value) !== amount) one.slider.value = amount;
    one.reset.disabled = amount === bend.neutral;
    const size = curve.lanes?.reduce((sum, lane) => sum + lane.size, 0) ?? 0;
    const width = view.width.curve;
    const looks = [amount, curve.begun, curve.fresh, curve.done, size, width, digit].join();
    if (one.looks === looks && one.palette === view.palette) return;
    Object.assign(one, { looks, palette: view.palette });
    paintCurve(one.canvas, { curve, digit, amount, width, palette: view.palette, family: view.family });
    one.element.setAttribute("aria-busy", String(!curve.done && digit >= 0));
    showWords(view, one, curve, amount);
  });
  const known = curves.map(({ asked, done }) => asked + done).join();
  if (known !== view.known) showClaims(view);
  view.known = known;
}

function showWords(view, one, curve, amount) {
  const { bend } = one;
  const { digit, lookers } = view.responses;
  const words = amountWords(bend, amount);
  const share = curve.lanes?.[0].size ? shareWords(shareAt(pointsOf(bend, curve.lanes[0]), amount)) : "";
  one.value.textContent = share ? `${words} · ${digit}: ${share}` : words;
  one.slider.setAttribute("aria-valuetext", share ? `${words}: share of ${digit} ${share}` : words);
  one.edge.textContent = edgeWords(bend, lookers[0]?.network);
  one.breaks.style.opacity = curve.fresh && curve.done ? 1 : 0.55;
  if (!curve.lanes) one.breaks.textContent = "";
  if (!curve.lanes || !curve.done) return;
  const said = curve.lanes.map((lane, at) => {
    const found = breakWords(bend, holdsOf(bend, digit, lane));
    return at ? `${lookers[at]?.network.title ?? ""}: ${found}.` : `${found[0].toUpperCase()}${found.slice(1)}.`;
  });
  one.breaks.replaceChildren(...said.map((each, at) => made("span", at ? "second" : "first", each)));
  one.canvas.setAttribute("aria-label", `share of ${digit} over ${bend.name.toLowerCase()}: ${said.join(" ")}`);
}

/** What the paper estimates beside what is so here, once it is known. */
function showClaims(view) {
  const { curves, digit, lookers } = view.responses;
  const claimed = curves.filter(({ bend }) => bend.claim);
  if (digit < 0 || claimed.some(({ done }) => !done)) return;
  const others = Object.keys(live().bends).length;
  const found = claimed.map((curve) => claimWords(curve, digit, lookers.map(({ network }) => network.title)));
  const words = JSON.stringify(found) + others;
  if (words === view.claimed) return;
  view.claimed = words;
  const items = found.map(({ estimate, lines }) =>
    made("li", "", [estimate, ...lines.map(({ text, held }) => made("span", held ? "held" : "failed", text))]),
  );
  view.part.claims.replaceChildren(
    made("b", "", `The paper's estimates (p. 16), checked with this ${digit}${others ? ", the other sliders as they are" : ""}`),
    made("ul", "", items),
  );
}

/** Widths are asked for where they change, and not in every frame: each question makes the browser lay out the page. */
function measure(view) {
  const { root, bars } = view.part;
  view.side = root.clientWidth < 640 ? 84 : SIDE;
  view.width = { bars: bars.parentElement.clientWidth, curve: view.cards[0].canvas.parentElement.clientWidth };
}

function mount(parent) {
  const part = partsOf(parent, "root", "pictures", "bars", "verdict", "legend", "cards", "claims", "back");
  const view = { part, palette: null, side: SIDE, frame: 0, legend: null, claimed: null, known: null };
  const picture = (words) => {
    const canvas = made("canvas", "digit");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `the digit, ${words}`);
    part.pictures.append(made("figure", words, [canvas, made("figcaption", "", words)]));
    return canvas;
  };
  view.picture = { unbent: picture("unbent"), bent: picture("bent") };
  part.bars.setAttribute("role", "img");
  part.back.onclick = () => change({ bends: {} });
  view.cards = BENDS.map((bend) => card(view, bend));
  part.cards.append(...view.cards.map(({ element }) => element));
  view.responses = responses(() => {
    view.frame ||= requestAnimationFrame(() => {
      view.frame = 0;
      showCards(view);
    });
  });
  measure(view);
  view.leave = follow(() => show(view));
  view.observer = new ResizeObserver(() => {
    measure(view);
    touched();
  });
  view.observer.observe(part.root);
  view.observer.observe(part.bars.parentElement);
  benders.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function bender({ parentElement, data: [{ palette }] }) {
  const view = benders.get(parentElement) ?? mount(parentElement);
  view.palette = palette;
  view.legend = null;
  view.family = getComputedStyle(view.part.root).fontFamily;
  for (const [name, colour] of Object.entries(palette)) {
    if (typeof colour === "string") view.part.root.style.setProperty(`--${name}`, colour);
  }
  touched();
  return () => {
    view.leave();
    view.responses.end();
    view.observer.disconnect();
    cancelAnimationFrame(view.frame);
    benders.delete(parentElement);
  };
}
