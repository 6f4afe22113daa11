// Where the tiles go: pure arithmetic in device pixels, no canvas and no page.

/**
 * @typedef {{rows: number, columns: number, height: number, width: number, joined: boolean, tall: number}} Grid
 *   rows × columns tiles of height × width cells; joined tiles touch and are never wrapped; else at most `tall` px
 * @typedef {{width: number, maxHeight: number, ratio: number, font: number, left: number}} Space
 *   device pixels to fill; `left` is kept free for row labels, `font` is the label size
 * @typedef {{row: number, column: number, y: number, x: number}} Cell tile and cell in it, from 0
 */

const scalar = (grid) => grid.height === 1 && grid.width === 1 && !grid.joined;

/** Sides and gap of tiles whose cells are `cell` wide, `perBand` of them in `room`; null where they do not fit. */
function tileSize(grid, cell, perBand, room, ratio) {
  const width = grid.width * cell;
  const height = scalar(grid) ? Math.round(Math.min(Math.max(cell, 22 * ratio), 34 * ratio)) : grid.height * cell;
  const tenth = scalar(grid) ? 0 : Math.floor(0.1 * Math.max(width, height));
  const least = grid.joined ? 0 : Math.max(Math.round(ratio), tenth);
  const spare = room - perBand * width - (perBand - 1) * least;
  if (spare < 0) return null;
  const comfortable = scalar(grid) ? 3 * ratio : Math.max(2 * ratio, 0.12 * Math.max(width, height));
  const wider = least + Math.floor(spare / Math.max(1, perBand - 1));
  return { width, height, gap: grid.joined ? 0 : Math.min(wider, Math.round(comfortable)) };
}

function largestCell(grid, ratio) {
  const css = scalar(grid) ? 72 : grid.joined ? 12 : grid.tall / Math.max(grid.height, grid.width);
  return Math.max(1, Math.floor(css * ratio));
}

/** The layout of one candidate, or null where it is wider than the space. */
function tryOut(grid, pictures, across, perBand, cell, space) {
  const { ratio, font } = space;
  const between = Math.round(24 * ratio);
  const pictureWidth = Math.floor((space.width - (across - 1) * between) / across);
  const tile = tileSize(grid, cell, perBand, pictureWidth - space.left - Math.ceil(2 * ratio), ratio);
  if (!tile) return null;
  const bands = Math.ceil(grid.columns / perBand);
  const labelHeight = Math.round(font * 1.4);
  const titleHeight = Math.round(font * 1.75);
  const bandHeight = labelHeight + grid.rows * (tile.height + tile.gap) - tile.gap;
  const bandStep = bandHeight + Math.round(8 * ratio);
  const pictureHeight = titleHeight + (bands - 1) * bandStep + bandHeight;
  const origins = Array.from({ length: pictures }, (_, index) => ({
    x: (index % across) * (pictureWidth + between),
    y: Math.floor(index / across) * (pictureHeight + between),
  }));
  const height = origins[pictures - 1].y + pictureHeight + Math.ceil(3 * ratio);
  return { ...space, cell, tile, perBand, bands, labelHeight, titleHeight, bandStep, pictureWidth, origins, height };
}

/**
 * The arrangement with the largest cells that fits: pictures beside or below each other, columns in one band or more.
 * Bands cost a little, since a table that is not cut reads better; too tall costs much.
 * @param {Grid} grid @param {number} pictures @param {Space} space
 */
export function arrange(grid, pictures, space) {
  let best = null;
  for (let across = 1; across <= pictures; across += 1) {
    for (let wanted = 1; wanted <= (grid.joined ? 1 : Math.min(grid.columns, 8)); wanted += 1) {
      const perBand = Math.ceil(grid.columns / wanted);
      for (let cell = largestCell(grid, space.ratio); cell >= 1; cell -= 1) {
        const found = tryOut(grid, pictures, across, perBand, cell, space);
        if (!found || (found.height > space.maxHeight && cell > 1)) continue;
        const excess = Math.max(1, found.height / space.maxHeight);
        const score = (cell * (1 + 0.15 * (across - 1))) / found.bands ** 0.75 / excess ** 2;
        if (!best || score > best.score) best = { ...found, score };
        break;
      }
    }
  }
  return best;
}

/** The rectangle of a tile in a picture. */
export function tileBox(layout, grid, picture, row, column) {
  const { tile, origins, perBand } = layout;
  const top = origins[picture].y + layout.titleHeight + Math.floor(column / perBand) * layout.bandStep;
  return {
    x: origins[picture].x + layout.left + (column % perBand) * (tile.width + tile.gap),
    y: top + layout.labelHeight + row * (tile.height + tile.gap),
    width: tile.width,
    height: tile.height,
  };
}

/**
 * The cell under a point, gaps counted to the tile before them; null outside every picture.
 * @returns {Cell | null}
 */
export function cellAt(layout, grid, x, y) {
  for (let picture = 0; picture < layout.origins.length; picture += 1) {
    for (let band = 0; band < layout.bands; band += 1) {
      const first = tileBox(layout, grid, picture, 0, band * layout.perBand);
      const column = Math.floor((x - first.x) / (first.width + layout.tile.gap));
      const row = Math.floor((y - first.y) / (first.height + layout.tile.gap));
      if (row < 0 || row >= grid.rows || column < 0 || column >= layout.perBand) continue;
      if (band * layout.perBand + column >= grid.columns) continue;
      const box = tileBox(layout, grid, picture, row, band * layout.perBand + column);
      const inside = (at, side, cells) => Math.min(cells - 1, Math.floor((at / side) * cells));
      return {
        row,
        column: band * layout.perBand + column,
        y: inside(y - box.y, box.height, grid.height),
        x: inside(x - box.x, box.width, grid.width),
      };
    }
  }
  return null;
}

/**
 * The cell `dy` down and `dx` to the right, as if all tiles touched; stops at the edge.
 * @param {Grid} grid @param {Cell} cell
 */
export function moved(grid, cell, dy, dx) {
  const clamp = (value, count) => Math.min(count - 1, Math.max(0, value));
  const down = clamp(cell.row * grid.height + cell.y + dy, grid.rows * grid.height);
  const right = clamp(cell.column * grid.width + cell.x + dx, grid.columns * grid.width);
  return {
    row: Math.floor(down / grid.height),
    column: Math.floor(right / grid.width),
    y: down % grid.height,
    x: right % grid.width,
  };
}

/** Every how many labels one can be written, where neighbours are `pitch` apart and a label needs `room`. */
export function labelStep(pitch, room) {
  return [1, 2, 5, 10, 20, 50].find((step) => step * pitch >= room) ?? 100;
}

/** Index of a cell in a tensor of shape (rows, columns, height, width). */
export function cellIndex(grid, cell) {
  return ((cell.row * grid.columns + cell.column) * grid.height + cell.y) * grid.width + cell.x;
}
