// The moment of a run that a page looks at. Whoever moves it and whoever draws it are components of their own; they
// meet here by a name, on this page of the browser, so that all are drawn in the same frame and no server is asked.

const places = new Map(); // by name
const listeners = new Set();

export const momentOf = (name) => places.get(name) ?? 0;

/** Goes to place `at`, from 0, among the moments of `name`. */
export function goTo(name, at) {
  if (places.get(name) === at) return;
  places.set(name, at);
  for (const hear of [...listeners]) hear(name, at);
}

/** Calls act(at) with each move among the moments of what name() says; returns the way to end it. */
export function followMoments(name, act) {
  const hear = (moved, at) => moved === name() && act(at);
  listeners.add(hear);
  return () => listeners.delete(hear);
}
