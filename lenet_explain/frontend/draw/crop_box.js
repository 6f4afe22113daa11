// The part of a picture to look at, as a box that is moved, resized and drawn anew. Arithmetic only, no page.
// A box is {left, top, width, height} and a place {x, y}, in fractions of the picture.

export const LEAST = 0.02; // of the picture, a side of the box

const within = (value, low, high) => Math.min(high, Math.max(low, value));

/** The box between two places, pushed into the picture, no side below LEAST. */
export function between(one, other) {
  const side = (from, to) => {
    const [low, high] = [Math.min(from, to), Math.max(from, to)].map((at) => within(at, 0, 1));
    const length = Math.max(LEAST, high - low);
    return { low: within(low, 0, 1 - length), length };
  };
  const [across, down] = [side(one.x, other.x), side(one.y, other.y)];
  return { left: across.low, top: down.low, width: across.length, height: down.length };
}

/** The box pushed along, its size kept, no further than the picture's edge. */
export function moved(box, dx, dy) {
  return { ...box, left: within(box.left + dx, 0, 1 - box.width), top: within(box.top + dy, 0, 1 - box.height) };
}

/** The box with a corner elsewhere; corner: {x: 0 or 1, y: 0 or 1}, 0 the left and the top one. It does not turn over. */
export function resized(box, corner, to) {
  const side = (low, length, end, at) => {
    if (end) return { low, length: within(at, low + LEAST, 1) - low };
    const high = low + length;
    const start = within(at, 0, high - LEAST);
    return { low: start, length: high - start };
  };
  const [across, down] = [side(box.left, box.width, corner.x, to.x), side(box.top, box.height, corner.y, to.y)];
  return { left: across.low, top: down.low, width: across.length, height: down.length };
}

/** The box larger by a share of its longer side on each side: a digit with some paper around. */
export function padded(box, share, aspect) {
  const margin = share * Math.max(box.width * aspect, box.height); // in heights of the picture
  const [x, y] = [margin / aspect, margin];
  return between({ x: box.left - x, y: box.top - y }, { x: box.left + box.width + x, y: box.top + box.height + y });
}
