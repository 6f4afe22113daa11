// How wide the strokes of a drawing are beside its size, and thin ones made as wide as those of MNIST.
// Arithmetic only, no page. The paper scales a digit to a fixed size and takes the width of its strokes as it comes:
// its digits were all written with similar pens. The networks read strokes far thinner than those as a 1.

/** Strokes are thin below this share of the drawing's longer side: 98 % of MNIST's training digits have wider ones. */
export const THIN = 0.061;

/** What thin strokes are widened to: the median of MNIST's training digits. */
export const USUAL = 0.105;

/** Of MNIST's training digits, 99 % have strokes narrower than this share. */
export const THICK = 0.2;

const INKED = 0.5; // of full ink: what belongs to a stroke
const FAINT = 0.15; // of full ink: what is taken for the soft edge of nothing

/**
 * How a mask's pixel may go, by its eight neighbours as bits, clockwise from the one above: 1 in the first half of a
 * pass, 2 in the second, 3 in both. Source: Zhang & Suen 1984, "A fast parallel algorithm for thinning digital patterns".
 */
const REMOVABLE = Uint8Array.from({ length: 256 }, (_, around) => {
  const at = (place) => (around >> (place & 7)) & 1;
  const places = [0, 1, 2, 3, 4, 5, 6, 7];
  const count = places.filter(at).length;
  const runs = places.filter((place) => !at(place) && at(place + 1)).length;
  if (count < 2 || count > 6 || runs !== 1) return 0;
  const [up, right, down, left] = [at(0), at(2), at(4), at(6)];
  return (up && right && down) || (right && down && left) ? ((up && right && left) || (up && down && left) ? 0 : 2)
    : (up && right && left) || (up && down && left) ? 1 : 3;
});

/** Takes a mask of 0 and 1 down to lines of one pixel, in place; its outermost pixels must be 0. */
function thinned(mask, across) {
  let left = [];
  mask.forEach((one, at) => one && left.push(at));
  for (let before = -1; before !== left.length; ) {
    before = left.length;
    for (const half of [1, 2]) {
      const gone = left.filter((at) => {
        const [above, below] = [at - across, at + across];
        const around = mask[above] | (mask[above + 1] << 1) | (mask[at + 1] << 2) | (mask[below + 1] << 3) |
          (mask[below] << 4) | (mask[below - 1] << 5) | (mask[at - 1] << 6) | (mask[above - 1] << 7);
        return REMOVABLE[around] & half;
      });
      for (const at of gone) mask[at] = 0;
      if (gone.length) left = left.filter((at) => mask[at]);
    }
  }
  return left;
}

/** Length of lines of one pixel: from each to its neighbours, aslant only where no two straight steps lead there. */
function lengthOf(line, mask, across) {
  let length = 0;
  for (const at of line) {
    const below = at + across;
    length += mask[at + 1] + mask[below];
    if (mask[below]) continue;
    length += Math.SQRT2 * ((mask[below + 1] & (1 - mask[at + 1])) + (mask[below - 1] & (1 - mask[at - 1])));
  }
  return Math.max(1, length);
}

/** The level that the darkest twentieth of the ink reaches: a single dark dot says nothing of a faint line. */
function fullInk(raster) {
  const count = [];
  let inked = 0;
  for (const level of raster) {
    if (!level) continue;
    count[level] = (count[level] ?? 0) + 1;
    inked += 1;
  }
  let level = count.length - 1;
  for (let above = count[level] ?? 0; level > 1 && above < inked / 20; above += count[level] ?? 0) level -= 1;
  return level;
}

/**
 * Mean width of the strokes: the ink's area by the length of its middle line.
 * @param {Uint8Array} raster levels, row by row, `across` in a row; 0 is paper
 * @param {{left: number, top: number, width: number, height: number}} crop the ink's rectangle
 * @returns {{width: number, length: number, full: number}} in pixels; full: the level that counts as full ink
 */
export function strokesOf(raster, across, crop) {
  const full = fullInk(raster);
  const wide = crop.width + 2;
  const mask = new Uint8Array(wide * (crop.height + 2));
  let area = 0;
  for (let y = 0; y < crop.height; y += 1) {
    const [from, to] = [(crop.top + y) * across + crop.left, (y + 1) * wide + 1];
    for (let x = 0; x < crop.width; x += 1) {
      const ink = Math.min(1, raster[from + x] / full);
      area += ink;
      if (ink >= INKED) mask[to + x] = 1;
    }
  }
  const length = lengthOf(thinned(mask, wide), mask, wide);
  return { width: area / length, length, full };
}

/**
 * The ink's rectangle with every stroke `radius` wider on each side, on paper of its own, as the edge of the
 * drawing would cut them off: each place takes the darkest ink within the radius, with soft edges.
 * @returns {{raster: Uint8Array, across: number}}
 */
function widened(raster, across, crop, radius, full, levels) {
  const reach = Math.ceil(radius + 0.5);
  const wide = crop.width + 2 * reach;
  const found = new Uint8Array(wide * (crop.height + 2 * reach));
  const disc = [];
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) {
      const covered = Math.min(1, radius + 1 - Math.hypot(x, y));
      if (covered > 0) disc.push({ step: y * wide + x, ink: levels * covered });
    }
  }
  for (let y = 0; y < crop.height; y += 1) {
    for (let x = 0; x < crop.width; x += 1) {
      const level = raster[(crop.top + y) * across + crop.left + x] / full;
      const ink = Math.min(1, (level - FAINT) / (INKED - FAINT));
      if (ink <= 0) continue;
      const at = (y + reach) * wide + x + reach;
      for (const one of disc) found[at + one.step] = Math.max(found[at + one.step], Math.round(ink * one.ink));
    }
  }
  return { raster: found, across: wide };
}

/**
 * A drawing whose strokes are not thin stays as it is; one with thin strokes gets them as wide as is usual.
 * @param {number} levels full ink
 * @returns {{raster: Uint8Array, across: number, share: number, radius: number}} share: the width of the strokes as
 *   drawn, of the longer side; radius: by how many pixels they grew on each side, 0 where they stayed
 */
export function withUsualStrokes(raster, across, crop, levels) {
  const { width, full } = strokesOf(raster, across, crop);
  const longer = Math.max(crop.width, crop.height);
  const share = width / longer;
  if (share >= THIN) return { raster, across, share, radius: 0 };
  const radius = (USUAL * longer - width) / (1 - USUAL) / 2; // the drawing grows as well
  return { ...widened(raster, across, crop, radius, full, levels), share, radius };
}
