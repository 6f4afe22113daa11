// Bends a digit: what a slider does to the picture that a network reads. Arithmetic only, no page.
// Pixels are those of the network's input, y downwards; 0 is paper and 1 full ink.

/**
 * @typedef {{key: string, name: string, low: number, high: number, step: number, neutral: number, unit: string,
 *   claim?: readonly number[]}} Bend a bend and its range; `claim` is where the paper estimates that LeNet-5 still recognises
 */

/**
 * The bends in the order of a list of sliders. Down, right and clockwise are positive; so is leaning to the right.
 * Claims: LeCun et al. 1998, p. 16: scale up to about a factor of 2, read here as to half and to double; vertical
 * shift of about half the height, here of the 20 pixels a digit has at most; rotation up to 30 degrees.
 * @type {ReadonlyArray<Bend>}
 */
export const BENDS = Object.freeze(
  [
    { key: "across", name: "Shift across", low: -16, high: 16, step: 0.5, neutral: 0, unit: "px" },
    { key: "down", name: "Shift down", low: -16, high: 16, step: 0.5, neutral: 0, unit: "px", claim: [-10, 10] },
    { key: "scale", name: "Scale", low: 0.25, high: 2.5, step: 0.05, neutral: 1, unit: "×", claim: [0.5, 2] },
    { key: "rotation", name: "Rotation", low: -180, high: 180, step: 1, neutral: 0, unit: "°", claim: [-30, 30] },
    { key: "squeeze", name: "Squeeze", low: 0.5, high: 2, step: 0.05, neutral: 1, unit: "×" },
    { key: "shear", name: "Shear", low: -1, high: 1, step: 0.05, neutral: 0, unit: "" },
    { key: "thickness", name: "Stroke width", low: -3, high: 3, step: 0.1, neutral: 0, unit: "px" },
    { key: "noise", name: "Noise", low: 0, high: 1, step: 0.01, neutral: 0, unit: "" },
    { key: "inversion", name: "Inversion", low: 0, high: 1, step: 0.01, neutral: 0, unit: "" },
  ].map((one) => Object.freeze(one.claim ? { ...one, claim: Object.freeze(one.claim) } : one)),
);

const SAMPLES = 3; // along each side of a pixel, where the picture shrinks

/** Every bend's amount: the neutral one where none is given, the end of the range beyond it. */
function amountsInRange(amounts) {
  const inRange = ({ key, low, high, neutral }) => {
    const wanted = amounts[key] ?? neutral;
    return [key, Number.isFinite(wanted) ? Math.min(high, Math.max(low, wanted)) : neutral];
  };
  return Object.fromEntries(BENDS.map(inRange));
}

/** The field in the middle of paper of side × side. */
function framedField(field, side) {
  const inner = Math.sqrt(field.length);
  const border = (side - inner) / 2;
  const picture = new Float32Array(side * side);
  for (let y = 0; y < inner; y += 1) {
    picture.set(field.slice(y * inner, (y + 1) * inner), (y + border) * side + border);
  }
  return picture;
}

/** Each pixel becomes the darkest (`pick` is Math.max) or the lightest in the disc around it; paper lies outside. */
function extremeInDisc(picture, side, radius, pick) {
  const places = Array.from({ length: 2 * radius + 1 }, (_, place) => place - radius);
  const square = places.flatMap((dy) => places.map((dx) => [dx, dy]));
  const disc = square.filter(([dx, dy]) => dx * dx + dy * dy <= radius * radius);
  return picture.map((own, here) => {
    const [x, y] = [here % side, Math.floor(here / side)];
    let found = own;
    for (const [dx, dy] of disc) {
      const inside = x + dx >= 0 && x + dx < side && y + dy >= 0 && y + dy < side;
      found = pick(found, inside ? picture[here + dy * side + dx] : 0);
    }
    return found;
  });
}

/** Strokes wider by `amount` pixels, half of it on either side; between whole radii a mixture of both. */
function thickened(picture, side, amount) {
  if (!amount) return picture;
  const [radius, pick] = [Math.abs(amount) / 2, amount > 0 ? Math.max : Math.min];
  const whole = Math.floor(radius);
  const less = whole ? extremeInDisc(picture, side, whole, pick) : picture;
  if (radius === whole) return less;
  const more = extremeInDisc(picture, side, whole + 1, pick);
  return less.map((value, here) => value + (radius - whole) * (more[here] - value));
}

/**
 * Where a place of the bent picture, seen from the middle, comes from: x = a·X + b·Y, y = c·X + d·Y.
 * Undoes rotation, then shear, then squeeze and scale; `stretch` is the most a step grows.
 */
function unbending({ scale, squeeze, shear, rotation }) {
  const angle = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [narrow, tall] = [scale / squeeze, scale * squeeze];
  const [a, b] = [(cos - shear * sin) / narrow, (sin + shear * cos) / narrow];
  const [c, d] = [-sin / tall, cos / tall];
  const squares = a * a + b * b + c * c + d * d;
  const area = a * d - b * c;
  const stretch = Math.sqrt((squares + Math.sqrt(Math.max(0, squares ** 2 - 4 * area ** 2))) / 2);
  return { a, b, c, d, stretch };
}

/** The picture between its pixels; paper outside. */
function bilinear(picture, side, x, y) {
  if (!(x > -1 && y > -1 && x < side && y < side)) return 0;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const inside = (column, row) => column >= 0 && column < side && row >= 0 && row < side;
  const value = (column, row) => (inside(column, row) ? picture[row * side + column] : 0);
  const upper = value(left, top) * (1 - (x - left)) + value(left + 1, top) * (x - left);
  const lower = value(left, top + 1) * (1 - (x - left)) + value(left + 1, top + 1) * (x - left);
  return upper * (1 - (y - top)) + lower * (y - top);
}

/** Where in a pixel to look, from its middle; the more apart, the more the picture shrinks, so that no slider jumps. */
function sampleOffsets(stretch) {
  if (stretch < 1 + 1e-6) return [0];
  const apart = Math.min(1, stretch - 1);
  return Array.from({ length: SAMPLES }, (_, place) => ((place + 0.5) / SAMPLES - 0.5) * apart);
}

/** Scaled, squeezed, sheared and rotated about the middle, then shifted. */
function warped(picture, side, amounts) {
  const { a, b, c, d, stretch } = unbending(amounts);
  const offsets = sampleOffsets(stretch);
  const middle = (side - 1) / 2;
  return picture.map((_, here) => {
    const X = (here % side) - middle - amounts.across;
    const Y = Math.floor(here / side) - middle - amounts.down;
    let sum = 0;
    for (const dy of offsets) {
      for (const dx of offsets) {
        const x = a * (X + dx) + b * (Y + dy) + middle;
        const y = c * (X + dx) + d * (Y + dy) + middle;
        sum += bilinear(picture, side, x, y);
      }
    }
    return sum / offsets.length ** 2;
  });
}

/** A number from 0 to below 1 for each pixel and seed, the same everywhere. */
function lot(seed, here) {
  let bits = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(here + 1, 0xc2b2ae35);
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * The bent picture; neutral amounts give the unbent one exactly. Stroke width comes first, then scale, squeeze,
 * shear, rotation and shift, then noise, which inverts pixels with this probability, then inversion.
 * @param {Float32Array} field 28 × 28, 0 to 1, as `prepare` gives it
 * @param {Object<string, number>} amounts by key of BENDS; `seed` chooses the pixels that noise inverts
 * @returns {Float32Array} side × side, 0 to 1, the digit in the middle as in the network's input
 */
export function bend(field, amounts, side) {
  const wanted = amountsInRange(amounts);
  const picture = warped(thickened(framedField(field, side), side, wanted.thickness), side, wanted);
  const { noise, inversion } = wanted;
  const seed = amounts.seed ?? 0;
  if (!noise && !inversion) return picture;
  return picture.map((value, here) => {
    const kept = noise && lot(seed, here) < noise ? 1 - value : value;
    return kept + inversion * (1 - 2 * kept);
  });
}
