// The table itself: a row for each input map, a column for each map that is made of them.
import { made, signedColours, sized, stamp } from "../page/dom.js";
import { describedLinks } from "../network/network.js";
import { rove } from "../page/roving.js";

const THUMB = 30; // CSS pixels of a map beside the table
// a link's mark, by [linked, described]; not by colour alone
const MARKS = { "1,1": ["●", "there"], "0,1": ["✕", "cut"], "1,0": ["○", "added"], "0,0": ["", "none"] };

const peak = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Elements for so many maps and inputs; choose(map) and toggle(at) are called for what was pressed. */
export function buildGrid(parent, { name, before, maps, inputs }, { choose, toggle }) {
  const header = (words, act) => {
    const [canvas, label] = [made("canvas", "", "", { ariaHidden: "true" }), made("b", "", words)];
    const element = made(act ? "button" : "div", act ? "head" : "side", act ? [label, canvas] : [label, canvas], act ? { type: "button", onclick: act } : {});
    element.setAttribute("role", act ? "columnheader" : "rowheader");
    return { element, canvas };
  };
  const heads = Array.from({ length: maps }, (_, map) => header(String(map), () => choose(map)));
  heads.forEach(({ element }, map) => element.setAttribute("aria-label", `${name} map ${map}`));
  const sides = Array.from({ length: inputs }, (_, input) => header(`${before} ${input}`, null));
  const cells = Array.from({ length: maps * inputs }, (_, at) => {
    const cell = made("button", "cell", "", { type: "button", onclick: () => toggle(at) });
    cell.setAttribute("role", "gridcell");
    return cell;
  });
  const row = (first, others) => {
    const element = made("div", "tr", [first, ...others]);
    element.setAttribute("role", "row");
    return element;
  };
  const corner = made("div", "corner", name);
  corner.setAttribute("role", "presentation");
  const lines = sides.map(({ element }, input) => row(element, heads.map((_, map) => cells[map * inputs + input])));
  parent.replaceChildren(row(corner, heads.map(({ element }) => element)), ...lines);
  parent.setAttribute("aria-label", `which ${before} maps each ${name} map reads`);
  parent.style.setProperty("--maps", maps);
  const stops = [...heads.map(({ element }) => element), ...sides.flatMap((_, input) => heads.map((__, map) => cells[map * inputs + input]))];
  rove(parent, stops, () => maps, (to) => stops[to].scrollIntoView({ block: "nearest", inline: "nearest" }));
  return { name, before, maps, inputs, heads, sides, cells };
}

const setIf = (element, name, value) => element.getAttribute(name) === value || element.setAttribute(name, value);

/** Marks, names and little pictures as they are now; `chosen` is a map. */
export function showGrid(grid, { layer, linked, chosen, step, palette }) {
  const described = describedLinks(layer);
  const { name, before, inputs } = grid;
  grid.cells.forEach((cell, at) => {
    const [map, input] = [Math.floor(at / inputs), at % inputs];
    const [mark, state] = MARKS[[linked[at], described[at]]];
    if (cell.textContent !== mark) cell.textContent = mark;
    const said = linked[at] ? "reads" : "does not read";
    const more = state === "added" ? ", added: weights 0" : state === "cut" ? ", cut" : "";
    setIf(cell, "aria-label", `${name} map ${map} ${said} ${before} map ${input}${more}`);
    setIf(cell, "aria-selected", String(linked[at] === 1));
    cell.className = `cell ${state}${map === chosen ? " in" : ""}`;
  });
  grid.heads.forEach(({ element }, map) => {
    setIf(element, "aria-selected", String(map === chosen));
    element.classList.toggle("in", map === chosen);
  });
  grid.sides.forEach(({ element }, input) => element.classList.toggle("lit", linked[chosen * inputs + input] === 1));
  paintThumbs(grid.sides, step.before, palette);
  paintThumbs(grid.heads, step.values, palette);
}

function paintThumbs(parts, { height, width, data }, palette) {
  const colours = signedColours(palette, peak(data));
  parts.forEach(({ canvas }, map) => {
    const values = data.subarray(map * height * width, (map + 1) * height * width);
    stamp(sized(canvas, THUMB, THUMB), values, width, height, { x: 0, y: 0, width: THUMB, height: THUMB }, colours);
  });
}
