// What a tab keeps of a visit: handed over once, by the next visit only.

import assert from "node:assert/strict";
import { test } from "node:test";

import { follow } from "../../lenet_explain/frontend/page/visit.js";

function tab() {
  const kept = new Map();
  return () => ({
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  });
}

test("the next visit hears of what the last one started, once, and whether the page was loaded anew", () => {
  const storage = tab();
  const page = {};
  assert.equal(follow({ visit: "one", note: null }, page, storage), null);
  assert.equal(follow({ visit: "one", note: { job: "a", share: 0 } }, page, storage), null);
  assert.equal(follow({ visit: "one", note: { job: "a", share: 0.5 } }, page, storage), null);
  assert.deepEqual(follow({ visit: "two", note: null }, {}, storage), { job: "a", share: 0.5, visit: "one", reloaded: true });
  assert.equal(follow({ visit: "two", note: null }, {}, storage), null);
});

test("a page that has stood there all the time was not loaded anew", () => {
  const storage = tab();
  const page = {};
  follow({ visit: "one", note: { job: "a" } }, page, storage);
  assert.equal(follow({ visit: "two", note: null }, page, storage).reloaded, false);
});

test("a visit without anything leaves nothing, and what stands there that is no JSON is nothing", () => {
  const storage = tab();
  follow({ visit: "one", note: null }, {}, storage);
  assert.equal(follow({ visit: "two", note: null }, {}, storage), null);
  storage().setItem("lenet-explain-visit", "{");
  assert.equal(follow({ visit: "two", note: null }, {}, storage), null);
});

test("a browser that keeps nothing is no fault", () => {
  const none = () => {
    throw new Error("SecurityError");
  };
  assert.equal(follow({ visit: "one", note: { job: "a" } }, {}, none), null);
  assert.equal(follow({ visit: "two", note: null }, {}, none), null);
});
