import { createSubject } from "../../../static/js/state/subject.js";
import { EXPLORE_FIELDS, addressHas, followAddress, undo } from "../../../static/js/state/url.js";
import { view } from "../../../static/js/state/view.js";
import { assert, test } from "../harness.js";

const pause = (milliseconds = 250) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const MODEL = /** @type {any} */ ({ id: "small", input: { width: 64, height: 64 }, nodes: [] });
/** @param {string} id */
const shown = (id) => {
  const image = { id, width: 64, height: 64, title: id };
  return /** @type {any} */ ({ model: MODEL, image, crop: { left: 0, top: 0, width: 64, height: 64 } });
};

test("an image is a history entry, wandering is not, and going back opens the one before", async () => {
  const ended = new AbortController();
  /** @type {object[]} */
  const opened = [];
  const subject = createSubject();
  addressHas(subject, EXPLORE_FIELDS);
  /** As a page does: it takes a while until what an address names is shown. */
  const open = async (/** @type {object} */ each) => {
    opened.push(each);
    await pause(400);
    subject.shown.value = shown("aa");
  };
  followAddress(open, ended.signal);
  assert.equal(undo(), false);
  const before = history.length;
  subject.shown.value = shown("aa");
  await pause();
  assert.ok(location.search.includes("image=aa"), location.search);
  assert.equal(history.length, before);
  view.selection.value = { node: "conv", channel: 1, y: 2, x: 3 };
  await pause();
  assert.ok(location.search.endsWith("layer=conv&channel=1&y=2&x=3"), location.search);
  assert.equal(history.length, before);
  subject.shown.value = shown("bb");
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
