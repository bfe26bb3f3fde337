/**
 * What a channel detects, in the address bar.
 *
 * @import { Only, Sort } from "./channels.js"
 * @import { ViewRequest } from "./types.js"
 * @import { Fields } from "./url.js"
 */

import { channels } from "./channels.js";
import { oneOf } from "./url.js";

/** @type {Fields} */
export const CHANNEL_FIELDS = {
  card: {
    of: channels.chosen,
    write: () => (channels.active.value && channels.chosen.value.node ? `${channels.chosen.value.node}:${channels.chosen.value.channel}` : null),
    read: (text) => (/^.+:\d{1,6}$/.test(text) ? { card: text } : null),
  },
  sort: oneOf("sort", channels.sort, ["class", "number", "max", "active", "zero"]),
  only: oneOf("only", channels.only, ["", "twin", "rare", "dead"]),
  find: { of: channels.find, write: () => channels.find.value || null, read: (text) => ({ find: text.slice(0, 80) }) },
};

/**
 * Look at the channel, in the order, that an address names.
 *
 * @param {ViewRequest & { card?: string, sort?: Sort, only?: Only, find?: string }} asked
 */
export function openChannels({ card, sort, only, find }) {
  const at = card?.lastIndexOf(":") ?? -1;
  if (card && at > 0) channels.chosen.value = { node: card.slice(0, at), channel: Number(card.slice(at + 1)) };
  channels.sort.value = sort ?? "class";
  channels.only.value = only ?? "";
  channels.find.value = find ?? "";
}
