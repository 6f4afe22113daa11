// The moment of a run that a page looks at. Whoever moves it and whoever draws it are components of their own; they
// meet here by a name, on this page of the browser, so that all are drawn in the same frame and no server is asked.

const EVENT = "lenet:moment";

/** Places by name; several scripts have this module, and the page has one place. */
const places = () => (globalThis.lenetMoments ??= {});

export const momentOf = (name) => places()[name] ?? 0;

/** Goes to place `at`, from 0, among the moments of `name`. */
export function goTo(name, at) {
  if (places()[name] === at) return;
  places()[name] = at;
  window.dispatchEvent(new CustomEvent(EVENT, { detail: { name, at } }));
}

/** Calls act(at) with each move among the moments of what name() says; returns the way to end it. */
export function followMoments(name, act) {
  const hear = ({ detail }) => detail.name === name() && act(detail.at);
  window.addEventListener(EVENT, hear);
  return () => window.removeEventListener(EVENT, hear);
}
