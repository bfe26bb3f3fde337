/** Explain: one subject, handed to all elements; the address is opened, the question goes to the server. */

import { channelKeys } from "../features/channels/index.js";
import { doubtLine } from "../features/doubt/index.js";
import { half, listenToKeys } from "../features/explain/index.js";
import "../features/intake/index.js";
import { takeModel } from "../features/models/index.js";
import "../features/shell/index.js";
import { CHANNEL_FIELDS, openChannels } from "../state/channels-address.js";
import { followChannels } from "../state/channels-loading.js";
import { channels } from "../state/channels.js";
import { EXPLAIN_FIELDS, followNetwork, openExplain } from "../state/explain-address.js";
import { followClasses, followQuestion } from "../state/explain-stream.js";
import { followAddress } from "../state/following.js";
import { createSubject } from "../state/subject.js";
import { addressHas, oneOf, readView } from "../state/url.js";
import { give } from "../widgets/base-element.js";
import { atlasPage } from "./lessons-atlas.js";
import { offerLessons, photoPage } from "./lessons.js";

/** @import { ViewRequest } from "../state/types.js" */

// Here a photo needs no trace of all its values: the maps come as they are asked for.
const subject = createSubject({ traced: false });

/** @param {ViewRequest} wanted */
function open(wanted) {
  half.value = /** @type {{ view?: string }} */ (wanted).view ?? "answer";
  openChannels(wanted);
  return openExplain(subject, wanted);
}

give(document.body, subject);
addressHas(subject, { view: oneOf("view", half, ["answer", "channel"]), ...EXPLAIN_FIELDS, ...CHANNEL_FIELDS });
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File[]>} */ (event).detail));
followNetwork(subject);
followClasses(subject);
followAddress(open);
void open(readView(location.search));
listenToKeys(() => half.value === "answer");
channelKeys(subject);
followChannels(subject);
void doubtLine();

half.subscribe((shown) => (channels.active.value = shown === "channel"));

offerLessons(atlasPage(subject, photoPage("explain", () => subject, (search) => open(readView(search)))));

// Maps are asked for when they are first looked at: whoever came for a channel does not wait for them.
const first = new AbortController();
half.subscribe(
  (shown) => {
    if (shown !== "answer") return;
    first.abort();
    followQuestion(subject);
  },
  { signal: first.signal },
);
