/** A net of the race at one step, brought to another page together with the test picture, as that net sees it. */

import { ApiProblem } from "../../api/client.js";
import { postFile } from "../../api/files.js";
import { openTrained } from "../../api/training.js";
import { netNamed, pictures, view } from "../../state/race.js";
import { pixelsOf, pictureOf } from "./parts.js";

/** Where a network can be opened. @type {readonly (readonly [title: string, path: string, words: string])[]} */
export const PAGES = [
  ["Explore", "/", "every layer, every value"],
  ["Shift lab", "/shift", "what moves with the picture"],
  ["Explain", "/explain", "why it says so"],
];

/** @typedef {{net: string, step: number}} Checkpoint */

/**
 * @param {string} path
 * @param {string} run
 * @param {string} net
 * @param {number} step
 * @returns {Promise<string>} The address.
 */
export async function openIn(path, run, net, step) {
  const [image, { id }] = [await imageFor(net), await openTrained(run, net, step)];
  return `${path}?model=${id}&image=${image}`;
}

/**
 * @param {string} run
 * @param {Checkpoint} a
 * @param {Checkpoint} b
 * @returns {Promise<string>} The address of both side by side.
 */
export async function openBeside(run, a, b) {
  const first = new URLSearchParams((await openIn("", run, a.net, a.step)).slice(1));
  const second = await openIn("/", run, b.net, b.step);
  return `${second}&a-model=${first.get("model")}&a-image=${first.get("image")}`;
}

/** @param {string} net @returns {Promise<string>} The id of the test picture that is looked at, as this net sees it. */
async function imageFor(net) {
  const held = pictures.value;
  if (view.value.drawn) return view.value.drawn;
  if (!held) throw new ApiProblem("No pictures", "The race's pictures have not come yet. Try again.", 0);
  const [, , height, width] = held.shape;
  const canvas = pictureOf(pixelsOf(held, view.value.image, netNamed(net)?.shuffled ?? false), width, height);
  const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve));
  if (!blob) throw new ApiProblem("No picture", "This browser cannot make a picture of the test image.", 0);
  return (await postFile("/api/images", blob, { name: "test.png" })).id;
}
