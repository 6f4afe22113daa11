// The few things that every view of the living network does with the page.

/** @param {string | (Node | string)[]} inside */
export function made(tag, name = "", inside = "", properties = {}) {
  const element = Object.assign(document.createElement(tag), { className: name, ...properties });
  element.append(...(Array.isArray(inside) ? inside : inside === "" ? [] : [inside]));
  return element;
}

/** The parts of a component by their class names. */
export const partsOf = (parent, ...names) => Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));

/** Exactly `count` children of `parent`; those that are there stay, so that nothing jumps and focus is kept. */
export function fitted(parent, count, make) {
  while (parent.children.length > count) parent.lastElementChild.remove();
  while (parent.children.length < count) parent.append(make(parent.children.length));
  return [...parent.children];
}

/** A canvas with `width` × `height` CSS pixels, sharp on this screen; returns its context in CSS pixels, wiped. */
export function sized(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    [canvas.width, canvas.height] = [wide, high];
    [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const channelsOf = (hex) => [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));

const gradients = new Map(); // a handful: pairs of colours of the two palettes

/** Paints of a colour mixed from `from` to `to` (hex), by shares from 0 to 1, as an image stores them: 256 of them. */
export function gradient(from, to) {
  const key = from + to;
  if (!gradients.has(key)) gradients.set(key, mixed(from, to));
  return gradients.get(key);
}

function mixed(from, to) {
  const [low, high] = [from, to].map(channelsOf);
  const bytes = new Uint8ClampedArray(4 * 256).fill(255);
  for (let at = 0; at < 256; at += 1) bytes.set(low.map((c, i) => Math.round(c + ((high[i] - c) * at) / 255)), 4 * at);
  return new Uint32Array(bytes.buffer);
}

const stamps = new WeakMap();

/** Paints values into a box of a context, pixel by pixel; colourOf(value) gives a pixel as an image stores it. */
export function stamp(context, values, width, height, box, colourOf, smooth = false) {
  let own = stamps.get(context);
  if (!own || own.width !== width || own.height !== height) {
    own = Object.assign(document.createElement("canvas"), { width, height });
    stamps.set(context, own);
  }
  const pen = own.getContext("2d");
  const image = pen.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at += 1) pixels[at] = colourOf(values[at]);
  pen.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = smooth;
  context.drawImage(own, box.x, box.y, box.width, box.height);
}

/** Ink from 0 to 1 in a palette's paper and text. */
export function inkColours({ zero, text }) {
  const colours = gradient(zero, text);
  return (value) => colours[Math.round(255 * Math.min(1, Math.max(0, value)))];
}

/** Signed values, full colour at ±limit, zero in the middle. */
export function signedColours({ negative, zero, positive }, limit) {
  const [below, above] = [gradient(zero, negative), gradient(zero, positive)];
  return (value) => {
    const share = Math.round(255 * Math.min(1, Math.abs(value) / (limit || 1)));
    return value < 0 ? below[share] : above[share];
  };
}

/** A pixel as an image stores it, as a style writes it. */
export const cssColour = (pixel) => `rgb(${pixel & 255} ${(pixel >> 8) & 255} ${(pixel >> 16) & 255})`;

/** '+0.512', with a true minus and as many digits as a reader needs. */
export function signedWords(value) {
  const size = Math.abs(value);
  const words = size >= 100 ? size.toFixed(1) : size >= 10 ? size.toFixed(2) : size.toFixed(3);
  return (value < 0 ? "−" : "+") + words;
}

export const plainWords = (value) => signedWords(value).replace("+", "");
