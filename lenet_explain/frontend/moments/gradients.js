// The size of each layer's gradient at the moment that the page looks at, as bars over powers of ten.
import { followMoments, momentOf } from "../page/moment.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const superscript = (exponent) => [...String(exponent)].map((sign) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[sign] ?? "⁻").join("");

/** 0.0123 → '0.0123', 3.2e-7 → '3.2e−7' */
function written(value) {
  if (value === 0) return "0";
  const words = value < 0.001 || value >= 1e6 ? value.toExponential(1).replace("+", "") : value.toPrecision(3);
  return words.replace("-", "−");
}

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

function build(view) {
  const { layers, low, high } = view.data;
  view.rows = layers.map((name) => {
    const [row, track, bar, number] = [element("div", "row"), element("div", "track"), element("div", "bar"), element("span", "number")];
    track.append(bar);
    row.append(element("b", "name", name), track, number);
    return { row, bar, number };
  });
  const ticks = element("div", "ticks");
  const every = Math.max(1, Math.ceil((high - low) / 6));
  for (let exponent = low; exponent <= high; exponent += every) {
    const tick = element("span", "tick", `10${superscript(exponent)}`);
    tick.style.left = `${(100 * (exponent - low)) / (high - low)}%`;
    ticks.append(tick);
  }
  const axis = element("div", "row axis");
  axis.append(element("span", "name"), ticks, element("span", "number"));
  view.part.bars.replaceChildren(...view.rows.map(({ row }) => row), axis);
}

function show(view) {
  const { sizes, low, high, alts } = view.data;
  const at = Math.min(momentOf(view.data.name), sizes.length - 1);
  view.rows.forEach(({ bar, number }, layer) => {
    const size = sizes[at][layer];
    const share = size > 0 ? (Math.log10(size) - low) / (high - low) : 0;
    bar.style.width = `${100 * Math.max(0, Math.min(1, share))}%`;
    number.textContent = size === null ? "no step yet" : written(size);
  });
  view.part.bars.setAttribute("aria-label", alts[at]);
}

function mount(parent) {
  const names = ["root", "bars"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, data: null, rows: [], look: "" };
  view.leave = followMoments(() => view.data?.name, () => show(view));
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function gradients({ parentElement, data: [data] }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  view.data = data;
  for (const name of ["text", "quiet", "accent"]) view.part.root.style.setProperty(`--${name}`, data.colours[name]);
  const look = JSON.stringify([data.layers, data.low, data.high]);
  if (look !== view.look) build(view);
  view.look = look;
  show(view);
  return () => {
    view.leave();
    views.delete(parentElement);
  };
}
