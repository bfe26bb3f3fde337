import { cropKey } from "../../../static/js/state/crop.js";
import { openImage, openSample, setCrop } from "../../../static/js/state/loading.js";
import { openView } from "../../../static/js/state/restore.js";
import { selectNode, selectPixel, session } from "../../../static/js/state/session.js";
import { readView, writeView } from "../../../static/js/state/url.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";
import { broken, failed, frame, ready, tracedBody, until, withServer } from "../small-server.js";

test("without an address the first model and the first sample are opened", () =>
  withServer({}, async () => {
    await openView({});
    await ready();
    assert.equal(session.shown.value?.image.title, "Coffee");
    assert.equal(session.shown.value?.top?.[0]?.label, "koala");
    assert.equal(session.shown.value?.doubt?.unsure, false);
    assert.equal(session.announcement.value, "koala, 80 points ahead of orange.");
    assert.equal(session.shown.value?.activations.get("conv")?.data.length, 1);
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
    await openView({});
    await ready();
    assert.equal(left, false);
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
