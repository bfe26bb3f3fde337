import { allKeys, onKeys, rove } from "../../../static/js/widgets/keys.js";
import { assert, test } from "../harness.js";

/** @param {string} key @param {KeyboardEventInit} [held] @param {Element} [target] */
function press(key, held = {}, target = document.body) {
  const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...held });
  target.dispatchEvent(event);
  return event.defaultPrevented;
}

/** @param {string} markup */
function put(markup) {
  const place = document.createElement("div");
  place.innerHTML = markup;
  document.body.append(place);
  return { place, inner: /** @type {Element} */ (place.querySelector("[data-here]")) };
}

test("a key is found by its name, and held keys are part of it", () => {
  const ended = new AbortController();
  /** @type {string[]} */
  const done = [];
  const acts = ["l", "ArrowUp", "Shift+ArrowUp", "Ctrl+z"].map((name) => [name, ["", () => void done.push(name)]]);
  onKeys(Object.fromEntries(acts), ended.signal);
  assert.ok(press("l") && press("L", { shiftKey: true }) && press("ArrowUp") && press("ArrowUp", { shiftKey: true }));
  assert.ok(press("z", { metaKey: true }));
  assert.ok(!press("z") && !press("Z", { ctrlKey: true, shiftKey: true }) && !press("l", { altKey: true }));
  assert.deepEqual(done, ["l", "l", "ArrowUp", "Shift+ArrowUp", "Ctrl+z"]);
  assert.ok(press("ArrowUp", { repeat: true }) && !press("l", { repeat: true }), "arrows repeat, letters do not");
  ended.abort();
  assert.ok(!press("l"), "what has left the page has left the table");
});

test("of several that enter a key the first acts that wants it", () => {
  const ended = new AbortController();
  /** @type {number[]} */
  const done = [];
  let wanted = false;
  onKeys({ k: ["one", () => wanted && void done.push(1)] }, ended.signal);
  onKeys({ k: ["two", () => void done.push(2)] }, ended.signal);
  press("k");
  wanted = true;
  press("k");
  assert.deepEqual(done, [2, 1]);
  ended.abort();
});

test("where one types, chooses or is asked something, keys are not the page's", () => {
  const ended = new AbortController();
  let count = 0;
  onKeys({ k: ["", () => void (count += 1)], " ": ["", () => void (count += 1)], ArrowUp: ["", () => void (count += 1)] }, ended.signal);
  for (const markup of ["<input data-here>", "<div role=listbox><i data-here></i></div>", "<p contenteditable data-here></p>"]) {
    const { place, inner } = put(markup);
    assert.ok(!press("k", {}, inner), markup);
    place.remove();
  }
  const slider = put("<input type=range data-here>");
  assert.ok(!press("ArrowUp", {}, slider.inner) && press(" ", {}, slider.inner), "a slider keeps the arrows, and Space is no use to it");
  slider.place.remove();
  const button = put("<button data-here></button>");
  assert.ok(!press(" ", {}, button.inner) && press("k", {}, button.inner), "Space presses a button");
  button.inner.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  assert.ok(press(" ", {}, button.inner), "not after a click on it: its focus is not where somebody went");
  assert.ok(!press("Enter", {}, button.inner), "Enter presses it all the same");
  press("Tab", {}, button.inner);
  assert.ok(!press(" ", {}, button.inner), "it is, once somebody went on with Tab");
  button.place.remove();
  const chosen = put('<div class="seg"><button aria-pressed="true" data-here></button></div>');
  assert.ok(press(" ", {}, chosen.inner), "pressing the chosen one would do nothing");
  chosen.place.remove();
  const dialog = put("<dialog open><i data-here></i></dialog>");
  assert.ok(!press("k"), "a dialog keeps all keys");
  dialog.place.remove();
  assert.equal(count, 4);
  ended.abort();
});

test("arrow keys rove in a grid of buttons, but after a click they are the page's", () => {
  const { place } = put("<button></button><button></button>");
  const items = /** @type {HTMLButtonElement[]} */ ([...place.querySelectorAll("button")]);
  const [first, second] = /** @type {[HTMLButtonElement, HTMLButtonElement]} */ (items);
  place.addEventListener("keydown", (event) => rove(event, items, 2));
  first.focus();
  assert.ok(press("ArrowRight", {}, first) && document.activeElement === second);
  second.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  assert.ok(!press("ArrowLeft", {}, second) && document.activeElement === second);
  place.remove();
});

test("the list of keys is the table itself: keys for the same on one line, and only those that are there", () => {
  const ended = new AbortController();
  onKeys({ ArrowLeft: ["Layer before, after", () => {}], ArrowRight: ["Layer before, after", () => {}], t: ["Light or dark", () => {}] }, ended.signal);
  assert.deepEqual(allKeys(), [["Layer before, after", ["ArrowLeft", "ArrowRight"]], ["Light or dark", ["t"]]]);
  ended.abort();
  assert.deepEqual(allKeys(), []);
});
