import { signal } from "../../../static/js/state/store.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { BaseElement, give } from "../../../static/js/widgets/base-element.js";
import { h } from "../../../static/js/widgets/dom.js";
import { assert, test } from "../harness.js";

const [layer, place] = [signal(0), signal(0)];

class Marked extends BaseElement {
  seen = -1;
  /** @override */
  connected() {
    this.watch(layer, place);
  }
  /** @override */
  paint() {
    this.seen = layer.value;
  }
}
class Panel extends Marked {
  /** @override */
  connected() {
    this.watch(layer);
  }
}
customElements.define("test-marked", Marked);
customElements.define("test-panel", Panel);

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

test("no frame shows one element with a layer and another with the layer before", async () => {
  const [marked, panel] = [new Marked(), new Panel()];
  const page = h("div", {}, marked, panel);
  document.body.append(page);
  give(page, createSubject({ traced: false }));
  await frame();
  await frame();
  assert.deepEqual([marked.seen, panel.seen], [0, 0]);
  // A film's tick: it comes before the paints of its frame, of which only one is asked for so far.
  requestAnimationFrame(() => (layer.value = 1));
  place.value = 1;
  await frame();
  assert.deepEqual([marked.seen, panel.seen], [1, 1]);
  page.remove();
});

test("an element that fails leaves the others be", async () => {
  const [marked, panel] = [new Marked(), new Panel()];
  const page = h("div", {}, marked, panel);
  document.body.append(page);
  give(page, createSubject({ traced: false }));
  marked.paint = () => {
    throw new Error("on purpose");
  };
  const heard = new Promise((resolve) => addEventListener("error", (event) => (event.preventDefault(), resolve(event.message)), { once: true }));
  assert.ok(String(await heard).includes("on purpose"));
  assert.equal(panel.seen, layer.value);
  page.remove();
});
