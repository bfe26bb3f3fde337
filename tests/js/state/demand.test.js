import { wholeLayer } from "../../../static/js/state/demand.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { emptyView } from "../../../static/js/state/loading.js";
import { want } from "../../../static/js/state/wishes.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";
import { broken, until } from "../small-server.js";

/** @import { Activation, TraceView } from "../../../static/js/state/types.js" */

const subject = createSubject();

const RANGE = { min: 0, max: 1, mean: 0, std: 1, zeroFraction: 0 };

/** @param {string} node @param {number[]} shape @returns {Activation} */
const layer = (node, shape) => {
  const planes = shape.length > 1 ? { planes: new Map() } : {};
  return { node, kind: "conv2d", shape, data: new Float32Array(0), ...planes, ...RANGE };
};

/** @param {string} descr @param {readonly number[]} shape @param {number} first */
function npy(descr, shape, first) {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`.padEnd(118);
  const size = shape.reduce((all, each) => all * each, 1);
  const bytes = new Uint8Array(128 + 4 * size);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 118, 0]);
  bytes.set(new TextEncoder().encode(text), 10);
  bytes.set(new Uint8Array(Float32Array.from({ length: size }, () => first).buffer), 128);
  return new Response(bytes);
}

/**
 * A result of which nothing is here, against a server that gives every map its channel's number.
 *
 * @param {Activation[]} layers
 * @param {(page: {view: TraceView, asked: string[], ended: string[], hold: (on: boolean) => void}) => Promise<void>} body
 * @param {(url: string) => Response | null} [answer]
 */
async function onDemand(layers, body, answer = () => null) {
  const real = globalThis.fetch;
  /** @type {string[]} */
  const asked = [];
  /** @type {string[]} */
  const ended = [];
  let held = false;
  globalThis.fetch = async (input, options) => {
    const url = new URL(String(input), location.href);
    const [, , , , , what = "", node = ""] = url.pathname.split("/");
    const name = `${what}/${node}${decodeURIComponent(url.search)}`;
    asked.push(name);
    const signal = options?.signal;
    signal?.addEventListener("abort", () => ended.push(name));
    while (held && !signal?.aborted) await new Promise((resolve) => setTimeout(resolve, 2));
    if (signal?.aborted) throw signal.reason;
    const given = answer(name);
    if (given) return given;
    const shape = layers.find((each) => each.node === node)?.shape ?? [];
    if (what === "channels") {
      const zeros = Array.from({ length: shape[0] ?? 0 }, () => 0);
      return Response.json({ node, min: zeros, max: zeros, mean: zeros, variance: zeros, zero_fraction: zeros });
    }
    const channels = url.searchParams.get("channels")?.split(",").map(Number);
    return npy("<f4", channels ? [channels.length, ...shape.slice(1)] : shape, channels?.[0] ?? 7);
  };
  const crop = { left: 0, top: 0, width: 8, height: 8 };
  const image = { id: "aa", width: 8, height: 8, title: "Coffee" };
  const view = { ...emptyView(MODEL, image, crop), whole: false, complete: true };
  for (const each of layers) view.activations.set(each.node, each);
  subject.shown.value = view;
  subject.problem.value = null;
  try {
    await body({ view, asked, ended, hold: (on) => (held = on) });
  } finally {
    held = false;
    for (const who of ["a", "b"]) want(subject, who, new Map());
    subject.shown.value = null;
    await new Promise((resolve) => setTimeout(resolve, 10));
    globalThis.fetch = real;
  }
}

/** @param {Activation} activation */
const here = ({ planes }) => [...(planes?.keys() ?? [])].sort((a, b) => a - b);

test("what is wanted is fetched in one request, and only once", async () => {
  const conv = layer("conv", [8, 2, 2]);
  await onDemand([conv], async ({ asked }) => {
    want(subject, "a", new Map([["conv", [3, 1]]]));
    want(subject, "b", new Map([["conv", [1, 5]]]));
    await until(() => here(conv).length === 3);
    assert.deepEqual(asked, ["nodes/conv?crop=0,0,8&channels=3,1,5"]);
    assert.deepEqual([...(conv.planes?.get(3) ?? [])], [3, 3, 3, 3]);
    want(subject, "a", new Map([["conv", [1, 3, 6]]]));
    await until(() => here(conv).length === 4);
    assert.deepEqual(asked.slice(1), ["nodes/conv?crop=0,0,8&channels=6"]);
  });
});

test("of a layer with more channels than are shown the numbers of all are fetched, of a vector all of it", async () => {
  const [wide, list] = [layer("wide", [20, 2, 2]), layer("list", [6])];
  await onDemand([wide, list], async ({ asked }) => {
    want(subject, "a", new Map([["wide", []], ["list", [2]]]));
    await until(() => Boolean(wide.channels) && list.data.length === 6);
    assert.deepEqual(asked.sort(), ["channels/wide?crop=0,0,8", "nodes/list?crop=0,0,8"]);
  });
});

test("what has left the view is not waited for", async () => {
  const [near, far] = [layer("near", [4, 2, 2]), layer("far", [4, 2, 2])];
  await onDemand([near, far], async ({ ended, hold }) => {
    hold(true);
    want(subject, "a", new Map([["near", [0, 1]], ["far", [2]]]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    want(subject, "a", new Map([["near", [1]]]));
    await until(() => ended.length === 1);
    assert.deepEqual(ended, ["nodes/far?crop=0,0,8&channels=2"]);
    hold(false);
    await until(() => here(near).length === 2);
    assert.equal(subject.problem.value, null);
    want(subject, "a", new Map([["far", [2]]]));
    await until(() => here(far).length === 1);
  });
});

test("maps of another result are given up", async () => {
  const conv = layer("conv", [4, 2, 2]);
  await onDemand([conv], async ({ view, ended, hold }) => {
    hold(true);
    want(subject, "a", new Map([["conv", [0]]]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    subject.shown.value = { ...view, activations: new Map([["conv", layer("conv", [4, 2, 2])]]) };
    want(subject, "a", new Map([["conv", [1]]]));
    await until(() => ended.length === 1);
    assert.deepEqual(ended, ["nodes/conv?crop=0,0,8&channels=0"]);
  });
});

test("memory is bounded: the layers not seen for longest give way, never those in view", async () => {
  const side = 1024; // a map of four megabytes
  const layers = Array.from({ length: 10 }, (_, index) => layer(`conv${index}`, [2, side, side]));
  await onDemand(layers, async () => {
    for (const { node, planes } of layers) {
      want(subject, "a", new Map([["conv0", [0, 1]], [node, [0, 1]]]));
      await until(() => planes?.size === 2);
    }
    const held = layers.filter(({ planes }) => planes?.size).map(({ node }) => node);
    assert.deepEqual(held, ["conv0", "conv4", "conv5", "conv6", "conv7", "conv8", "conv9"]);
  });
});

test("a failure is said once, and asked for again when the reader wishes", async () => {
  const conv = layer("conv", [4, 2, 2]);
  let works = false;
  const answer = () => (works ? null : broken());
  await onDemand([conv], async ({ asked }) => {
    want(subject, "a", new Map([["conv", [0]]]));
    await until(() => subject.problem.value !== null);
    assert.deepEqual([subject.problem.value?.title, subject.problem.value?.about], ["Out of order", "conv"]);
    want(subject, "a", new Map([["conv", [0]]]));
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(asked.length, 1);
    works = true;
    subject.problem.value?.retry?.();
    await until(() => here(conv).length === 1);
    assert.equal(subject.problem.value, null);
  }, answer);
});

test("a whole layer is had where it is asked for, and stays as it is where it is here", async () => {
  const [conv, list] = [layer("conv", [4, 2, 2]), { ...layer("list", [2]), data: Float32Array.of(1, 2) }];
  await onDemand([conv, list], async ({ view, asked }) => {
    const whole = await wholeLayer(view, conv);
    assert.equal(whole.data.length, 16);
    assert.equal(whole.planes, undefined);
    assert.equal(await wholeLayer(view, list), list);
    assert.deepEqual(asked, ["nodes/conv?crop=0,0,8"]);
  });
});
