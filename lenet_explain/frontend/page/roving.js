// One tab stop for many elements: arrow keys move among them, row by row.

const JUMPS = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: (across) => -across, ArrowDown: (across) => across };

/** Where a key leads from `at`, in rows of `across` elements; null where it leads nowhere. */
export function after(key, at, count, across) {
  if (key === "Home") return at - (at % across);
  if (key === "End") return Math.min(count - 1, at - (at % across) + across - 1);
  const to = at + (JUMPS[key]?.(across) ?? NaN);
  return to >= 0 && to < count ? to : null;
}

/** Makes the elements of `parent` one tab stop; acrossNow() says how many stand in a row. */
export function rove(parent, elements, acrossNow, moved = (_to) => {}) {
  const hold = (at) => elements.forEach((element, index) => (element.tabIndex = index === at ? 0 : -1));
  parent.onkeydown = (event) => {
    const at = elements.findIndex((element) => element.contains(event.target));
    const to = at < 0 || event.ctrlKey || event.metaKey || event.altKey ? null : after(event.key, at, elements.length, acrossNow());
    if (to === null) return;
    event.preventDefault();
    elements[to].focus();
    moved(to);
  };
  for (const [index, element] of elements.entries()) element.onfocus = () => hold(index);
  hold(0);
  return hold;
}

/** How many elements stand in the first row, as the page is laid out now. */
export function inFirstRow(elements) {
  const top = elements[0]?.offsetTop;
  const wrapped = elements.findIndex((element) => element.offsetTop !== top);
  return wrapped < 0 ? elements.length : wrapped;
}
