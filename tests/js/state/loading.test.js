import { catalogue } from "../../../static/js/state/catalogue.js";
import { cropKey } from "../../../static/js/state/crop.js";
import { openSample, setCrop } from "../../../static/js/state/loading.js";
import { openImage } from "../../../static/js/state/taking.js";
import { openView } from "../../../static/js/state/restore.js";
import { EXPLORE_FIELDS, addressHas, readView, writeView } from "../../../static/js/state/url.js";
import { selectNode, selectPixel, view } from "../../../static/js/state/view.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";
import { broken, failed, frame, ready, subject, tracedBody, until, withServer } from "../small-server.js";

addressHas(subject, EXPLORE_FIELDS);

test("without an address the first model and the first sample are opened", () =>
  withServer({}, async () => {
    await openView(subject, {});
    await ready();
    assert.equal(subject.shown.value?.image.title, "Coffee");
    assert.equal(subject.shown.value?.top?.[0]?.label, "koala");
    assert.equal(subject.shown.value?.doubt?.unsure, false);
    assert.equal(view.announcement.value, "koala, 80 points ahead of orange.");
    assert.equal(subject.shown.value?.activations.get("conv")?.data.length, 1);
    assert.equal(subject.pending.value, null);
    assert.equal(view.playback.value.position, MODEL.nodes.length);
  }));

test("an address brings back its view, and is written as it was read", () =>
  withServer({}, async () => {
    const search = "?model=small&image=bb&crop=5,6,30&layer=pool&channel=3&y=4&x=5&view=even&scale=map";
    await openView(subject, readView(search));
    await ready();
    assert.equal(writeView(), search);
  }));

test("a link that names only a layer opens the middle of it", () =>
  withServer({}, async () => {
    await openView(subject, { layer: "pool" });
    await ready();
    assert.deepEqual(view.selection.value, { node: "pool", channel: 0, y: 15, x: 15 });
  }));

test("the crop that the server takes anyway is not written", () =>
  withServer({}, async () => {
    await openView(subject, { image: "bb" });
    await ready();
    assert.ok(!writeView().includes("crop"), writeView());
  }));

test("a link to a forgotten image says so and shows nothing in its place", () =>
  withServer({ info: () => Response.json({ title: "Image not here", detail: "" }, { status: 404 }) }, async () => {
    await openView(subject, { image: "gone" });
    await failed();
    assert.ok(/link is gone/.test(subject.problem.value?.title ?? ""));
    assert.equal(subject.image.value, null);
    openSample(subject, /** @type {typeof catalogue.samples.value[0]} */ (catalogue.samples.value[1]));
    await ready();
    assert.equal(subject.problem.value, null);
  }));

test("a link to a model that is gone opens the first one and says so", () =>
  withServer({}, async () => {
    await openView(subject, { model: "nope" });
    await ready();
    assert.equal(subject.model.value?.id, "small");
    assert.equal(subject.problem.value?.title, "No such model");
  }));

test("the old result stays until the new one is complete", () =>
  withServer({}, async () => {
    await openView(subject, {});
    await ready();
    const old = subject.shown.value;
    openSample(subject, /** @type {typeof catalogue.samples.value[0]} */ (catalogue.samples.value[1]));
    await until(() => subject.pending.value?.image.id === "bb");
    assert.equal(subject.shown.value, old);
    await ready();
    assert.equal(subject.shown.value?.image.id, "bb");
  }));

test("when a trace fails what was shown is back, and a retry opens the other again", async () => {
  let works = true;
  await withServer({ frames: (url) => (works ? new Response(tracedBody(url)) : broken()) }, async () => {
    await openView(subject, {});
    await ready();
    works = false;
    openSample(subject, /** @type {typeof catalogue.samples.value[0]} */ (catalogue.samples.value[1]));
    await failed();
    assert.equal(subject.image.value?.id, "aa");
    assert.equal(subject.crop.value?.width, 100);
    assert.deepEqual([subject.problem.value?.title, subject.problem.value?.about], ["Out of order", "Cat"]);
    works = true;
    subject.problem.value?.retry?.();
    await ready();
    assert.equal(subject.shown.value?.image.id, "bb");
  });
});

test("an answer is read to its very end, not left after the last layer", () => {
  let left = false;
  const frames = (/** @type {string} */ url) => {
    const chunks = tracedBody(url).stream().getReader();
    return new Response(
      new ReadableStream({
        async pull(controller) {
          const { value, done } = await chunks.read();
          if (!done) return controller.enqueue(value);
          await new Promise((resolve) => setTimeout(resolve, 30)); // the end comes later than the last frame
          if (!left) controller.close();
        },
        cancel: () => void (left = true),
      }),
    );
  };
  return withServer({ frames }, async () => {
    await openView(subject, {});
    await ready();
    assert.equal(left, false);
  });
});

test("a failure under way, after layers have come, is a failure", () =>
  withServer(
    { frames: () => new Response(new Blob([frame({ error: { status: 500, title: "Broken", detail: "Try again." } })])) },
    async () => {
      await openView(subject, {});
      await failed();
      assert.equal(subject.problem.value?.title, "Broken");
      assert.equal(subject.shown.value, null);
    },
  ));

test("layers that come at once are told once, together with the answer; those that are dropped, too", () =>
  withServer({}, async () => {
    await openView(subject, { image: "aa" });
    await ready();
    let told = 0;
    const end = new AbortController();
    for (const each of [subject.shown, subject.arrived]) each.subscribe(() => (told += 1), { signal: end.signal });
    setCrop(subject, { left: 0, top: 0, width: 40, height: 40 });
    await ready();
    assert.equal(told, 3, "twice on subscribing, once for the result");
    const pending = { ...subject.shown.value, activations: new Map(subject.shown.value?.activations) };
    subject.pending.value = /** @type {import("../../../static/js/state/types.js").TraceView} */ (pending);
    setCrop(subject, { left: 0, top: 0, width: 50, height: 50 });
    assert.equal(told, 4, "what had come of the one before gives way");
    await ready();
    end.abort();
  }));

test("a stream that ends without an answer is a failure", () =>
  withServer({ frames: () => new Response(new Blob([])) }, async () => {
    await openView(subject, {});
    await failed();
    assert.ok(/broke off/.test(subject.problem.value?.title ?? ""));
  }));

test("a crop dragged while layers arrive is traced once they are there, the latest alone", () =>
  withServer({}, async (asked) => {
    await openView(subject, {});
    await ready();
    asked.length = 0;
    for (const left of [1, 2, 3, 4]) setCrop(subject, { left, top: 0, width: 50, height: 50 });
    await until(() => subject.shown.value?.crop.left === 4);
    const crops = asked.map((url) => new URL(url, location.href).searchParams.get("crop"));
    assert.deepEqual(crops, ["1,0,50", "4,0,50"]);
  }));

test("the same crop again is not traced again", () =>
  withServer({}, async (asked) => {
    await openView(subject, {});
    await ready();
    asked.length = 0;
    setCrop(subject, { .../** @type {any} */ (subject.crop.value) });
    assert.equal(asked.length, 0);
    assert.equal(cropKey(/** @type {any} */ (subject.crop.value)), "0,0,100");
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
    await openView(subject, {});
    await ready();
    const real = globalThis.XMLHttpRequest;
    globalThis.XMLHttpRequest = /** @type {any} */ (RefusedUpload);
    await openImage(subject, new File(["%PDF"], "notes.pdf"));
    globalThis.XMLHttpRequest = real;
    assert.equal(subject.status.value, "error");
    assert.equal(subject.problem.value?.retry, null);
    assert.equal(subject.problem.value?.about, "notes.pdf");
    assert.equal(subject.image.value?.id, "aa");
  }));

test("selecting clamps, announces, and ends what was hovered", () =>
  withServer({}, async () => {
    await openView(subject, {});
    await ready();
    view.hover.value = { node: "pool", channel: 0, y: 0, x: 0 };
    selectPixel(subject.model.value, { node: "pool", channel: 3, y: 100, x: 2 });
    assert.deepEqual(view.selection.value, { node: "pool", channel: 3, y: 30, x: 2 });
    assert.equal(view.hover.value, null);
    assert.equal(view.announcement.value, "pool, channel 3");
    selectNode(subject.model.value, "output");
    assert.deepEqual(view.selection.value, { node: "output", channel: 3, y: 0, x: 0 });
    selectPixel(subject.model.value, { node: "nothing", channel: 0, y: 0, x: 0 });
    assert.equal(view.selection.value.node, "output");
  }));
