// Runs tasks in node: node run_cases.js ENGINE.wasm FOLDER. Each folder/case*.json names what is done; results beside it.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, Engine } from '../../lenet_explain/engine/engine.js';
import { Run } from '../../lenet_explain/engine/run.js';

const [file, folder] = process.argv.slice(2);
const module = await compile(readFileSync(file));
const bytes = (name) => new Uint8Array(readFileSync(join(folder, name)));
const floats = (name) => new Float32Array(bytes(name).buffer);

/** Answer, loss and gradients of one batch. */
function gradients({ plan, images, weights, labels, loss }, name) {
  const engine = new Engine(module, plan);
  engine.row.set(floats(weights));
  const count = labels.length;
  engine.put(new Uint8Array(1));
  for (const which of [0, 1, 2]) engine.call.put_digits(which, engine.put(new Uint8Array(1)), engine.put(new Uint8Array(1)), 1, 1);
  engine.call.open_run(0, 1, 1);
  engine.call.set_recipe(1, loss, 10, 0, 0, 0, 0, 0, 0);
  const at = engine.put(Uint8Array.from(labels));
  engine.forward(floats(images), count, true);
  const total = engine.call.ask_for(at, count, 1 / count, 1);
  engine.call.clear_gradients();
  engine.call.backward(1, 1, 0, 0);
  writeFileSync(join(folder, `${name}.out`), engine.seen('gradients', plan.learned));
  return { loss: total / count };
}

/** All events of a run, the last one's weights in a row. */
async function run({ task, sample, stopAfter = Infinity, passed = 0, weights, everySteps }, name) {
  const set = (which) => ({ images: bytes(`${which}_images`), labels: bytes(`${which}_labels`), side: 28 });
  let asked = 0;
  const conditions = { everySeconds: 1e9, everySteps, passed, stop: () => ++asked > stopAfter };
  const moving = new Run(module, task, { train: set('train'), test: set('test'), sample }, conditions);
  if (weights) moving.engine.row.set(floats(weights));
  const events = [];
  try {
    for await (const { weights: _, ...event } of moving.events()) events.push(event);
  } catch (error) {
    return { events, failed: error.message, kind: error.constructor.name };
  }
  writeFileSync(join(folder, `${name}.out`), moving.engine.row);
  return { events, answers: [...moving.answers(1)] };
}

for (const entry of readdirSync(folder).filter((one) => one.endsWith('.case.json')).sort()) {
  const name = entry.slice(0, -'.case.json'.length);
  const wanted = JSON.parse(readFileSync(join(folder, entry), 'utf8'));
  const found = wanted.task ? await run(wanted, name) : gradients(wanted, name);
  writeFileSync(join(folder, `${name}.told.json`), JSON.stringify(found));
}
