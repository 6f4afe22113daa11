// Draws tiles on a canvas; everything it needs is handed over, nothing is kept.
import { tileBox, labelStep, cellIndex } from "./tile_layout.js";
import { inkOn, pattern } from "./tile_colours.js";

function outline(context, box, colour, thickness, outside = 0) {
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  const shift = outside - thickness / 2;
  context.strokeRect(box.x - shift, box.y - shift, box.width + 2 * shift, box.height + 2 * shift);
}

/** Covers the cells of one tile that are not finite. */
function coverBroken(context, scene, values, box, row, column) {
  const { grid } = scene;
  const sides = { width: box.width / grid.width, height: box.height / grid.height };
  context.fillStyle = scene.checks;
  for (let y = 0; y < grid.height; y += 1) {
    for (let x = 0; x < grid.width; x += 1) {
      if (Number.isFinite(values[cellIndex(grid, { row, column, y, x })])) continue;
      context.fillRect(box.x + x * sides.width, box.y + y * sides.height, sides.width, sides.height);
    }
  }
}

/** Writes a lone value into its tile where it fits. */
function writeValue(context, scene, value, box) {
  const words = scene.signed(value);
  context.font = scene.font(1);
  if (context.measureText(words).width > box.width - 4 * scene.layout.ratio) return;
  context.fillStyle = inkOn(value, scene.meta.limit, scene.palette);
  context.textAlign = "center";
  context.fillText(words, box.x + box.width / 2, box.y + box.height / 2);
}

function paintTile(context, scene, picture, row, column) {
  const { grid, layout, palette, meta } = scene;
  const box = tileBox(layout, grid, picture, row, column);
  const thin = Math.max(1, Math.round(layout.ratio));
  if (meta.present && !meta.present[row * grid.columns + column]) {
    context.fillStyle = scene.hatch;
    context.fillRect(box.x, box.y, box.width, box.height);
    context.globalAlpha = 0.4;
    outline(context, box, palette.quiet, thin);
    context.globalAlpha = 1;
    return;
  }
  const from = { x: column * grid.width, y: row * grid.height };
  const { x, y, width, height } = box;
  context.drawImage(scene.bitmaps[picture], from.x, from.y, grid.width, grid.height, x, y, width, height);
  if (scene.broken[picture]) coverBroken(context, scene, scene.values[picture], box, row, column);
  if (layout.tile.gap > 2 * layout.ratio) {
    context.globalAlpha = 0.35;
    outline(context, box, palette.quiet, thin, thin);
    context.globalAlpha = 1;
  }
  const value = scene.values[picture][row * grid.columns + column];
  if (grid.height * grid.width === 1 && Number.isFinite(value)) writeValue(context, scene, value, box);
}

function paintTiles(context, scene, picture) {
  const { grid } = scene;
  if (grid.joined && !scene.broken[picture]) return paintJoined(context, scene, picture);
  for (let row = 0; row < grid.rows; row += 1) {
    for (let column = 0; column < grid.columns; column += 1) paintTile(context, scene, picture, row, column);
  }
}

/** Tiles that touch are one image. */
function paintJoined(context, scene, picture) {
  const { layout, grid } = scene;
  const { x, y, width, height } = tileBox(layout, grid, picture, 0, 0);
  context.drawImage(scene.bitmaps[picture], x, y, width * grid.columns, height * grid.rows);
}

/** Writes one label, the cursor's own in the accent. */
function writeLabel(context, scene, words, x, y, chosen) {
  context.font = scene.font(1, chosen ? 700 : 400);
  context.fillStyle = chosen ? scene.palette.accent : scene.palette.quiet;
  context.fillText(words, x, y);
}

function paintColumnLabels(context, scene, picture) {
  const { grid, layout, meta, cursor } = scene;
  const widest = Math.max(...meta.columnLabels.map((words) => context.measureText(words).width));
  const pitch = layout.tile.width + layout.tile.gap;
  const step = labelStep(pitch, widest + 5 * layout.ratio);
  context.textAlign = "center";
  for (let column = 0; column < grid.columns; column += 1) {
    const chosen = cursor?.column === column;
    const crowded = !chosen && cursor && Math.abs(column - cursor.column) * pitch < widest + 3 * layout.ratio;
    const sameBand = cursor && Math.floor(column / layout.perBand) === Math.floor(cursor.column / layout.perBand);
    if (!chosen && (column % step || (crowded && sameBand))) continue;
    const box = tileBox(layout, grid, picture, 0, column);
    const middle = box.x + box.width / 2;
    const half = context.measureText(meta.columnLabels[column]).width / 2;
    const x = Math.min(middle, layout.origins[picture].x + layout.pictureWidth - half);
    writeLabel(context, scene, meta.columnLabels[column], x, box.y - layout.labelHeight * 0.45, chosen);
  }
}

function paintRowLabels(context, scene, picture) {
  const { grid, layout, meta, cursor } = scene;
  const pitch = layout.tile.height + layout.tile.gap;
  const step = labelStep(pitch, layout.font);
  context.textAlign = "right";
  for (let band = 0; band < layout.bands; band += 1) {
    const ownBand = cursor && Math.floor(cursor.column / layout.perBand) === band;
    for (let row = 0; row < grid.rows; row += 1) {
      const chosen = ownBand && cursor.row === row;
      const crowded = ownBand && Math.abs(row - cursor.row) * pitch < layout.font;
      if (!chosen && (row % step || crowded)) continue;
      const box = tileBox(layout, grid, picture, row, band * layout.perBand);
      writeLabel(context, scene, meta.rowLabels[row], box.x - 5 * layout.ratio, box.y + box.height / 2, chosen);
    }
  }
}

/** The picture's title and, where there is room, what its columns and rows are. */
function paintTitle(context, scene, picture) {
  const { layout, meta, palette } = scene;
  const { x, y } = layout.origins[picture];
  const middle = y + layout.titleHeight * 0.42;
  context.textAlign = "left";
  context.font = scene.font(1.12, 600);
  context.fillStyle = palette.text;
  context.fillText(meta.titles[picture], x, middle);
  const taken = context.measureText(meta.titles[picture]).width + 16 * layout.ratio;
  context.font = scene.font(1);
  context.fillStyle = palette.quiet;
  const axes = [`${meta.rowAxis} ↓`, `${meta.columnAxis} →`].slice(meta.rowAxis ? 0 : 1).join("   ");
  const words = [axes, `${meta.columnAxis} →`].find(
    (choice) => taken + context.measureText(choice).width <= layout.pictureWidth,
  );
  if (!words || !meta.columnAxis) return;
  context.textAlign = "right";
  const end = tileBox(layout, scene.grid, picture, 0, layout.perBand - 1);
  const right = Math.max(end.x + end.width, x + taken + context.measureText(words).width);
  context.fillText(words, right, middle);
}

/** Frames the tile and the cell under the cursor. */
function paintCursor(context, scene, picture) {
  const { grid, layout, cursor, palette } = scene;
  const box = tileBox(layout, grid, picture, cursor.row, cursor.column);
  const thick = Math.max(1, Math.round(2 * layout.ratio));
  outline(context, box, palette.accent, thick, thick);
  const cell = { width: box.width / grid.width, height: box.height / grid.height };
  if (scene.absent || cell.width < 5 * layout.ratio || grid.height * grid.width === 1) return;
  const at = { x: box.x + cursor.x * cell.width, y: box.y + cursor.y * cell.height, ...cell };
  outline(context, at, palette.background, thick * 2, thick / 2);
  outline(context, at, palette.text, thick, thick / 2);
}

/** Draws the whole scene anew. */
export function paint(context, scene) {
  const { layout } = scene;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  context.textBaseline = "middle";
  scene.hatch = pattern(context, "hatch", scene.palette, layout.ratio);
  scene.checks = pattern(context, "checks", scene.palette, layout.ratio);
  for (let picture = 0; picture < layout.origins.length; picture += 1) {
    paintTiles(context, scene, picture);
    paintTitle(context, scene, picture);
    context.font = scene.font(1);
    paintColumnLabels(context, scene, picture);
    paintRowLabels(context, scene, picture);
    if (scene.cursor) paintCursor(context, scene, picture);
  }
}

/** The cells that the loupe shows, and the cursor's place among them; of joined tiles a neighbourhood. */
function underLoupe(grid, cursor) {
  if (!grid.joined) {
    const from = { x: cursor.column * grid.width, y: cursor.row * grid.height };
    return { ...from, width: grid.width, height: grid.height, at: cursor };
  }
  const reach = 5;
  const side = 2 * reach + 1;
  return { x: cursor.column - reach, y: cursor.row - reach, width: side, height: side, at: { x: reach, y: reach } };
}

/** The tile under the cursor enlarged, a square of `side` for each picture, its title's first word below. */
export function paintLoupe(context, scene, side) {
  const { cursor, palette, meta, layout } = scene;
  const thin = Math.max(1, Math.round(layout.ratio));
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  context.imageSmoothingEnabled = false;
  context.font = `${Math.round(14 * layout.ratio)}px ${scene.family}`;
  context.fillStyle = palette.quiet;
  scene.bitmaps.forEach((source, picture) => {
    const left = picture * (side + Math.round(8 * layout.ratio));
    context.fillText(meta.titles[picture].split(" ")[0], left, context.canvas.height - 5 * layout.ratio);
    context.globalAlpha = 0.35;
    outline(context, { x: left, y: 0, width: side, height: side }, palette.quiet, thin);
    context.globalAlpha = 1;
    if (!cursor || scene.absent) return;
    const { x, y, width, height, at } = underLoupe(scene.grid, cursor);
    const zoom = Math.floor((side - 2 * thin) / Math.max(width, height));
    const corner = { x: left + Math.floor((side - zoom * width) / 2), y: Math.floor((side - zoom * height) / 2) };
    context.drawImage(source, x, y, width, height, corner.x, corner.y, zoom * width, zoom * height);
    const cell = { x: corner.x + at.x * zoom, y: corner.y + at.y * zoom, width: zoom, height: zoom };
    outline(context, cell, palette.background, 2 * thin, thin);
    outline(context, cell, palette.text, thin, thin);
  });
}
