// Brings a network into the living state, says what runs in this browser and what was changed by hand, and keeps the
// page's address up with it.
import { made, partsOf } from "../page/dom.js";
import { unframe } from "../page/frame.js";
import { addressNow, keepAddress } from "./link.js";
import { bring, change, countsNow, follow, live, touched, worked } from "./live.js";

/** One view for each place on the page; it outlives every change of data. */
const carriers = new WeakMap();

const grouped = (number) => number.toLocaleString("en-US");

/** What was changed by hand, in words, and how each is taken back. */
function handChanges() {
  const { links, bends, normalise } = live();
  return [
    links && { words: `${links.layer} rewired`, back: { links: null } },
    Object.keys(bends).length && { words: "digit bent", back: { bends: {} } },
    !normalise && { words: "not normalised", back: { normalise: true } },
  ].filter(Boolean);
}

function show(view) {
  if (!view.main) return;
  const now = worked();
  if (!now || view.shown === now) return;
  view.shown = now;
  const counts = now.network.layers.map(countsNow);
  const sum = (what) => grouped(counts.reduce((total, one) => total + one[what], 0));
  const facts = `${now.network.title} runs in your browser: ${sum("parameters")} parameters, ${sum("connections")} connections.`;
  if (view.part.facts.textContent !== facts) view.part.facts.textContent = facts;
  const found = handChanges();
  const words = found.map((one) => one.words).join();
  if (words === view.words) return;
  view.words = words;
  view.part.changes.replaceChildren(
    ...found.map(({ words: said, back }) =>
      made("button", "back", `${said} ✕`, { type: "button", title: "take it back", ariaLabel: `Take back: ${said}`, onclick: () => takeBack(view, back) }),
    ),
  );
}

/** The button that was pressed goes: the one beside it gets the focus, so that it is not lost. */
function takeBack(view, back) {
  view.part.copy.focus({ preventScroll: true });
  change(back);
}

async function copy(button) {
  const address = addressNow();
  try {
    await navigator.clipboard.writeText(address);
    button.textContent = "Copied ✓";
  } catch {
    window.history.replaceState(window.history.state, "", address);
    button.textContent = "The link is in the address bar";
  }
  setTimeout(() => (button.textContent = "Copy link"), 2500);
}

function mount(parent) {
  const view = { part: partsOf(parent, "root", "facts", "changes", "copy"), words: null };
  view.part.copy.onclick = () => copy(view.part.copy);
  view.leave = [follow(() => show(view))];
  carriers.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function carrier({ parentElement, data }) {
  const view = carriers.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  bring(meta, tensors);
  view.main = meta.role === "main";
  view.part.root.classList.toggle("main", view.main);
  if (view.main && view.leave.length === 1) view.leave.push(keepAddress());
  live()[view.main ? "network" : "other"] = meta.key;
  touched();
  return () => {
    for (const leave of view.leave) leave();
    if (!view.main) change({ other: null });
    carriers.delete(parentElement);
  };
}
