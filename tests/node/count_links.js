// node count_links.js PAYLOAD LAYER < tables: of each table (rows of inputs, JSON) what the page counts, as JSON.
import { readFileSync } from "node:fs";
import { unframe } from "../../lenet_explain/frontend/page/frame.js";
import { countsNow } from "../../lenet_explain/frontend/live/live.js";
import { networkFrom, relinked } from "../../lenet_explain/frontend/network/network.js";
import { linksOf, mapCounts, networkCounts } from "../../lenet_explain/frontend/wire/wiring_table.js";

const [payload, name] = process.argv.slice(2);
const { meta, tensors } = unframe(new Uint8Array(readFileSync(payload)));
const base = networkFrom(meta, tensors);
const own = ({ layers }) => layers.find((layer) => layer.name === name);

function counted(rows) {
  const linked = linksOf(rows, own(base).inputs);
  const now = relinked(base, name, linked);
  const maps = rows.map((_, map) => mapCounts(own(now), linked, map).parameters);
  return { layer: countsNow(own(now)), network: networkCounts(now), maps };
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf-8")).map(counted)));
