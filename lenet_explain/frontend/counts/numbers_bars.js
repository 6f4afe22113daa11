// Weights and connections on one logarithmic axis. Every row is always there: a choice marks one and moves nothing.
import { fitted, made } from "../page/dom.js";

function axis(ticks) {
  const scale = made("div", "scale");
  for (const { at, words } of ticks) {
    const tick = made("span", "tick", words);
    tick.style.left = `${100 * at}%`;
    scale.append(tick);
  }
  scale.setAttribute("aria-hidden", "true");
  return scale;
}

function row({ name, chosen, weights, links }, ticks) {
  const bar = made("span", "bar");
  bar.style.width = `${100 * weights.share}%`;
  bar.hidden = weights.share === 0;
  const mark = made("span", "mark");
  mark.style.left = `${100 * links.share}%`;
  const lines = ticks.map(({ at }) => {
    const line = made("span", "line");
    line.style.left = `${100 * at}%`;
    return line;
  });
  const track = made("div", "track", [...lines, bar, mark]);
  track.setAttribute("aria-hidden", "true");
  const words = made("div", "words", [made("b", "", weights.words), ` ${weights.unit}, ${links.words} ${links.unit}`]);
  const found = made("li", chosen ? "row chosen" : "row", [made("div", "name", name), words, track]);
  if (chosen) found.setAttribute("aria-current", "true");
  return found;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function bars({ parentElement, data: [data] }) {
  const root = parentElement.querySelector(".root");
  for (const [name, colour] of Object.entries(data.colours)) root.style.setProperty(`--${name}`, colour);
  for (const [at, place] of fitted(root, data.groups.length, () => made("section")).entries()) {
    const { title, rows } = data.groups[at];
    const list = made("ul", "", rows.map((one) => row(one, data.ticks)));
    list.setAttribute("aria-label", title);
    place.replaceChildren(made("h4", "", title), list, axis(data.ticks));
  }
}
