import { followAddress, undo } from "../../../static/js/state/following.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { EXPLORE_FIELDS, addressHas, readView, writeLink, writeView } from "../../../static/js/state/url.js";
import { view } from "../../../static/js/state/view.js";
import { assert, test } from "../harness.js";

const pause = (milliseconds = 250) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const MODEL = /** @type {any} */ ({ id: "small", input: { width: 64, height: 64 }, nodes: [] });
/** @param {string} id */
const shown = (id) => {
  const image = { id, width: 64, height: 64, title: id };
  return /** @type {any} */ ({ model: MODEL, image, crop: { left: 0, top: 0, width: 64, height: 64 } });
};

/** As a page has it: what is shown is of the network that is chosen. @param {ReturnType<typeof createSubject>} subject @param {string} id */
function show(subject, id) {
  subject.model.value = MODEL;
  subject.shown.value = shown(id);
}

test("an image is a history entry, wandering in a layer is not, and going back opens the one before", async () => {
  const ended = new AbortController();
  /** @type {object[]} */
  const opened = [];
  const subject = createSubject();
  addressHas(subject, EXPLORE_FIELDS);
  /** As a page does: it takes a while until what an address names is shown. */
  const open = async (/** @type {object} */ each) => {
    opened.push(each);
    await pause(400);
    show(subject, "aa");
  };
  followAddress(open, ended.signal);
  assert.equal(undo(), false);
  const before = history.length;
  view.selection.value = { node: "conv", channel: 0, y: 0, x: 0 };
  show(subject, "aa");
  await pause();
  assert.ok(location.search.includes("image=aa"), location.search);
  assert.equal(history.length, before);
  view.selection.value = { node: "conv", channel: 1, y: 2, x: 3 };
  await pause();
  assert.ok(location.search.endsWith("layer=conv&channel=1&y=2&x=3"), location.search);
  assert.equal(history.length, before);
  show(subject, "bb");
  await pause();
  assert.equal(history.length, before + 1);
  assert.equal(undo(), true);
  await pause();
  assert.deepEqual(opened, [{ model: "small", image: "aa", layer: "conv", channel: 1, y: 2, x: 3 }]);
  assert.equal(undo(), false);
  // What opening answers belongs to the entry that was gone back to, however long it took.
  await pause(600);
  assert.ok(location.search.includes("image=aa"));
  assert.equal(undo(), false);
  ended.abort();
  history.replaceState(null, "", location.pathname);
});

test("layers are history entries, those passed by in a second are one, and undo goes past them", async () => {
  const ended = new AbortController();
  const subject = createSubject();
  /** @type {any[]} */
  const opened = [];
  addressHas(subject, EXPLORE_FIELDS);
  followAddress((wanted) => {
    opened.push(wanted);
    view.selection.value = { ...view.selection.value, node: wanted.layer ?? "" };
  }, ended.signal);
  const choose = (/** @type {string} */ node) => (view.selection.value = { node, channel: 0, y: 0, x: 0 });
  choose("input");
  show(subject, "aa");
  await pause();
  show(subject, "bb");
  await pause();
  const before = history.length;
  choose("conv");
  await pause();
  choose("relu");
  await pause();
  assert.equal(history.length, before + 1);
  assert.ok(location.search.includes("layer=relu"), location.search);
  history.back();
  await pause();
  assert.equal(opened.at(-1)?.layer, "input");
  assert.equal(opened.at(-1)?.image, "bb");
  history.forward();
  await pause();
  assert.equal(opened.at(-1)?.layer, "relu");
  undo();
  await pause();
  assert.equal(opened.at(-1)?.image, "aa");
  ended.abort();
  history.replaceState(null, "", location.pathname);
});

test("a view that changes all the time is written all the same, within a fifth of a second", async () => {
  const ended = new AbortController();
  const subject = createSubject();
  addressHas(subject, EXPLORE_FIELDS);
  followAddress(() => {}, ended.signal);
  show(subject, "aa");
  await pause();
  for (let x = 0; x < 12; x += 1) {
    view.selection.value = { node: "conv", channel: 0, y: 0, x };
    await pause(40);
    const written = Number(new URLSearchParams(location.search).get("x") ?? -1);
    assert.ok(x < 6 || x - written <= 5, `${written} is in the address while ${x} is looked at`);
  }
  ended.abort();
  history.replaceState(null, "", location.pathname);
});

test("every switch is in the address and comes back with it", () => {
  const subject = createSubject();
  addressHas(subject, EXPLORE_FIELDS);
  show(subject, "aa");
  view.sheet.value = "filters";
  view.order.value = "variance";
  view.slice.value = 3;
  view.gradient.value = view.pixels.value = true;
  view.pace.value = "row";
  view.folded.value = new Set(["block 1", "a,b"]);
  const switches = { sheet: "filters", order: "variance", slice: 3, gradient: true, pixels: true, pace: "row", folded: ["block 1", "a,b"] };
  const found = /** @type {any} */ (readView(writeView()));
  for (const [name, value] of Object.entries(switches)) assert.deepEqual(found[name], value);
  view.theme.value = "dark";
  assert.ok(!writeView().includes("theme") && writeLink().endsWith("&theme=dark"));
  view.sent.value = true;
  assert.ok(/[?&]theme=dark/.test(writeView()), "that of a link that was sent stays in the address");
  view.sent.value = false;
  view.sheet.value = "maps";
  view.order.value = "index";
  view.slice.value = 0;
  view.gradient.value = view.pixels.value = false;
  view.pace.value = "layer";
  view.folded.value = null;
  view.theme.value = "auto";
  assert.ok(!/sheet|order|slice|gradient|pixels|pace|folded/.test(writeView()), writeView());
});
