import "../../../static/js/features/answer/class-bars.js";
import "../../../static/js/features/crop/crop-box.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { view } from "../../../static/js/state/view.js";
import { give } from "../../../static/js/widgets/base-element.js";
import { assert, test } from "../harness.js";
import { told } from "../told.js";

const subject = createSubject();
give(document.body, subject);

const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));

const MODEL = /** @type {any} */ ({
  id: "small",
  classes: ["bell_pepper", "koala", "orange"],
  card: { doubts: [] },
  second: null,
  input: { channels: 3, height: 4, width: 4, mean: [0, 0, 0], std: [1, 1, 1] },
  nodes: await told([
    { name: "input", kind: "input", output_shape: [3, 4, 4] },
    { name: "conv", kind: "conv2d", inputs: ["input"], output_shape: [1, 2, 2], config: { kernel_size: [3, 3] } },
  ]),
});

/** @param {string} markup @returns {HTMLElement} */
function put(markup) {
  const place = document.createElement("div");
  place.innerHTML = markup;
  document.body.append(place);
  return place;
}

/** @param {[string, number][]} top */
const shown = (top) =>
  /** @type {any} */ ({
    model: MODEL,
    top: top.map(([label, probability]) => ({ label, probability })),
    doubt: { rule: "entropy", opinion: null, entropy: 0.3, margin: (top[0]?.[1] ?? 0) - (top[1]?.[1] ?? 0), unsure: false },
    activations: new Map(),
  });

const BARS = '<class-bars><p data-part="verdict"></p><ol data-part="list"></ol><p data-part="knows"></p></class-bars>';

test("classes come likeliest first, the first is marked, and nothing is rounded to zero", async () => {
  const place = put(BARS);
  subject.model.value = MODEL;
  subject.shown.value = null;
  await frame();
  const texts = () => [...place.querySelectorAll("li")].map((row) => row.textContent);
  assert.deepEqual(texts(), ["bell pepper\u2013", "koala\u2013", "orange\u2013"]);
  subject.shown.value = shown([["koala", 0.7415], ["bell_pepper", 0.2583], ["orange", 0.0002]]);
  await frame();
  assert.deepEqual(texts(), ["koala74.2", "bell pepper25.8", "orange<0.1"]);
  assert.equal(place.querySelector(".best")?.textContent, "koala74.2");
  assert.equal(place.querySelector("p")?.textContent, "koala, 48 points ahead of bell pepper.");
  assert.equal(place.querySelector("b")?.textContent, "koala");
  place.remove();
});

test("an answer that means little says so, and the line goes with the result", async () => {
  const place = put(BARS);
  subject.model.value = MODEL;
  const unsure = shown([["koala", 0.4], ["orange", 0.35], ["bell_pepper", 0.25]]);
  subject.shown.value = { ...unsure, doubt: { entropy: 0.98, margin: 0.05, unsure: true } };
  await frame();
  const line = /** @type {HTMLElement} */ (place.querySelector("p"));
  assert.equal(line.textContent, "Not sure: koala is 5 points ahead of orange. Perhaps nothing it knows.");
  assert.ok(line.classList.contains("unsure") && !line.hidden);
  subject.shown.value = null;
  await frame();
  assert.ok(line.hidden && !line.classList.contains("unsure"));
  place.remove();
});

test("of very many classes the likeliest are shown", async () => {
  const place = put(BARS);
  const classes = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
  subject.model.value = { ...MODEL, id: "large", classes };
  const top = classes.map((label, index) => /** @type {[string, number]} */ ([label, index === 777 ? 0.5 : 0.0005]));
  top.sort((a, b) => b[1] - a[1]);
  subject.shown.value = { ...shown(top), model: subject.model.value };
  await frame();
  assert.equal(place.querySelectorAll("li").length, 10);
  assert.equal(place.querySelector("li")?.textContent, "class 77750.0");
  place.remove();
});

test("two of the same element with two subjects stand on one page", async () => {
  const place = put(`<section>${BARS}</section><div>${BARS}</div>`);
  const other = createSubject({ leads: false });
  give(/** @type {Element} */ (place.querySelector("section")), other);
  subject.model.value = other.model.value = MODEL;
  subject.shown.value = shown([["koala", 0.9], ["orange", 0.1]]);
  other.shown.value = shown([["orange", 0.8], ["koala", 0.2]]);
  await frame();
  const best = () => [...place.querySelectorAll(".best")].map((row) => row.textContent);
  // The one in the section was there before it was given another subject, and one connected later finds the same.
  place.querySelector("section")?.append(put(BARS));
  await frame();
  assert.deepEqual(best(), ["orange80.0", "orange80.0", "koala90.0"]);
  other.shown.value = shown([["koala", 0.6], ["orange", 0.4]]);
  await frame();
  assert.deepEqual(best(), ["koala60.0", "koala60.0", "koala90.0"]);
  place.remove();
});

const DOCK = `<image-dock>
  <button data-part="seen" aria-pressed="false"></button>
  <crop-box style="display:grid;width:200px;height:200px">
    <div data-part="frame" style="position:relative"><img data-part="picture" alt="">
      <div data-part="crop" class="crop" tabindex="0" style="position:absolute"><canvas data-part="pixels"></canvas>
      <i class="grip" data-grip="se"></i></div></div>
  </crop-box>
</image-dock>`;

/** @param {(crop: HTMLElement, place: HTMLElement) => Promise<void>} body */
async function withDock(body) {
  subject.status.value = "loading"; // A moved crop waits instead of asking a server.
  subject.model.value = MODEL;
  subject.image.value = { id: "aa", width: 100, height: 50, title: "Photo" };
  subject.crop.value = { left: 25, top: 0, width: 50, height: 50 };
  view.selection.value = { node: "conv", channel: 0, y: 1, x: 0 };
  const place = put(DOCK);
  await frame();
  await body(/** @type {HTMLElement} */ (place.querySelector(".crop")), place);
  place.remove();
  subject.status.value = "empty";
}

test("the crop box lies where the network looks", () =>
  withDock(async (crop) => {
    assert.deepEqual([crop.style.left, crop.style.top, crop.style.width, crop.style.height], ["25%", "0%", "50%", "100%"]);
    assert.ok(/50 by 50 pixels at 25, 0 of 100 by 50/.test(crop.getAttribute("aria-valuetext") ?? ""));
  }));

test("the receptive field of the selected value is drawn in it", () =>
  withDock(async (_, place) => {
    const canvas = /** @type {HTMLCanvasElement} */ (place.querySelector(".marks"));
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
    const drawn = [...data.keys()].filter((at) => at % 4 === 3 && data[at]).map((at) => at >> 2);
    const [across, down] = [drawn.map((at) => at % canvas.width), drawn.map((at) => Math.floor(at / canvas.width))];
    const [left, top] = [parseFloat(canvas.style.left), parseFloat(canvas.style.top)];
    // The box is 100 pixels wide and high; the field 0 to 75 % and 25 to 100 % of it, its outline three pixels around.
    assert.deepEqual([left + Math.min(...across), left + Math.max(...across) + 1], [-3, 78]);
    assert.deepEqual([top + Math.min(...down), top + Math.max(...down) + 1], [22, 103]);
  }));

test("keys move and shrink the box, and it stays in the image", () =>
  withDock(async (crop) => {
    const press = (/** @type {string} */ key, shiftKey = false) =>
      crop.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey, bubbles: true, cancelable: true }));
    press("ArrowRight");
    assert.deepEqual(subject.crop.value, { left: 26, top: 0, width: 50, height: 50 });
    for (let i = 0; i < 9; i += 1) press("ArrowRight", true);
    assert.equal(subject.crop.value?.left, 50);
    press("-");
    assert.deepEqual(subject.crop.value, { left: 51, top: 1, width: 48, height: 48 });
  }));

test("dragging a corner keeps the opposite one, dragging the middle moves all", () =>
  withDock(async (crop, place) => {
    const box = /** @type {HTMLElement} */ (place.querySelector("crop-box"));
    box.setPointerCapture = () => {};
    const drag = (/** @type {Element} */ target, /** @type {number} */ dx, /** @type {number} */ dy) => {
      const event = (/** @type {string} */ type, x = 0, y = 0) =>
        new PointerEvent(type, { clientX: x, clientY: y, bubbles: true, pointerId: 1, button: 0 });
      target.dispatchEvent(event("pointerdown"));
      box.dispatchEvent(event("pointermove", dx, dy));
      box.dispatchEvent(event("pointerup", dx, dy));
    };
    // 200 CSS pixels show 100 image pixels.
    drag(/** @type {Element} */ (crop.querySelector(".grip")), -40, -40);
    assert.deepEqual(subject.crop.value, { left: 25, top: 0, width: 30, height: 30 });
    drag(crop, -20, 10);
    assert.deepEqual(subject.crop.value, { left: 15, top: 5, width: 30, height: 30 });
  }));
