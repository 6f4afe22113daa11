// What a component does while its module is on its way, when it never comes, and when it is of another version.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { pathToFileURL } from "node:url";
import { component, home } from "../../lenet_explain/frontend/stub.js";

const folder = mkdtempSync(join(tmpdir(), "stub-"));
after(() => rmSync(folder, { recursive: true }));

class Element {
  children = [];
  style = {};
  textContent = "";
  setAttribute(name, value) {
    this[name] = value;
  }
  append(...children) {
    this.children.push(...children);
  }
  querySelector() {
    return null;
  }
}

/** A place on the page, with the component's own markup in it. */
function placed() {
  const place = Object.assign(new Element(), { isConnected: true });
  place.append(new Element());
  return place;
}

/** A module that comes late and tells what it is asked; returns its path and what it told. */
function module(name, late = 30) {
  globalThis.told = [];
  mkdirSync(join(folder, "frontend", "v1"), { recursive: true });
  writeFileSync(
    join(folder, "frontend", "v1", name),
    `await new Promise((done) => setTimeout(done, ${late}));
     export default ({ data }) => { told.push(data); return () => told.push("end of " + data); };`,
  );
  return name;
}

beforeEach(() => {
  const place = pathToFileURL(join(folder, "static/css/index.css")).href;
  globalThis.document = {
    styleSheets: [{ href: null }, { href: place }],
    baseURI: "file:///elsewhere/draw",
    documentElement: { dataset: {} },
    head: new Element(),
    createElement: () => new Element(),
  };
});

test("calls that come while the module is loading all arrive, in order", async () => {
  const show = component("v1", [module("order.mjs"), "other.mjs"]);
  const parentElement = placed();
  await Promise.all(["a", "b", "c"].map((data) => show({ parentElement, data })));
  assert.deepEqual(told, ["a", "b", "c"]);
  assert.deepEqual(document.head.children.map(({ rel, href }) => [rel, href.split("/").at(-1)]), [["modulepreload", "other.mjs"]]);
});

test("an overtaken call's end leaves the view, the newest one's ends it", async () => {
  const show = component("v1", [module("ends.mjs")]);
  const parentElement = placed();
  const [first, second] = await Promise.all(["a", "b"].map((data) => show({ parentElement, data })));
  first();
  assert.deepEqual(told, ["a", "b"]);
  second();
  assert.deepEqual(told, ["a", "b", "end of b"]);
});

test("two places have ends of their own", async () => {
  const show = component("v1", [module("places.mjs")]);
  const [first] = await Promise.all(["a", "b"].map((data) => show({ parentElement: placed(), data })));
  first();
  assert.deepEqual(told, ["a", "b", "end of a"]);
});

test("a component that has left the page before its module came is not drawn", async () => {
  const show = component("v1", [module("gone.mjs")]);
  const parentElement = placed();
  const shown = show({ parentElement, data: "a" });
  parentElement.isConnected = false;
  await shown;
  assert.deepEqual(told, []);
});

test("a module that never comes is told once, in one sentence, with a way out", async (context) => {
  context.mock.method(console, "error", () => {});
  const show = component("v1", ["missing.mjs"]);
  const parentElement = placed();
  await show({ parentElement, data: "a" });
  await show({ parentElement, data: "b" });
  const [markup, notice, ...more] = parentElement.children;
  assert.equal(markup.style.display, "none");
  assert.deepEqual(more, []);
  assert.match(notice.children[0], /could not be loaded/);
  assert.equal(notice.children[1].textContent, "Reload the page");
});

test("a tab that has modules of one version takes none of another", async (context) => {
  context.mock.method(console, "error", () => {});
  await component("v1", [module("first.mjs")])({ parentElement: placed(), data: "a" });
  const parentElement = placed();
  await component("v2", ["second.mjs"])({ parentElement, data: "b" });
  assert.match(parentElement.children[1].children[0], /updated/);
  assert.deepEqual(told, ["a"]);
});

test("addresses begin where the server's own style sheet lies, whatever the page is called", () => {
  const at = (href) => home({ styleSheets: href ? [{ href }] : [], baseURI: "http://a.org/sub/draw" }).href;
  assert.equal(at("http://a.org/~/+/static/css/index.C1.css"), "http://a.org/~/+/");
  assert.equal(at("http://a.org/sub/path/static/css/index.C1.css"), "http://a.org/sub/path/");
  assert.equal(at(null), "http://a.org/sub/");
});
