// From numbers to colours: the pixels of a picture, and the patterns that stand for what has no colour.

/** '#0b5cad' → [11, 92, 173] */
function channels(hex) {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

/** 511 colours (4 bytes each, as an image stores them) from negative over zero to positive, mixed as the legend is. */
function shades(palette) {
  const [negative, zero, positive] = [palette.negative, palette.zero, palette.positive].map(channels);
  const bytes = new Uint8ClampedArray(4 * 511).fill(255);
  for (let index = 0; index < 511; index += 1) {
    const share = Math.abs(index - 255) / 255;
    const end = index < 255 ? negative : positive;
    bytes.set(zero.map((channel, at) => Math.round(channel + share * (end[at] - channel))), 4 * index);
  }
  return new Uint32Array(bytes.buffer);
}

/**
 * A canvas with one pixel for each cell, tiles touching.
 * @param {Float32Array} values shape (rows, columns, height, width)
 * @param {number} limit the size that gets the full colour
 */
function bitmap(values, grid, limit, palette) {
  const canvas = document.createElement("canvas");
  canvas.width = grid.columns * grid.width;
  canvas.height = grid.rows * grid.height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = shades(palette);
  const broken = new Uint32Array(new Uint8ClampedArray([...channels(palette.text), 255]).buffer)[0];
  const tileCells = grid.height * grid.width;
  values.forEach((value, index) => {
    const tile = Math.floor(index / tileCells);
    const y = Math.floor(tile / grid.columns) * grid.height + Math.floor((index % tileCells) / grid.width);
    const x = (tile % grid.columns) * grid.width + (index % grid.width);
    const share = limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0;
    pixels[y * canvas.width + x] = Number.isFinite(value) ? colours[255 + Math.round(255 * share)] : broken;
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/** Relative luminance of a colour, 0 to 1 (WCAG 2). */
function luminance(colour) {
  const shares = colour.map((channel) => channel / 255);
  const linear = shares.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

/**
 * Whichever of text and background stands out more from a value's own colour; where neither does enough (4.5 : 1, WCAG
 * AA), black or white.
 */
export function inkOn(value, limit, palette) {
  const end = channels(value < 0 ? palette.negative : palette.positive);
  const share = limit > 0 ? Math.min(1, Math.abs(value) / limit) : 0;
  const under = luminance(channels(palette.zero).map((channel, at) => channel + share * (end[at] - channel)));
  const contrast = (light) => (Math.max(light, under) + 0.05) / (Math.min(light, under) + 0.05);
  const [text, paper] = [palette.text, palette.background].map((ink) => contrast(luminance(channels(ink))));
  if (Math.max(text, paper) >= 4.5) return text >= paper ? palette.text : palette.background;
  return contrast(0) >= contrast(1) ? "black" : "white";
}

/** A small repeated drawing: "hatch" for what is absent, "checks" for what is not a number. */
export function pattern(context, kind, palette, ratio) {
  const side = Math.round((kind === "hatch" ? 6 : 4) * ratio);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const pen = canvas.getContext("2d");
  if (kind === "checks") {
    pen.fillStyle = palette.background;
    pen.fillRect(0, 0, side, side);
    pen.fillStyle = palette.text;
    pen.fillRect(0, 0, side / 2, side / 2);
    pen.fillRect(side / 2, side / 2, side / 2, side / 2);
  } else {
    pen.strokeStyle = palette.quiet;
    pen.lineWidth = 0.75 * ratio;
    pen.globalAlpha = 0.45;
    for (const shift of [-side, 0, side]) {
      pen.moveTo(shift, side);
      pen.lineTo(shift + side, 0);
    }
    pen.stroke();
  }
  return context.createPattern(canvas, "repeat");
}

/** Prepares what paint needs from the numbers: pixels, and which pictures hold a value that is not finite. */
export function prepare(meta, grid, values) {
  return {
    bitmaps: values.map((array) => bitmap(array, grid, meta.limit, meta.palette)),
    broken: values.map((array) => !array.every(Number.isFinite)),
  };
}
