// A sum whose terms can be chosen: 156 + 12 + 1,516 = 1,684, the layer's name above each number.
import { made } from "../page/dom.js";

function term({ name, text, sign, choosable }, chosen, choose) {
  const inside = [made("span", "sign", sign), made("span", "name", name), made("span", "number", text)];
  if (!choosable) return made("li", "term", inside);
  const button = made("button", "term", inside, { type: "button", onclick: () => choose(name) });
  button.setAttribute("aria-label", `${name}: ${sign} ${text}`);
  button.setAttribute("aria-pressed", String(name === chosen));
  button.dataset.name = name;
  return made("li", "", [button]);
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function sum({ parentElement, data: [data], setTriggerValue }) {
  const list = parentElement.querySelector(".sum");
  for (const [name, colour] of Object.entries(data.colours)) list.style.setProperty(`--${name}`, colour);
  const held = list.getRootNode().activeElement?.dataset?.name;
  const choose = (name) => setTriggerValue("layer", name);
  list.setAttribute("aria-label", data.label);
  list.replaceChildren(...data.terms.map((one) => term(one, data.chosen, choose)));
  if (held !== undefined) [...list.querySelectorAll("button")].find((one) => one.dataset.name === held)?.focus();
}
