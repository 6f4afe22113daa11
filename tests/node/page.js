// Just enough of a page for modules that only make elements and fill them: what a test reads is what they were told.

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, style: { setProperty: (name, value) => (this.style[name] = value) } });
    this.classes = new Set();
    this.classList = { toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)) };
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }
}

/** The parent of a component, with a child for each class; `document` and `window` stand by until the process ends. */
export function pageOf(...classes) {
  globalThis.document ??= { createElement: (tag) => new Element(tag) };
  globalThis.window ??= globalThis;
  globalThis.requestAnimationFrame ??= () => 1;
  globalThis.addEventListener ??= () => {};
  globalThis.removeEventListener ??= () => {};
  const parts = Object.fromEntries(classes.map((name) => [`.${name}`, new Element("div")]));
  return { parts, querySelector: (name) => parts[name] };
}

/** A key as a browser tells of it; `stopped` says whether somebody has used it. */
export function key(name, held = {}) {
  const event = { key: name, stopped: false, preventDefault: () => (event.stopped = true), ...held };
  return event;
}
