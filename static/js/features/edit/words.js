/** What is said of edits. */

import { presetOf } from "../../geometry/kernels.js";
import { fixed, grouped } from "../../geometry/scale.js";

/** @import { Edit } from "../../state/edits.js" */

/**
 * @typedef {object} Known  What there is to know of the network and the pictures.
 * @property {(node: string) => string} kind
 * @property {(node: string, channel: number) => string} channel  What a channel is called.
 * @property {(node: string, channel: number, input: number) => string} input  What an input of it is called.
 * @property {(node: string) => number} inputs  How many a channel reads.
 * @property {(image: string) => string} picture
 */

/** @typedef {{edits: Edit[], places: number[]}} Group  Edits told as one, and where they stand among all. */

/** @param {Edit} edit  Those of one text are told as one. */
function keyOf({ node, what, which, off }) {
  const [channel] = which.split(",");
  const one = ["scale", "mute", "swap", "patch", "replace"].includes(what) ? which : channel;
  return [node, what, one, off].join(":");
}

/**
 * Edits that say the same of one channel: the kernels of all its inputs, all that is painted on its map.
 *
 * @param {readonly Edit[]} edits
 * @returns {Group[]}
 */
export function groupsOf(edits) {
  /** @type {Map<string, Group>} */
  const groups = new Map();
  edits.forEach((edit, at) => {
    const group = groups.get(keyOf(edit)) ?? { edits: [], places: [] };
    groups.set(keyOf(edit), group);
    group.edits.push(edit);
    group.places.push(at);
  });
  return [...groups.values()];
}

/** @param {string} which @param {string} node @param {Known} known */
function channels(which, node, known) {
  if (which === "*") return "all channels";
  return which.split(",").map((each) => known.channel(node, Number(each))).join(", ");
}

/**
 * A group in a few words.
 *
 * @param {Group} group
 * @param {Known} known
 */
export function told({ edits }, known) {
  const [{ node, what, which, value, rest }] = /** @type {[Edit, ...Edit[]]} */ (edits);
  const who = `${node} \u00b7 ${channels(["scale", "mute", "swap", "patch", "replace"].includes(what) ? which : (which.split(",")[0] ?? ""), node, known)}`;
  if (what === "mute") return `${who} muted`;
  if (what === "scale") return `${who} \u00d7 ${fixed(Number(value), 2)}`;
  if (what === "swap") return `${who} swapped`;
  if (what === "fill") return rest ? `${who}: ${counted(edits.reduce((sum, each) => sum + area(each.rest), 0), "value")} painted` : `${who}: all ${fixed(Number(value), 3)}`;
  if (what === "replace") return `${who}: ${counted(value.split(",").length, "value")} replaced`;
  if (what === "patch") return `${who}${rest ? `, ${placed(rest)},` : ""} from ${known.picture(value.split(",")[0] ?? "")}`;
  if (what === "weight" && known.kind(node) === "conv2d") return `${who}: ${kernels(edits, known)}`;
  if (what === "weight" && known.kind(node) === "dense") return `${who}: ${which.includes(",") ? counted(edits.length, "weight") : "all weights"}`;
  const name = known.kind(node) === "batch_norm2d" ? (SHIFTS[what] ?? what) : what;
  return `${who}: ${name.replaceAll("_", " ")} ${fixed(Number(value.split(",")[0]), 3)}`;
}

const SHIFTS = /** @type {Record<string, string>} */ ({ weight: "scale", bias: "shift", running_mean: "mean", running_var: "variance" });

/** @param {Edit[]} edits Of the weights of one channel. @param {Known} known */
function kernels(edits, known) {
  const [{ node, which }] = /** @type {[Edit, ...Edit[]]} */ (edits);
  const [channel = 0, input = 0] = which.split(",").map(Number);
  const whole = edits.every((each) => each.which.split(",").length === 2);
  const names = new Set(edits.map((each) => (whole ? presetOf(each.value.split(",").map(Number)) : null)));
  const [name] = names;
  const kernel = names.size === 1 && name ? name : edits.length === 1 && whole ? "kernel" : `${edits.length} kernels`;
  if (!whole) return counted(edits.length, "number");
  const all = known.inputs(node);
  if (all === 1) return kernel;
  const inputs = edits.length === all ? `all ${all} inputs` : edits.length > 1 ? `${edits.length} inputs` : numbered(known.input(node, channel, input));
  return `${kernel} on ${inputs}`;
}

/** @param {string} name What has no name is told by its number. */
const numbered = (name) => (/^\d+$/.test(name) ? `input ${name}` : name);

/** @param {string} rest Rectangles. */
const area = (rest) =>
  rest.split("_").reduce((sum, each) => {
    const [top = 0, left = 0, bottom = 0, right = 0] = each.split(",").map(Number);
    return sum + (bottom - top) * (right - left);
  }, 0);

/** @param {string} rest */
function placed(rest) {
  const [top = 0, left = 0, bottom = 0, right = 0] = rest.split(",").map(Number);
  return `rows ${top} to ${bottom - 1}, columns ${left} to ${right - 1}`;
}

/** @param {number} count @param {string} noun */
export const counted = (count, noun) => `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
