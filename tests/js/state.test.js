import { cropKey, defaultCrop, fitCrop } from "../../static/js/state/crop.js";
import { openImage, openSample, openView, setCrop } from "../../static/js/state/loading.js";
import { clampPixel, firstSelection, moveSelection, nearestPixel } from "../../static/js/state/selection.js";
import { selectNode, selectPixel, session } from "../../static/js/state/session.js";
import { readView, writeView } from "../../static/js/state/url.js";
import { assert, test } from "./harness.js";

const SQUARE = { channels: 3, height: 64, width: 64, mean: [0, 0, 0], std: [1, 1, 1] };
const WIDE = { ...SQUARE, height: 32 };

test("the default crop is the largest centred one of the network's proportions", () => {
  assert.deepEqual(defaultCrop(SQUARE, { width: 600, height: 400 }), { left: 100, top: 0, width: 400, height: 400 });
  assert.deepEqual(defaultCrop(SQUARE, { width: 301, height: 451 }), { left: 0, top: 75, width: 301, height: 301 });
  assert.deepEqual(defaultCrop(WIDE, { width: 100, height: 100 }), { left: 0, top: 25, width: 100, height: 50 });
  assert.deepEqual(defaultCrop(SQUARE, { width: 1, height: 9 }), { left: 0, top: 4, width: 1, height: 1 });
});

test("a wished crop keeps the proportions and stays inside the image", () => {
  const image = { width: 100, height: 80 };
  for (const wish of [
    { left: -20, top: -5, width: 40 },
    { left: 90, top: 70, width: 40 },
    { left: 10.6, top: 3.2, width: 1e9 },
    { left: 0, top: 0, width: -3 },
  ]) {
    for (const input of [SQUARE, WIDE]) {
      const { left, top, width, height } = fitCrop(input, image, wish);
      assert.ok(left >= 0 && top >= 0 && width >= 8 && height >= 1, JSON.stringify(wish));
      assert.ok(left + width <= image.width && top + height <= image.height, JSON.stringify(wish));
      assert.equal(height, Math.round((width * input.height) / input.width));
      assert.ok([left, top, width].every(Number.isInteger));
    }
  }
});

/**
 * @param {string} name
 * @param {number[]} shape
 * @param {[number, number, number]} field  Size, stride and offset, the same in both directions.
 */
const node = (name, shape, [size, stride, offset], kind = "conv2d") => ({
  name,
  kind,
  config: {},
  inputs: [],
  output_shape: shape,
  parameters: {},
  parameter_count: 0,
  macs: 0,
  receptive_field: { size: pair(size), stride: pair(stride), offset: pair(offset) },
});
/** @param {number} value @returns {[number, number]} */
const pair = (value) => [value, value];

const INPUT = node("input", [3, 64, 64], [1, 1, 0], "input");
const CONV = node("conv", [10, 62, 62], [3, 1, 0]);
const POOL = node("pool", [10, 31, 31], [4, 2, 0], "max_pool2d");
const OUTPUT = node("output", [10], [64, 0, 0], "dense");
/** @type {import("../../static/js/api/client.js").ModelDetail} */
const MODEL = {
  id: "small",
  title: "Small",
  classes: ["koala", "orange"],
  parameter_count: 0,
  macs: 0,
  input: SQUARE,
  accuracy: null,
  card: {},
  nodes: [INPUT, CONV, POOL, OUTPUT],
  output: "output",
};

test("moving to another layer stays at the same place of the image", () => {
  assert.deepEqual(nearestPixel(CONV, POOL, { y: 20, x: 41 }), { y: 10, x: 20 });
  assert.deepEqual(nearestPixel(POOL, INPUT, { y: 10, x: 20 }), { y: 22, x: 42 });
  assert.deepEqual(nearestPixel(INPUT, CONV, { y: 0, x: 63 }), { y: 0, x: 61 });
});

test("from and to a layer without places the middle is taken", () => {
  assert.deepEqual(nearestPixel(OUTPUT, POOL, { y: 0, x: 0 }), { y: 15, x: 15 });
  assert.deepEqual(nearestPixel(POOL, OUTPUT, { y: 9, x: 9 }), { y: 0, x: 0 });
});

test("the channel follows where there is one", () => {
  const from = { node: "conv", channel: 7, y: 5, x: 5 };
  assert.equal(moveSelection(MODEL, from, "pool").channel, 7);
  assert.equal(moveSelection(MODEL, from, "input").channel, 2);
  assert.equal(moveSelection(MODEL, from, "nothing"), from);
});

test("a pixel outside its layer is brought inside", () => {
  assert.deepEqual(clampPixel(POOL, { node: "pool", channel: 99, y: -4, x: 31 }), { node: "pool", channel: 9, y: 0, x: 30 });
});

test("a model opens with the middle of a convolution", () => {
  assert.deepEqual(firstSelection(MODEL), { node: "conv", channel: 0, y: 30, x: 30 });
});

test("an address is read field by field, and nonsense is left out", () => {
  const search = "?model=m&image=abc&crop=1,2,30&layer=conv&channel=3&y=4&x=5&view=even&scale=map&other=1";
  const view = { model: "m", image: "abc", crop: { left: 1, top: 2, width: 30 }, layer: "conv" };
  assert.deepEqual(readView(search), { ...view, channel: 3, y: 4, x: 5, view: "even", scale: "map" });
  assert.deepEqual(readView("?crop=1,2&channel=-3&y=1e5&x=&view=odd&scale="), {});
  assert.deepEqual(readView("?crop=1,2,0"), {});
  assert.deepEqual(readView("?crop=a,b,c&__proto__=1&toString=2"), {});
});

/** @param {object} header @param {number} payload */
function frame(header, payload = 0) {
  const text = JSON.stringify({ ...header, bytes: payload });
  const bytes = new Uint8Array(4 + text.length + payload);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  return bytes;
}

/** @param {string} url */
function tracedBody(url) {
  const [left = 0, top = 0, width = 0] = (new URL(url, location.href).searchParams.get("crop") ?? "").split(",").map(Number);
  const layer = { node: "conv", kind: "conv2d", shape: [1], encoding: "float32", elements: 1 };
  const done = { done: true, top: [{ label: "koala", probability: 0.9 }], crop: { left, top, width, height: width }, milliseconds: 1 };
  return new Blob([frame(layer, 4), frame(done)]);
}

const SAMPLES = [
  { id: "aa", title: "Coffee", width: 100, height: 100 },
  { id: "bb", title: "Cat", width: 60, height: 80 },
];

/**
 * The page's state against a server made of functions; gives the addresses that were asked for.
 *
 * @param {Partial<Record<"frames" | "info", (url: string) => Response | Promise<Response>>>} answers
 * @param {(asked: string[]) => Promise<void>} body
 */
async function withServer(answers, body) {
  const real = globalThis.fetch;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (input) => {
    const url = String(input);
    asked.push(url);
    if (url.includes("/frames")) return answers.frames?.(url) ?? new Response(tracedBody(url));
    if (url.endsWith("/info")) return answers.info?.(url) ?? Response.json({ id: "cc", width: 64, height: 64 });
    if (url === "/api/models") return Response.json([MODEL]);
    if (url === "/api/samples") return Response.json(SAMPLES);
    if (url === "/api/models/small") return Response.json(MODEL);
    return Response.json({ title: "No such model", detail: "Models: small." }, { status: 404 });
  };
  session.model.value = session.image.value = session.crop.value = session.shown.value = null;
  session.models.value = [];
  try {
    await body(asked);
  } finally {
    globalThis.fetch = real;
  }
}

/** @param {() => boolean} condition */
async function until(condition) {
  for (let i = 0; i < 200 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(condition(), "it did not come about");
}
const ready = () => until(() => session.status.value === "ready");
const failed = () => until(() => session.status.value === "error");

const broken = () => Response.json({ title: "Out of order", detail: "Try later." }, { status: 500 });

test("without an address the first model and the first sample are opened", () =>
  withServer({}, async () => {
    await openView({});
    await ready();
    assert.equal(session.shown.value?.image.title, "Coffee");
    assert.equal(session.shown.value?.top?.[0]?.label, "koala");
    assert.equal(session.shown.value?.activations.get("conv")?.exact, true);
    assert.equal(session.pending.value, null);
    assert.equal(session.playback.value.position, MODEL.nodes.length);
  }));

test("an address brings back its view, and is written as it was read", () =>
  withServer({}, async () => {
    const search = "?model=small&image=bb&crop=5,6,30&layer=pool&channel=3&y=4&x=5&view=even&scale=map";
    await openView(readView(search));
    await ready();
    assert.equal(writeView(), search);
  }));

test("a link that names only a layer opens the middle of it", () =>
  withServer({}, async () => {
    await openView({ layer: "pool" });
    await ready();
    assert.deepEqual(session.selection.value, { node: "pool", channel: 0, y: 15, x: 15 });
  }));

test("the crop that the server takes anyway is not written", () =>
  withServer({}, async () => {
    await openView({ image: "bb" });
    await ready();
    assert.ok(!writeView().includes("crop"), writeView());
  }));

test("a link to a forgotten image says so and shows nothing in its place", () =>
  withServer({ info: () => Response.json({ title: "Image not here", detail: "" }, { status: 404 }) }, async () => {
    await openView({ image: "gone" });
    await failed();
    assert.ok(/link is gone/.test(session.problem.value?.title ?? ""));
    assert.equal(session.image.value, null);
    openSample(/** @type {typeof session.samples.value[0]} */ (session.samples.value[1]));
    await ready();
    assert.equal(session.problem.value, null);
  }));

test("a link to a model that is gone opens the first one and says so", () =>
  withServer({}, async () => {
    await openView({ model: "nope" });
    await ready();
    assert.equal(session.model.value?.id, "small");
    assert.equal(session.problem.value?.title, "No such model");
  }));

test("the old result stays until the new one is complete", () =>
  withServer({}, async () => {
    await openView({});
    await ready();
    const old = session.shown.value;
    openSample(/** @type {typeof session.samples.value[0]} */ (session.samples.value[1]));
    await until(() => session.pending.value?.image.id === "bb");
    assert.equal(session.shown.value, old);
    await ready();
    assert.equal(session.shown.value?.image.id, "bb");
  }));

test("when a trace fails what was shown is back, and a retry opens the other again", async () => {
  let works = true;
  await withServer({ frames: (url) => (works ? new Response(tracedBody(url)) : broken()) }, async () => {
    await openView({});
    await ready();
    works = false;
    openSample(/** @type {typeof session.samples.value[0]} */ (session.samples.value[1]));
    await failed();
    assert.equal(session.image.value?.id, "aa");
    assert.equal(session.crop.value?.width, 100);
    assert.deepEqual([session.problem.value?.title, session.problem.value?.subject], ["Out of order", "Cat"]);
    works = true;
    session.problem.value?.retry?.();
    await ready();
    assert.equal(session.shown.value?.image.id, "bb");
  });
});

test("a failure under way, after layers have come, is a failure", () =>
  withServer(
    { frames: () => new Response(new Blob([frame({ error: { status: 500, title: "Broken", detail: "Try again." } })])) },
    async () => {
      await openView({});
      await failed();
      assert.equal(session.problem.value?.title, "Broken");
      assert.equal(session.shown.value, null);
    },
  ));

test("a stream that ends without an answer is a failure", () =>
  withServer({ frames: () => new Response(new Blob([])) }, async () => {
    await openView({});
    await failed();
    assert.ok(/broke off/.test(session.problem.value?.title ?? ""));
  }));

test("a crop dragged while layers arrive is traced once they are there, the latest alone", () =>
  withServer({}, async (asked) => {
    await openView({});
    await ready();
    asked.length = 0;
    for (const left of [1, 2, 3, 4]) setCrop({ left, top: 0, width: 50, height: 50 });
    await until(() => session.shown.value?.crop.left === 4);
    const crops = asked.map((url) => new URL(url, location.href).searchParams.get("crop"));
    assert.deepEqual(crops, ["1,0,50", "4,0,50"]);
  }));

test("the same crop again is not traced again", () =>
  withServer({}, async (asked) => {
    await openView({});
    await ready();
    asked.length = 0;
    setCrop({ .../** @type {any} */ (session.crop.value) });
    assert.equal(asked.length, 0);
    assert.equal(cropKey(/** @type {any} */ (session.crop.value)), "0,0,100");
  }));

class RefusedUpload {
  upload = {};
  status = 415;
  responseText = JSON.stringify({ title: "Not an image", detail: "Accepted are JPEG and PNG." });
  onload = () => {};
  open() {}
  send() {
    this.onload();
  }
}

test("an upload that fails names the file and keeps what is shown", () =>
  withServer({}, async () => {
    await openView({});
    await ready();
    const real = globalThis.XMLHttpRequest;
    globalThis.XMLHttpRequest = /** @type {any} */ (RefusedUpload);
    await openImage(new File(["%PDF"], "notes.pdf"));
    globalThis.XMLHttpRequest = real;
    assert.equal(session.status.value, "error");
    assert.equal(session.problem.value?.retry, null);
    assert.equal(session.problem.value?.subject, "notes.pdf");
    assert.equal(session.image.value?.id, "aa");
  }));

test("selecting clamps, announces, and ends what was hovered", () =>
  withServer({}, async () => {
    await openView({});
    await ready();
    session.hover.value = { node: "pool", channel: 0, y: 0, x: 0 };
    selectPixel("pool", 3, 100, 2);
    assert.deepEqual(session.selection.value, { node: "pool", channel: 3, y: 30, x: 2 });
    assert.equal(session.hover.value, null);
    assert.equal(session.announcement.value, "pool, channel 3");
    selectNode("output");
    assert.deepEqual(session.selection.value, { node: "output", channel: 3, y: 0, x: 0 });
    selectPixel("nothing", 0, 0, 0);
    assert.equal(session.selection.value.node, "output");
  }));
