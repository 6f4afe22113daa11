// What a run's curves say in words: the heads of their panels, and what stands at the cursor.

import { place, xs } from "./curves_axes.js";
import { SIGNS } from "./curves_marks.js";
import { count, filled, number, percent, seconds } from "./curves_words.js";

const HINT = "Point at a curve to read its values; drag to zoom, double-click to see all.";
const WORDS = { number, percent, count, seconds };

function element(tag, name, words = "") {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  return made;
}

export function writeHead(room, { head, legend, lines }) {
  const signs = lines.map(({ name, colour, dashed, thin, mark }) => {
    const line = element("span", "line");
    line.style.color = colour;
    const sign = element("span", ["sign", dashed && "dashed", thin && "thin"].filter(Boolean).join(" "));
    if (mark) sign.append(element("span", "mark", SIGNS[mark]));
    line.append(sign, name);
    return line;
  });
  room.replaceChildren(element("span", "title", head), ...(legend ? signs : []));
}

/** Row by row what stands at the cursor: { name, colour, parts: [['step', '218'], ['loss', '0.231', ' training'], …] } */
function readings(view, index) {
  const { columns, readout } = view.data;
  return readout.map(({ name, colour, present, parts }) => {
    const at = present ? filled(xs(view), columns[present], index) : index;
    const words = parts.map(({ name: part, values }) => [
      part, ...values.flatMap(([column, how, after]) => [WORDS[how](columns[column][at]), after]),
    ]);
    return { name, colour, parts: words };
  });
}

function partOf([name, ...words], ownPlace) {
  const part = element("span", "part", name && `${name} `);
  if (ownPlace) part.style.gridArea = name;
  part.append(...words.map((word, at) => (at % 2 ? word : element("b", "", word))));
  return part;
}

/** @param {boolean} spoken whether a screen reader should hear it: not when only the data moved */
export function readOut(view, spoken) {
  const { readout, spoken: voice } = view.part;
  const index = place(view);
  const rows = index < 0 ? [] : readings(view, index);
  const named = view.data.readout.some(({ name }) => name); // a row for each run, not one for all
  readout.classList.toggle("hint", !rows.length);
  readout.classList.toggle("rows", named);
  readout.style.setProperty("--rows", view.data.readout.length);
  readout.replaceChildren(
    ...rows.flatMap(({ name, colour, parts }) => {
      if (!named) return parts.map((part) => partOf(part, true));
      const row = element("div", "row");
      const label = element("b", "name", name);
      label.style.color = colour;
      row.append(label, ...parts.map((part) => partOf(part, false)));
      return [row];
    }),
  );
  if (!rows.length) readout.textContent = HINT;
  const said = ({ name, parts }) => [name, ...parts.map(([part, ...words]) => `${part} ${words.join("")}`.trim())];
  if (spoken) voice.textContent = rows.map((row) => said(row).filter(Boolean).join(" · ")).join("; ");
}
