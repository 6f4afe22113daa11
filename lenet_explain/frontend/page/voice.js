// Results, read aloud once they stand still: a live region that follows every move of a pen never stops talking.

const REST = 800; // ms without a change after which the words are said
const UNSEEN = "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap";

/** The live region beside each element, and its timer. */
const voices = new WeakMap();

/** Shows words in an element at once, and has them said when they have rested. */
export function tell(element, words) {
  if (element.textContent === words) return;
  element.textContent = words;
  const own = voices.get(element) ?? voiceOf(element);
  clearTimeout(own.rest);
  own.rest = setTimeout(() => (own.voice.textContent = element.textContent), REST);
}

function voiceOf(element) {
  const voice = document.createElement("div");
  voice.setAttribute("aria-live", "polite");
  voice.style.cssText = UNSEEN;
  element.after(voice);
  const own = { voice, rest: 0 };
  voices.set(element, own);
  return own;
}
