/**
 * The Explain page in the address bar: question, method, options, scale, film, pixel.
 *
 * @import { Subject } from "./subject.js"
 * @import { Fields } from "./url.js"
 * @import { Options } from "./explain-types.js"
 * @import { ViewRequest } from "./types.js"
 */

import { METHODS, STEPS, explain } from "./explain.js";
import { openView } from "./restore.js";
import { effect } from "./store.js";
import { oneOf } from "./url.js";

/** @param {string} text */
const whole = (text) => (/^\d{1,6}$/.test(text) ? Number(text) : null);

/** @param {"y" | "x"} axis */
const along = (axis) => ({
  of: explain.pixel,
  write: () => explain.pixel.value[axis],
  read: (/** @type {string} */ text) => (whole(text) === null ? null : { [axis]: whole(text) }),
});

/** @type {Fields} */
export const EXPLAIN_FIELDS = {
  ask: {
    of: explain.ask,
    write: () => (explain.ask.value.of === "class" ? null : explain.ask.value.of),
    read: (text) => (text === "pair" || text === "channel" ? { ask: text } : null),
  },
  a: { of: explain.ask, write: () => (explain.ask.value.of === "channel" ? null : explain.ask.value.a), read: (text) => ({ a: whole(text) }) },
  b: { of: explain.ask, write: () => (explain.ask.value.of === "pair" ? explain.ask.value.b : null), read: (text) => ({ b: whole(text) }) },
  layer: { of: explain.ask, write: () => (explain.ask.value.of === "channel" ? explain.ask.value.node : null), read: (layer) => ({ layer }) },
  ch: { of: explain.ask, write: () => (explain.ask.value.of === "channel" ? explain.ask.value.channel : null), read: (text) => ({ ch: whole(text) }) },
  place: {
    of: explain.ask,
    write: () => (explain.ask.value.of === "channel" && explain.ask.value.place === "strongest" ? "strongest" : null),
    read: (text) => (text === "strongest" ? { place: text } : null),
  },
  method: oneOf("method", explain.method, ["lrp", ...METHODS.filter((name) => name !== "lrp")]),
  scale: oneOf("scale", explain.scale, ["own", "one"]),
  film: oneOf("film", explain.film, ["deletion", "insertion"]),
  sign: oneOf("sign", explain.sign, ["both", "for", "against"]),
  at: {
    of: explain.at,
    write: () => (explain.at.value === 10 ? null : explain.at.value),
    read: (text) => ((whole(text) ?? Infinity) > STEPS ? null : { at: whole(text) }),
  },
  op: {
    of: explain.opacity,
    write: () => (explain.opacity.value === 0.85 ? null : explain.opacity.value),
    read: (text) => (/^[01](\.\d{1,2})?$/.test(text) && Number(text) <= 1 ? { op: Number(text) } : null),
  },
  y: along("y"),
  x: along("x"),
  options: {
    of: explain.options,
    write: () => (Object.keys(explain.options.value).length ? JSON.stringify(explain.options.value) : null),
    read: (text) => readOptions(text),
  },
};

/**
 * @param {string} text
 * @returns {{ options: Record<string, Options> } | null}
 */
function readOptions(text) {
  try {
    const told = JSON.parse(text);
    const known = Object.entries(told).filter(([name, each]) => METHODS.some((method) => method === name) && each !== null && typeof each === "object");
    return { options: Object.fromEntries(known) };
  } catch {
    return null;
  }
}

/** @typedef {Record<string, any>} Asked  What the fields above read. */

/**
 * Bring the page to a view that an address names.
 *
 * @param {Subject} subject
 * @param {ViewRequest} wanted
 */
export async function openExplain(subject, wanted) {
  const asked = /** @type {Asked} */ (/** @type {unknown} */ (wanted));
  const of = asked.ask ?? "class";
  explain.options.value = asked.options ?? {};
  explain.ask.value = { of, a: asked.a ?? null, b: asked.b ?? null, node: asked.layer ?? "", channel: asked.ch ?? 0, place: asked.place ?? "mean" };
  explain.method.value = asked.method ?? "lrp";
  explain.scale.value = asked.scale === "one" ? "one" : "own";
  explain.film.value = asked.film ?? "deletion";
  explain.sign.value = asked.sign ?? "both";
  explain.at.value = asked.at ?? 10;
  explain.opacity.value = asked.op ?? 0.85;
  explain.pixel.value = { y: asked.y ?? 51, x: asked.x ?? 39 };
  const { model, image, crop } = asked;
  await openView(subject, { ...(model ? { model } : {}), ...(image ? { image } : {}), ...(crop ? { crop } : {}) });
}

/**
 * Another network has other classes and layers: what it does not have is no longer asked for.
 *
 * @param {Subject} subject
 * @param {AbortSignal} [signal]
 */
export function followNetwork(subject, signal) {
  effect([subject.model], () => {
    const model = subject.model.value;
    if (!model) return;
    explain.classes.value = model.classes;
    const ask = explain.ask.value;
    const within = (/** @type {number | null} */ index) => (index !== null && index < model.classes.length ? index : null);
    const layers = model.nodes.filter(({ kind }) => kind !== "input");
    const node = layers.find(({ name }) => name === ask.node) ?? layers.findLast(({ output_shape: shape }) => shape.length === 3 && (shape[1] ?? 1) > 1) ?? layers[0];
    const channel = Math.min(ask.channel, (node?.output_shape[0] ?? 1) - 1);
    const of = model.classes.length ? ask.of : "channel";
    const next = { ...ask, of, a: within(ask.a), b: within(ask.b), node: node?.name ?? "", channel };
    if (JSON.stringify(next) !== JSON.stringify(ask)) explain.ask.value = next;
  }, signal ? { signal } : {});
}
