// What a held digit meets in every layer at the moment that the page looks at: figures/maps.py frames it. Which digit is
// held is chosen in the row of pictures above.
import { unframe } from "../page/frame.js";
import { followMoments, momentOf } from "../page/moment.js";
import { prepare } from "../tiles/tile_colours.js";

/** One view for each place on the page; it outlives every change of data. */
const views = new WeakMap();

const HINT = "Point at a map or tap it to read a value; in a layer, arrow keys move on.";
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const GAP = 4; // CSS pixels between two maps
const SEEN = 30; // CSS pixels of a map's side below which a second row is begun

const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toPrecision(3);

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

/** The maps of a layer in as few rows as keep them large enough to be seen: CSS pixels. */
function arranged({ maps, height, width, largest }, room) {
  const gap = height * width === 1 ? 1 : GAP;
  for (let rows = 1; ; rows += 1) {
    const across = Math.ceil(maps / rows);
    const cell = Math.min(largest, Math.floor(((room + gap) / across - gap) / width));
    if (cell === largest || cell * Math.max(width, height) >= SEEN || rows === maps) return { cell, across, rows, gap };
  }
}

function valuesAt(view, layer) {
  const all = view.tensors[layer.name];
  const size = layer.maps * layer.height * layer.width;
  return all.subarray(view.at * size, (view.at + 1) * size);
}

function paintLayer(view, layer) {
  const { canvas, room } = layer;
  const { cell, across, rows, gap } = (layer.layout = arranged(layer, room));
  const ratio = window.devicePixelRatio || 1;
  const [wide, high] = [layer.width * cell, layer.height * cell];
  const size = [across * (wide + gap) - gap, rows * (high + gap) - gap];
  if (canvas.width !== Math.round(size[0] * ratio) || canvas.height !== Math.round(size[1] * ratio)) {
    [canvas.width, canvas.height] = size.map((side) => Math.round(side * ratio));
    [canvas.style.width, canvas.style.height] = size.map((side) => `${side}px`);
  }
  const grid = { rows: 1, columns: layer.maps, height: layer.height, width: layer.width };
  const [source] = prepare({ limit: layer.limit, palette: view.meta.palette }, grid, [valuesAt(view, layer)]).bitmaps;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = false;
  for (let map = 0; map < layer.maps; map += 1) {
    const [x, y] = [(map % across) * (wide + gap), Math.floor(map / across) * (high + gap)];
    const box = [x, y, wide, high].map((side) => side * ratio);
    context.drawImage(source, map * layer.width, 0, layer.width, layer.height, ...box);
  }
  paintCursor(view, layer, context, ratio);
}

function paintCursor(view, layer, context, ratio) {
  if (view.cursor?.layer !== layer) return;
  const { map, y, x } = view.cursor;
  const { cell, across, gap } = layer.layout;
  const left = (map % across) * (layer.width * cell + gap) + x * cell;
  const top = Math.floor(map / across) * (layer.height * cell + gap) + y * cell;
  context.lineWidth = 2 * ratio;
  context.strokeStyle = view.meta.palette.text;
  context.strokeRect(left * ratio, top * ratio, cell * ratio, cell * ratio);
}

function readOut(view) {
  const { cursor, part } = view;
  part.readout.classList.toggle("quiet", !cursor);
  if (!cursor) {
    part.readout.textContent = HINT;
    return;
  }
  const { layer, map, y, x } = cursor;
  const value = valuesAt(view, layer)[(map * layer.height + y) * layer.width + x];
  const unit = layer.glyph ? y * layer.width + x : map;
  const alone = layer.glyph || layer.height * layer.width === 1;
  const place = alone ? `unit ${unit}` : `map ${map}, row ${y}, column ${x}`;
  part.readout.textContent = `${layer.name} ${place}: ${signed(value)}`;
}

/** Bars for the ten answers: the shorter wins of distances, the longer of shares. */
function showAnswers(view) {
  const { answers, winners, truth, far, palette } = view.meta;
  const values = answers[view.at];
  const most = far ? Math.max(...answers.flat()) : 1;
  view.bars.forEach(({ row, bar, number, sign }, digit) => {
    const won = winners[view.at] === digit;
    row.classList.toggle("won", won);
    bar.style.width = `${(100 * values[digit]) / most}%`;
    bar.style.background = !won ? palette.quiet : digit === truth ? palette.right : palette.wrong;
    number.textContent = far ? values[digit].toFixed(1) : `${(100 * values[digit]).toFixed(1)}%`;
    sign.textContent = won ? (digit === truth ? "✓ read" : "✗ read") : "";
  });
  view.part.rule.textContent = view.meta.rule;
  view.part.verdict.textContent = view.meta.verdicts[view.at];
  view.part.root.setAttribute("aria-label", view.meta.verdicts[view.at]);
}

function redraw(view) {
  view.pending ||= requestAnimationFrame(() => {
    view.pending = 0;
    if (!view.meta) return;
    view.at = Math.min(momentOf(view.meta.name), view.meta.verdicts.length - 1);
    const room = view.part.layers.clientWidth;
    for (const layer of view.layers) {
      layer.room = Math.max(60, room - (room > 420 ? 120 : 0));
      paintLayer(view, layer);
    }
    showAnswers(view);
    readOut(view);
  });
}

function pointed(view, layer, event) {
  const { cell, across, gap } = layer.layout;
  const edge = layer.canvas.getBoundingClientRect();
  const [wide, high] = [layer.width * cell + gap, layer.height * cell + gap];
  const [left, top] = [event.clientX - edge.x, event.clientY - edge.y];
  const map = Math.floor(top / high) * across + Math.min(across - 1, Math.floor(left / wide));
  if (map < 0 || map >= layer.maps) return;
  const inside = (at, side, cells) => Math.max(0, Math.min(cells - 1, Math.floor((at % side) / cell)));
  view.cursor = { layer, map, y: inside(top, high, layer.height), x: inside(left, wide, layer.width) };
  redraw(view);
}

function typed(view, layer, event) {
  if (event.key === "Escape") leave(view);
  const arrow = ARROWS[event.key];
  if (!arrow) return;
  event.preventDefault();
  const clamp = (value, count) => Math.max(0, Math.min(count - 1, value));
  const was = view.cursor?.layer === layer ? view.cursor : { layer, map: 0, y: 0, x: -arrow[1] };
  const along = clamp(was.map * layer.width + was.x + arrow[1], layer.maps * layer.width);
  const y = clamp(was.y + arrow[0], layer.height);
  view.cursor = { layer, map: Math.floor(along / layer.width), y, x: along % layer.width };
  redraw(view);
}

function leave(view) {
  view.cursor = null;
  redraw(view);
}

function build(view) {
  const { meta, part } = view;
  view.layers = meta.layers.map((layer) => ({ ...layer, canvas: element("canvas", "maps") }));
  part.layers.replaceChildren(
    ...view.layers.map((layer) => {
      const row = element("div", "layer");
      const label = element("div", "label");
      label.append(element("b", "", layer.name), ` ${layer.shape}`, element("span", "scale", `±${layer.span}`));
      layer.canvas.tabIndex = 0;
      layer.canvas.setAttribute("role", "img");
      layer.canvas.setAttribute("aria-label", `${layer.name}, ${layer.shape}: colours from −${layer.span} to +${layer.span}`);
      layer.canvas.onpointermove = layer.canvas.onpointerdown = (event) => pointed(view, layer, event);
      layer.canvas.onpointerleave = (event) => event.pointerType === "mouse" && leave(view);
      layer.canvas.onkeydown = (event) => typed(view, layer, event);
      row.append(label, layer.canvas);
      return row;
    }),
  );
  view.bars = meta.answers[0].map((_, digit) => {
    const [row, bar] = [element("div", "answer"), element("div", "bar")];
    const [number, sign, track] = [element("span", "number"), element("b", "sign"), element("div", "track")];
    track.append(bar);
    row.append(element("b", "digit", String(digit)), track, number, sign);
    return { row, bar, number, sign };
  });
  part.answers.replaceChildren(...view.bars.map(({ row }) => row));
}

/** The digits to choose from, ink dark on light as on paper. */
function buildDigits(view) {
  const { digits, chosen } = view.meta;
  view.part.digits.replaceChildren(
    ...digits.map((digit, index) => {
      const button = element("button", "pick");
      const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
      const image = canvas.getContext("2d").createImageData(28, 28);
      const ink = view.tensors.ink.subarray(index * 784, (index + 1) * 784);
      ink.forEach((value, at) => image.data.set([255 - value, 255 - value, 255 - value, 255], 4 * at));
      canvas.getContext("2d").putImageData(image, 0, 0);
      button.type = "button";
      button.setAttribute("aria-label", `hold the ${digit}`);
      button.setAttribute("aria-pressed", String(index === chosen));
      button.onclick = () => view.setStateValue("digit", digit);
      button.append(canvas);
      return button;
    }),
  );
}

/** Sets the page up once: handlers are properties, so that nothing is added twice. */
function mount(parent) {
  const names = ["root", "digits", "layers", "answers", "verdict", "rule", "readout"];
  const part = Object.fromEntries(names.map((name) => [name, parent.querySelector(`.${name}`)]));
  const view = { part, meta: null, layers: [], bars: [], cursor: null, pending: 0, at: 0 };
  view.observer = new ResizeObserver(() => redraw(view));
  view.observer.observe(part.root);
  view.leave = followMoments(() => view.meta?.name, () => redraw(view));
  views.set(parent, view);
  return view;
}

/** Called by Streamlit at first and again with every change of data, on the same element. */
export default function maps({ parentElement, data, setStateValue }) {
  const view = views.get(parentElement) ?? mount(parentElement);
  const { meta, tensors } = unframe(data);
  const look = JSON.stringify([meta.layers, meta.chosen, meta.palette]);
  Object.assign(view, { meta, tensors, setStateValue });
  for (const name of ["text", "quiet", "accent", "background"]) {
    view.part.root.style.setProperty(`--${name}`, meta.palette[name]);
  }
  if (look !== view.look) {
    view.cursor = null;
    build(view);
    buildDigits(view);
  }
  view.look = look;
  redraw(view);
  return () => {
    cancelAnimationFrame(view.pending);
    view.observer.disconnect();
    view.leave();
    views.delete(parentElement);
  };
}
