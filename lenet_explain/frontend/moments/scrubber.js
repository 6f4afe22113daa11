// The slider over the moments of a run, with play, back and forward. It moves all that follows it in this browser; the
// server hears of a moment only when it is let go.
import { goTo, momentOf } from "../page/moment.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const PACE = 450; // ms from moment to moment while it plays

const last = (view) => view.data.steps.length - 1;
const here = (view) => Math.min(momentOf(view.data.name), last(view));

/** Writes where the slider stands; `at` is a place among the moments. */
function show(view) {
  const { part, data } = view;
  const at = here(view);
  part.slider.max = last(view);
  part.slider.value = at;
  part.slider.setAttribute("aria-valuetext", data.words[at]);
  part.words.textContent = data.words[at];
  part.back.disabled = at === 0;
  part.forward.disabled = at === last(view);
  part.play.textContent = view.playing ? "⏸ Pause" : "▶ Play";
  part.root.style.setProperty("--share", last(view) ? at / last(view) : 0);
}

function move(view, to) {
  goTo(view.data.name, Math.max(0, Math.min(last(view), to)));
  show(view);
}

/** Tells the server, once for each stop. */
function tell(view) {
  const step = view.data.steps[here(view)];
  if (step === view.told) return;
  view.told = step;
  view.setStateValue("step", step);
}

function pause(view) {
  clearInterval(view.playing);
  view.playing = 0;
  show(view);
  tell(view);
}

function play(view) {
  if (view.playing) return pause(view);
  if (here(view) === last(view)) move(view, 0);
  view.playing = setInterval(() => {
    move(view, here(view) + 1);
    if (here(view) === last(view)) pause(view);
  }, PACE);
  show(view);
}

function by(view, steps) {
  move(view, here(view) + steps);
  pause(view);
}

function typed(view, event) {
  if (event.key !== " " || event.target !== view.part.slider) return;
  event.preventDefault();
  play(view);
}

/** Sets the page up once: handlers are properties, so that nothing is added twice. */
function mount(parent) {
  const names = ["root", "slider", "words", "back", "play", "forward"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, data: null, playing: 0, told: null };
  part.slider.oninput = () => {
    clearInterval(view.playing);
    view.playing = 0;
    move(view, Number(part.slider.value));
  };
  part.slider.onchange = () => tell(view);
  part.slider.onkeydown = (event) => typed(view, event);
  part.back.onclick = () => by(view, -1);
  part.forward.onclick = () => by(view, 1);
  part.play.onclick = () => play(view);
  views.set(parent, view);
  return view;
}

/** Where to stand among new moments: where the server says for another run; else at the same step, or at the end. */
export function placeIn(before, data) {
  if (before?.run !== data.run) return data.at;
  const at = Math.min(momentOf(data.name), before.steps.length - 1);
  if (at === before.steps.length - 1 && data.steps.length && before.steps.at(-1) !== data.steps.at(-1)) return data.steps.length - 1;
  const apart = data.steps.map((step) => Math.abs(step - before.steps[at]));
  return apart.indexOf(Math.min(...apart));
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function scrubber({ parentElement, data: [data], setStateValue }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const before = view.data;
  Object.assign(view, { data, setStateValue });
  for (const [name, colour] of Object.entries(data.colours)) view.part.root.style.setProperty(`--${name}`, colour);
  view.part.slider.setAttribute("aria-label", data.label);
  if (before?.run !== data.run) view.told = data.steps[data.at];
  move(view, placeIn(before, data));
  return () => {
    clearInterval(view.playing);
    views.delete(parentElement);
  };
}
