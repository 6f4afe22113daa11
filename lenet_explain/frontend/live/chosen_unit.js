// The unit that all views open: the one under the pointer, else the one that was kept. A link may name any unit: one
// that the network does not have is none.
import { live } from "./live.js";

const INPUT = "input";

/** @returns {null | {index: number, name: string, map: number, y: number, x: number}} index −1: a pixel of the input */
export function chosenUnit(space, said = live().hovered ?? live().unit) {
  if (!said) return null;
  const index = said.layer === INPUT ? -1 : space.steps.findIndex(({ layer }) => layer.name === said.layer);
  if (index < 0 && said.layer !== INPUT) return null;
  const { maps, height, width } = index < 0 ? space.input : space.steps[index].sums;
  if (said.map >= maps || said.y >= height || said.x >= width) return null;
  return { index, name: said.layer, map: said.map, y: said.y, x: said.x };
}

/** The unit's place as the state keeps it. */
export const placed = (space, at, map, y, x) => ({ layer: at < 0 ? INPUT : space.steps[at].layer.name, map, y, x });

/** 'C3 map 4, row 2, column 3'; 'F6 unit 17'. */
export function placeWords(space, { index, name, map, y, x }) {
  if (index < 0) return `input row ${y}, column ${x}`;
  const { height, width } = space.steps[index].sums;
  return height * width === 1 ? `${name} unit ${map}` : `${name} map ${map}, row ${y}, column ${x}`;
}

/** Whether two places are the same unit. */
export const sameUnit = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** The neighbour of a unit in a direction, over the edge into the next map; null where there is none. */
export function neighbour({ maps, height, width }, { map, y, x }, [down, across], columns) {
  if (height * width === 1) {
    const next = map + across + down * columns;
    return next >= 0 && next < maps ? { map: next, y: 0, x: 0 } : null;
  }
  const [row, column] = [y + down, x + across];
  if (row >= 0 && row < height && column >= 0 && column < width) return { map, y: row, x: column };
  const other = map + (down || across);
  if (other < 0 || other >= maps) return null;
  return { map: other, y: (row + height) % height, x: (column + width) % width };
}
