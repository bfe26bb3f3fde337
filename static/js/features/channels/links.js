/** From a card on to other pages: the network, photo and crop that are open go along. */

import { changedEdits, editsOf, withEdits } from "../../state/edits.js";
import { writePhoto } from "../../state/url.js";

/** @import { Subject } from "../../state/subject.js" */

/** @typedef {{ node: string, channel: number }} Channel */
/** @typedef {Channel & { y: number, x: number }} Value */

/** Explore at a channel, or at one of its values. @param {Subject} subject @param {Channel | Value} at */
export const inExplore = (subject, { node, ...at }) => `/${search(subject, { layer: node, ...at })}`;

/** Why the strongest value of a channel is what it is. @param {Subject} subject @param {Channel} at */
export const whyHere = (subject, { node, channel }) => search(subject, { ask: "channel", layer: node, ch: channel, place: "strongest" });

/** Explore at a channel that is muted, besides the edits there are. @param {Subject} subject @param {Channel} at */
export function muted(subject, { node, channel }) {
  const id = subject.model.value?.id ?? "";
  const mute = { node, what: "mute", which: String(channel), value: "", rest: "", off: false };
  return `/${search(subject, { model: withEdits(id, changedEdits(editsOf(id), [mute])), layer: node, channel })}`;
}

/** @param {Subject} subject @param {Record<string, string | number>} more */
function search(subject, more) {
  const all = new URLSearchParams(writePhoto(subject));
  for (const [name, value] of Object.entries(more)) all.set(name, String(value));
  return `?${all}`.replaceAll("%2C", ",");
}
