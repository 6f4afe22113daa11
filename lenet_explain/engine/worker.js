// A run in a Web Worker. In: {kind: 'start', bytes, task, data, conditions} or {kind: 'stop'}.
// Out: {kind: 'event', event} for each, then {kind: 'done'}, or {kind: 'failed', message} with a sentence for a visitor.

import { compile, EngineError } from './engine.js';
import { Run } from './run.js';

let stopped = false;

self.onmessage = async ({ data: message }) => {
  if (message.kind === 'stop') {
    stopped = true;
    return;
  }
  stopped = false;
  try {
    const module = await compile(message.bytes);
    const run = new Run(module, message.task, message.data, { ...message.conditions, stop: () => stopped });
    for await (const event of run.events()) self.postMessage({ kind: 'event', event });
    self.postMessage({ kind: 'done' });
  } catch (error) {
    if (!(error instanceof EngineError)) throw error; // a defect: the page's own handler tells it
    self.postMessage({ kind: 'failed', message: error.message });
  }
};
