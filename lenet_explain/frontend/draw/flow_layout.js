// Where every layer of the living network lies on the canvas: columns from left to right, or rows where it is narrow.
// Pure: numbers in CSS pixels.

const GAP = 4; // between two maps
const LABEL = 44; // for the two lines of words above a layer
const FOOT = 24; // for the scale below it
const COLUMN = 78; // narrowest, so that the words fit
const TALLEST = 430; // of the maps in a column
const SCALES = [1, 0.85, 0.7]; // of the sizes, tried before the layers go below each other
const SEEN = 30; // a map's side below which a second column is begun
const TAPPED = 44; // a map's side where fingers point

/** How the lone units of a layer are laid out as one picture: the paper's bitmaps of 84, ten answers in a column. */
export function gridOf(maps) {
  const across = maps === 84 ? 7 : maps <= 10 ? 1 : Math.ceil(Math.sqrt(maps / 2));
  return { across, down: Math.ceil(maps / across) };
}

/** The maps of a layer as a block: sides of one map, how many there are across and down. */
function blockOf({ maps, height, width }, room, largest) {
  if (height * width === 1) {
    const { across, down } = gridOf(maps);
    const cell = Math.floor(Math.min(maps <= 10 ? 30 : largest / 4, room / down));
    return { lone: true, across, down, cell, wide: across * cell, high: down * cell };
  }
  for (let across = 1; ; across += 1) {
    const down = Math.ceil(maps / across);
    const side = Math.min(largest, (room - (down - 1) * GAP) / down);
    if (side < SEEN && across < maps) continue;
    const cell = side / Math.max(height, width);
    const [mapWide, mapHigh] = [width * cell, height * cell];
    return {
      lone: false, across, down, cell, mapWide, mapHigh,
      wide: across * (mapWide + GAP) - GAP, high: down * (mapHigh + GAP) - GAP,
    };
  }
}

/** The same for a row of the narrow layout: as many maps beside each other as fit. */
function rowBlockOf({ maps, height, width }, room) {
  if (height * width === 1) {
    const across = maps <= 10 ? 10 : Math.min(maps, maps === 84 ? 28 : 30);
    const cell = Math.min(30, Math.floor(room / across));
    return { lone: true, across, down: Math.ceil(maps / across), cell, wide: across * cell, high: Math.ceil(maps / across) * cell };
  }
  const side = maps === 1 ? 150 : Math.min(84, Math.max(TAPPED, (room - 5 * GAP) / Math.min(maps, 6) - GAP));
  const cell = side / Math.max(height, width);
  const [mapWide, mapHigh] = [width * cell, height * cell];
  const across = Math.max(1, Math.min(maps, Math.floor((room + GAP) / (mapWide + GAP))));
  const down = Math.ceil(maps / across);
  return { lone: false, across, down, cell, mapWide, mapHigh, wide: across * (mapWide + GAP) - GAP, high: down * (mapHigh + GAP) - GAP };
}

/**
 * @param {{name: string, maps: number, height: number, width: number}[]} layers the input first
 * @param {number} room width of the canvas
 * @returns {{width: number, height: number, upright: boolean, layers: Object[]}} each layer with x, y and its block
 */
export function layOut(layers, room) {
  for (const scale of SCALES) {
    const blocks = layers.map((layer, at) => blockOf(layer, TALLEST * scale, (at ? 70 : 140) * scale));
    const total = blocks.reduce((sum, { wide }) => sum + Math.max(COLUMN, wide), 0);
    const gap = (room - total) / Math.max(1, layers.length - 1);
    if (gap >= 8) return columnsOf(layers, blocks, { room, gap: Math.min(72, gap), high: TALLEST * scale });
  }
  return rowsOf(layers, room);
}

function columnsOf(layers, blocks, { room, gap, high }) {
  let x = 0;
  const placed = layers.map((layer, at) => {
    const [block, column] = [blocks[at], { x, width: Math.max(COLUMN, blocks[at].wide) }];
    x += column.width + gap;
    return { ...layer, ...block, x: column.x + (column.width - block.wide) / 2, y: LABEL + (high - block.high) / 2, column };
  });
  return { width: room, height: LABEL + high + FOOT, upright: false, layers: placed };
}

function rowsOf(layers, room) {
  let y = 0;
  const placed = layers.map((layer) => {
    const block = rowBlockOf(layer, room);
    const own = { ...layer, ...block, x: 0, y: y + 26, column: { x: 0, width: room } };
    y += block.high + 26 + 18;
    return own;
  });
  return { width: room, height: y, upright: true, layers: placed };
}

/** The box of one map; of a lone unit, its cell. */
export function mapBox(layer, map) {
  const [column, row] = [map % layer.across, Math.floor(map / layer.across)];
  if (layer.lone) return { x: layer.x + column * layer.cell, y: layer.y + row * layer.cell, width: layer.cell, height: layer.cell };
  return {
    x: layer.x + column * (layer.mapWide + GAP), y: layer.y + row * (layer.mapHigh + GAP),
    width: layer.mapWide, height: layer.mapHigh,
  };
}

/** The box of a window of units on one map, rows and columns of the map. */
export function windowBox(layer, map, { top, left, height, width }) {
  const box = mapBox(layer, map);
  if (layer.lone) return box;
  return { x: box.x + left * layer.cell, y: box.y + top * layer.cell, width: width * layer.cell, height: height * layer.cell };
}

/** What lies under a point: {at: place of the layer, map, y, x}, or null. */
export function unitUnder({ layers }, px, py) {
  for (const [at, layer] of layers.entries()) {
    if (px < layer.x || py < layer.y || px >= layer.x + layer.wide || py >= layer.y + layer.high) continue;
    const step = layer.lone ? layer.cell : layer.mapWide + GAP;
    const rise = layer.lone ? layer.cell : layer.mapHigh + GAP;
    const map = Math.floor((py - layer.y) / rise) * layer.across + Math.floor((px - layer.x) / step);
    if (map >= layer.maps) return null;
    if (layer.lone) return { at, map, y: 0, x: 0 };
    const box = mapBox(layer, map);
    const [y, x] = [Math.floor((py - box.y) / layer.cell), Math.floor((px - box.x) / layer.cell)];
    return y < layer.height && x < layer.width ? { at, map, y, x } : null;
  }
  return null;
}
