/** The page's state against a server made of functions that knows one small network. */

import { catalogue } from "../../static/js/state/catalogue.js";
import { createSubject } from "../../static/js/state/subject.js";
import { assert } from "./harness.js";
import { MODEL } from "./small-model.js";

/** What the tests of a file look at. */
export const subject = createSubject();

/** @param {object} header @param {number} payload */
export function frame(header, payload = 0) {
  const text = JSON.stringify({ ...header, bytes: payload });
  const bytes = new Uint8Array(4 + text.length + payload);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(new TextEncoder().encode(text), 4);
  return bytes;
}

/** @param {string} url */
export function tracedBody(url) {
  const [left = 0, top = 0, width = 0] = (new URL(url, location.href).searchParams.get("crop") ?? "").split(",").map(Number);
  const layer = { node: "conv", kind: "conv2d", shape: [1], encoding: "float32", elements: 1 };
  const best = [{ label: "koala", probability: 0.9 }, { label: "orange", probability: 0.1 }];
  const doubt = { entropy: 0.47, margin: 0.8, unsure: false };
  const done = { done: true, top: best, doubt, crop: { left, top, width, height: width }, milliseconds: 1 };
  return new Blob([frame(layer, 4), frame(done)]);
}

export const SAMPLES = [
  { id: "aa", title: "Coffee", width: 100, height: 100, kind: "photo" },
  { id: "bb", title: "Cat", width: 60, height: 80, kind: "photo" },
];

/**
 * The page's state against a server made of functions; gives the addresses that were asked for.
 *
 * @param {Partial<Record<"frames" | "info", (url: string) => Response | Promise<Response>>>} answers
 * @param {(asked: string[]) => Promise<void>} body
 */
export async function withServer(answers, body) {
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
  subject.model.value = subject.image.value = subject.crop.value = subject.shown.value = null;
  catalogue.models.value = [];
  try {
    await body(asked);
  } finally {
    globalThis.fetch = real;
  }
}

/** @param {() => boolean} condition */
export async function until(condition) {
  for (let i = 0; i < 200 && !condition(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(condition(), "it did not come about");
}
export const ready = () => until(() => subject.status.value === "ready");
export const failed = () => until(() => subject.status.value === "error");

export const broken = () => Response.json({ title: "Out of order", detail: "Try later." }, { status: 500 });
