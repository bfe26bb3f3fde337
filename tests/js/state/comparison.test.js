import { comparisonFields, openComparison } from "../../../static/js/state/comparison-address.js";
import { addNoise, answerNow, compares, createComparison, noiseOf, pin, setNetwork, swap, unpin } from "../../../static/js/state/comparison.js";
import { standApart } from "../../../static/js/state/correspondence.js";
import { laneSource } from "../../../static/js/state/lane-source.js";
import { openSample, setCrop } from "../../../static/js/state/loading.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { addressHas, EXPLORE_FIELDS, readView, writeView } from "../../../static/js/state/url.js";
import { paletteOf } from "../../../static/js/state/scene.js";
import { view } from "../../../static/js/state/view.js";
import { assert, test } from "../harness.js";
import { CONV, INPUT, MODEL, OUTPUT, POOL } from "../small-model.js";
import { SAMPLES, frame, until } from "../small-server.js";

const [COFFEE, CAT] = /** @type {[typeof SAMPLES[0], typeof SAMPLES[0]]} */ (SAMPLES);
const TWIN = { ...MODEL, id: "small~untrained-1", title: "Small, untrained" };
const OTHER = { ...MODEL, id: "other", title: "Other", nodes: [INPUT, { ...CONV, output_shape: [7, 30, 30] }, { ...POOL, name: "pooled" }, { ...OUTPUT, name: "end" }] };
/** The same network by another exporter: its layers have other names. */
const PORTED = { ...MODEL, id: "ported", title: "Ported", nodes: MODEL.nodes.map((node) => ({ ...node, name: `/${node.name}` })) };
const MODELS = [MODEL, TWIN, OTHER, PORTED];

/** Values that tell network, photo and crop apart. @param {string} url */
function valuesOf(url) {
  const { pathname, searchParams } = new URL(url, location.href);
  const [, , , model = "", image = ""] = pathname.split("/").map(decodeURIComponent);
  const base = 10 * MODELS.findIndex(({ id }) => id === model) + (image === "aa" ? 1 : image === "bb" ? 2 : 3);
  return new Float32Array([base, -base / 2, base + (searchParams.get("crop")?.startsWith("5") ? 0.25 : 0)]);
}

/** The layers that correspond to those of the network pinned. @param {string} url */
function pairsOf(url) {
  const b = MODELS.find(({ id }) => url.includes(`model_b=${encodeURIComponent(id)}`)) ?? MODEL;
  if (b === OTHER) return [];
  return MODEL.nodes.map(({ name }, at) => ({ a: name, b: b.nodes[at]?.name, shape: [1], compared: 1, differing: 1, relative: at, cosine: 1, largest: 0, channels: [] }));
}

/** @param {string} url */
function traced(url) {
  const values = valuesOf(url);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const node = url.includes("/ported/") ? "/conv" : "conv";
  const layer = { node, kind: "conv2d", shape: [1, 1, 3], encoding: "float32", elements: 3, min, max, mean: 0, std: 0, zero_fraction: 0 };
  const bytes = frame(layer, 12);
  bytes.set(new Uint8Array(values.buffer), bytes.length - 12);
  const doubt = { entropy: 0, margin: 0, unsure: false };
  return new Blob([bytes, frame({ done: true, top: [{ label: "koala", probability: 1 }], doubt, crop: {}, milliseconds: 1 })]);
}

/**
 * A page against a server made of functions.
 *
 * @param {(page: ReturnType<typeof createComparison>, asked: string[]) => Promise<void>} body
 * @param {(url: string) => Response | Promise<Response> | undefined} [answer]
 */
async function onPage(body, answer = () => undefined) {
  const real = globalThis.fetch;
  /** @type {string[]} */
  const asked = [];
  globalThis.fetch = async (input) => {
    const url = String(input);
    asked.push(url);
    const told = await answer(url);
    if (told) return told;
    if (url.includes("/frames")) return new Response(traced(url));
    if (url.includes("/comparison")) return Response.json({ exact: url.includes("image_b=aa"), compared: 3, differing: 0, layers: pairsOf(url), only_a: [], only_b: [], first: null, answer_a: [], answer_b: [] });
    if (url.includes("/noise")) return Response.json({ id: "noisy", width: 64, height: 64 }, { status: 201 });
    if (url.endsWith("/info")) return Response.json({ id: "noisy", width: 64, height: 64 });
    if (url === "/api/models") return Response.json(MODELS);
    if (url === "/api/samples") return Response.json(SAMPLES);
    const model = MODELS.find(({ id }) => url === `/api/models/${encodeURIComponent(id)}`);
    return model ? Response.json(model) : Response.json({ title: "No such model", detail: "" }, { status: 404 });
  };
  const page = createComparison(createSubject());
  addressHas(page.b, { ...EXPLORE_FIELDS, ...comparisonFields(page) });
  try {
    await openComparison(page, {});
    await until(() => page.b.status.value === "ready");
    await body(page, asked);
  } finally {
    globalThis.fetch = real;
  }
}

/** @param {ReturnType<typeof createComparison>} page @param {string} image */
const shows = (page, image) => until(() => page.b.shown.value?.image.id === image);
/** @param {ReturnType<typeof createComparison>} page */
const data = (page) => [...(laneSource(page).layer("conv")?.activation.data ?? [])];

test("what is pinned stays, and what comes next is B", () =>
  onPage(async (page) => {
    pin(page);
    assert.equal(page.a.shown.value, page.b.shown.value);
    assert.equal(compares(page), false);
    assert.deepEqual(data(page), [1, -0.5, 1]);
    openSample(page.b, CAT);
    await shows(page, "bb");
    assert.ok(compares(page));
    assert.equal(page.a.shown.value?.image.id, "aa");
    assert.deepEqual(data(page), [1, -0.5, 1], "2 - 1, -1 + 0.5, 2 - 1");
    page.lane.value = "a";
    assert.deepEqual(data(page), [1, -0.5, 1]);
    page.lane.value = "b";
    assert.deepEqual(data(page), [2, -1, 2]);
  }));

test("the same again is compared, and a crop differs only where it does", () =>
  onPage(async (page) => {
    pin(page);
    openSample(page.b, COFFEE);
    await until(() => compares(page));
    assert.deepEqual(data(page), [0, 0, 0]);
    await until(() => answerNow(page) !== null);
    assert.equal(answerNow(page)?.exact, true);
    setCrop(page.b, { left: 5, top: 0, width: 60, height: 60 });
    assert.equal(answerNow(page)?.exact, true, "until there is another result");
    await until(() => page.b.shown.value?.crop.left === 5);
    assert.equal(answerNow(page)?.exact, true, "the server says so of this image");
    assert.deepEqual(data(page), [0, 0, 0.25]);
  }));

test("an answer to what is not shown any more is none", () =>
  onPage(async (page) => {
    pin(page);
    openSample(page.b, CAT);
    await until(() => answerNow(page) !== null);
    page.b.shown.value = { .../** @type {any} */ (page.b.shown.value), key: "something else" };
    assert.equal(answerNow(page), null);
  }));

test("all lanes share the range of both, and only what differs is strengthened", () =>
  onPage(async (page) => {
    pin(page);
    openSample(page.b, CAT);
    await shows(page, "bb");
    const palette = () => paletteOf(/** @type {any} */ (laneSource(page).layer("conv")?.activation), 0);
    for (const lane of /** @type {const} */ (["a", "b", "difference"])) {
      page.lane.value = lane;
      assert.deepEqual(palette().scale, { low: -2, high: 2 }, lane);
      assert.equal(palette().map.kind, "diverging", lane);
    }
    page.gain.value = "4";
    assert.deepEqual(palette().scale, { low: -0.5, high: 0.5 });
    page.lane.value = "b";
    assert.deepEqual(palette().scale, { low: -2, high: 2 });
  }));

test("A and B change places without asking the server for their layers", () =>
  onPage(async (page, asked) => {
    pin(page);
    setNetwork(page, TWIN.id);
    await until(() => page.b.shown.value?.model.id === TWIN.id);
    const [first, second] = [page.a.shown.value, page.b.shown.value];
    const before = asked.filter((url) => url.includes("/frames")).length;
    page.lane.value = "b";
    assert.deepEqual(data(page), [11, -5.5, 11]);
    swap(page);
    assert.equal(page.a.shown.value?.key, second?.key);
    assert.equal(page.b.shown.value?.key, first?.key);
    assert.equal(page.b.model.value?.id, "small");
    assert.deepEqual(data(page), [1, -0.5, 1]);
    assert.equal(asked.filter((url) => url.includes("/frames")).length, before);
  }));

test("unpinning leaves B on the page, alone", () =>
  onPage(async (page) => {
    pin(page);
    openSample(page.b, CAT);
    await shows(page, "bb");
    unpin(page);
    assert.equal(compares(page), false);
    assert.equal(page.a.shown.value, null);
    assert.deepEqual(data(page), [2, -1, 2]);
    assert.ok(!writeView().includes("a-"), writeView());
  }));

test("noise is a picture of A's, and is named in the address", () =>
  onPage(async (page, asked) => {
    pin(page);
    addNoise(page, { epsilon: 3, steps: 10 });
    addNoise(page, { epsilon: 8, steps: 10 });
    await shows(page, "noisy");
    assert.deepEqual(asked.filter((url) => url.includes("/noise")).at(-1), "/api/traces/small/aa/noise?crop=0%2C0%2C100&epsilon=8&steps=10");
    assert.equal(noiseOf(page)?.epsilon, 8);
    assert.equal(page.b.image.value?.title, "noise, \u03b5 8/255");
    assert.ok(writeView().endsWith("&noise=8,10"), writeView());
    openSample(page.b, CAT);
    await shows(page, "bb");
    assert.equal(noiseOf(page), null);
    assert.ok(!writeView().includes("noise"), writeView());
  }));

test("a link brings back both, the lane, the strength, and the noise that the server has forgotten", () =>
  onPage(async (page, asked) => {
    const search = "?model=small&image=noisy&layer=conv&channel=0&y=0&x=0&a-model=small&a-image=aa&a-crop=5,6,30&lane=a&gain=4&noise=2,1";
    asked.length = 0;
    await openComparison(page, readView(search));
    await shows(page, "noisy");
    assert.ok(asked.some((url) => url.includes("/aa/noise?crop=5%2C6%2C30&epsilon=2&steps=1")));
    assert.equal(writeView(), search);
    assert.ok(compares(page));
    assert.equal(page.a.shown.value?.crop.left, 5);
    await openComparison(page, readView(search.replace("image=noisy", "image=aa")));
    assert.equal(page.b.shown.value?.image.id, "noisy", "the noise counts, whatever picture a link names");
    await openComparison(page, readView("?model=small&image=aa&layer=conv"));
    assert.equal(page.pinned.value, false);
  }));

test("a link to a subject beside itself brings both back, one to a pinned subject waits for B", () =>
  onPage(async (page) => {
    const pinned = "?model=small&image=aa&layer=conv&channel=0&y=0&x=0&a-model=small&a-image=aa";
    openSample(page.b, CAT);
    await shows(page, "bb");
    await openComparison(page, readView(pinned));
    assert.deepEqual([page.pinned.value, compares(page)], [true, false]);
    assert.equal(writeView(), pinned);
    await openComparison(page, readView(`${pinned}&b=same`));
    assert.ok(compares(page));
    assert.equal(writeView(), `${pinned}&b=same`);
  }));

test("networks that share less than half of the smaller one stand apart, and B is shown alone", () =>
  onPage(async (page) => {
    pin(page);
    setNetwork(page, TWIN.id);
    await until(() => page.b.shown.value?.model.id === TWIN.id);
    assert.equal(standApart(page), false);
    setNetwork(page, OTHER.id);
    await until(() => page.b.shown.value?.model.id === OTHER.id);
    assert.ok(standApart(page));
    assert.deepEqual(data(page), [21, -10.5, 21]);
    assert.ok(page.b.model.value?.nodes.some(({ name }) => name === view.selection.value.node));
  }));

test("layers that have other names in B stand beside those that the server says correspond", () =>
  onPage(async (page) => {
    pin(page);
    setNetwork(page, PORTED.id);
    await until(() => page.b.shown.value?.model.id === PORTED.id && answerNow(page) !== null);
    assert.equal(standApart(page), false);
    const source = laneSource(page);
    assert.deepEqual([...(source.layer("/conv")?.activation.data ?? [])], [30, -15, 30]);
    const a = source.sides?.()?.a;
    assert.deepEqual([...(a?.layer("/conv")?.activation.data ?? [])], [1, -0.5, 1]);
    assert.equal(a?.address("explain", "/conv"), "/api/traces/small/aa/explain/conv?crop=0%2C0%2C100");
    assert.equal(a?.known("conv"), "/conv");
    assert.equal(source.distances?.()?.of.get("/pool")?.relative, MODEL.nodes.findIndex(({ name }) => name === "pool"));
  }));

test("noise that cannot be made is said, and what was shown stays", () =>
  onPage(
    async (page) => {
      pin(page);
      addNoise(page, { epsilon: 4, steps: 1 });
      await until(() => page.b.status.value === "error");
      assert.equal(page.b.problem.value?.title, "No noise for this network");
      assert.equal(page.b.shown.value?.image.id, "aa");
    },
    (url) => (url.includes("/noise") ? Response.json({ title: "No noise for this network", detail: "It has no classes." }, { status: 422 }) : undefined),
  ));
