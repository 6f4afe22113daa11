// What the links cost: parameters and connections of one map, its layer and the network, as described and now.
import { made } from "../page/dom.js";
import { countsNow } from "../live/live.js";
import { describedLinks, linksNow } from "../network/network.js";
import { changesOf, mapCounts, networkCounts } from "./wiring_table.js";

const grouped = (number) => number.toLocaleString("en-US");
const counted = (number, word) => `${grouped(number)} ${word}${number === 1 ? "" : "s"}`;

/** '25·4 + 1' of a map with four links and its bias. */
const sumWords = (layer, links, maps) => (layer.bias ? `${layer.cells}·${links} + ${maps}` : `${layer.cells}·${links}`);

/** Rows of the table: {name, words: how its parameters are counted, area, before, now}. base: the network as described. */
export function countRows(layer, { base, network, map }) {
  const [linked, described] = [linksNow(layer), describedLinks(layer)];
  const links = linked.reduce((sum, one) => sum + one, 0);
  const own = base.layers.find(({ name }) => name === layer.name);
  const area = layer.height * layer.width;
  const now = mapCounts(layer, linked, map);
  return [
    { name: `${layer.name} map ${map}`, words: sumWords(layer, now.links, 1), area, before: mapCounts(layer, described, map), now },
    { name: layer.name, words: sumWords(layer, links, layer.maps), area, before: countsNow(own), now: countsNow(layer) },
    { name: network.title, words: "", area: 0, before: networkCounts(base), now: networkCounts(network) },
  ];
}

/** '1,516 → 2,416 (+900)', or only the number where nothing changed; below it how it is counted. */
function numberCell(row, what, line) {
  const [then, now] = [row.before[what], row.now[what]];
  const difference = `${now > then ? "+" : "−"}${grouped(Math.abs(now - then))}`;
  const words = now === then ? grouped(now) : `${grouped(then)} → ${grouped(now)} (${difference})`;
  return made("td", now === then ? "" : "changed", [
    made("b", what, words),
    ...(line ? [made("span", "line", `${line} = ${grouped(now)}`)] : []),
  ]);
}

export function countTable(rows) {
  const head = ["", "parameters", "connections"].map((words) => made("th", "", words));
  const lines = rows.map((row) =>
    made("tr", "", [
      made("th", "", row.name),
      numberCell(row, "parameters", row.words),
      numberCell(row, "connections", row.area && `${grouped(row.now.parameters)}·${row.area}`),
    ]),
  );
  return made("table", "", [made("tr", "", head), ...lines]);
}

/** The same in a sentence, to be spoken. */
export function countWords([map, layer, network]) {
  return (
    `${map.name}: ${map.words} = ${counted(map.now.parameters, "parameter")}. ${layer.name}: ${grouped(layer.now.parameters)}. ` +
    `${network.name}: ${grouped(network.now.parameters)} parameters, ${grouped(network.now.connections)} connections.`
  );
}

/** How many links there are of those that there could be. */
export const linkWords = (linked) => `● reads: ${linked.reduce((sum, one) => sum + one, 0)} of ${counted(linked.length, "link")}`;

/** What the changed links mean for the weights; empty where nothing was changed. */
export function noteWords(layer, linked, map) {
  const { added, cut } = changesOf(layer, linked);
  const links = (count) => counted(count, "link");
  const weights = (count) => counted(count * layer.cells, "weight");
  const empty = mapCounts(layer, linked, map).links === 0;
  return [
    added && `${links(added)} added: ${weights(added)} that are still 0. Nothing is trained for them: they raise the counts and change no answer.`,
    cut && `${links(cut)} cut: ${weights(cut)} that were trained are left out.`,
    empty && `${layer.name} map ${map} reads nothing: all its units have the same value.`,
  ].filter(Boolean).join(" ");
}
