// Keeps a note of what a visit started in this tab's own storage, where a reload and a restart of the server leave it:
// the next visit in the tab hands it to the server, once.

const PLACE = "lenet-explain-visit";

/** null where there is none, or where the browser keeps nothing. */
function kept(storage) {
  try {
    return JSON.parse(storage().getItem(PLACE));
  } catch {
    return null;
  }
}

function keep(storage, note) {
  try {
    if (note) storage().setItem(PLACE, JSON.stringify(note));
    else storage().removeItem(PLACE);
  } catch {
    // without storage nothing can be told after a reload
  }
}

/** What an earlier visit has left, with `reloaded`: whether this page was loaded since; null where there is nothing.
 * visit: name of this one; note: what it has started, or null; page: what lives as long as the loaded page; storage: a
 * function, as asking for a storage that is forbidden throws. */
export function follow({ visit, note }, page, storage = () => globalThis.sessionStorage) {
  const before = kept(storage);
  const left = before && before.visit !== visit ? { ...before, reloaded: page.lenetVisit !== before.visit } : null;
  page.lenetVisit = visit;
  keep(storage, note ? { ...note, visit } : null);
  return left;
}

/** Called by Streamlit at first and with every change of data. */
export default function visit({ data, setTriggerValue }) {
  const left = follow(data[0], globalThis);
  if (left) setTriggerValue("left", left);
}
