/** The Shift lab: one subject, handed to all elements; the address is opened, state and server are connected. */

import { late } from "../api/client.js";
import { doubtLine } from "../features/doubt/index.js";
import "../features/intake/index.js";
import { takeModel } from "../features/models/index.js";
import "../features/shell/index.js";
import { lowerParts } from "../features/shift/index.js";
import { followAddress } from "../state/following.js";
import { PLAYGROUND_FIELDS, readPlayground } from "../state/playground-address.js";
import { SHIFT_FIELDS, followModel, openShift } from "../state/shift-address.js";
import { followShift } from "../state/shift-live.js";
import { createSubject } from "../state/subject.js";
import { addressHas, readView } from "../state/url.js";
import { give } from "../widgets/base-element.js";
import { landOn } from "../widgets/landing.js";
import { offerLessons, photoPage } from "./lessons.js";

/** @import { ViewRequest } from "../state/types.js" */

// Here a photo needs no trace of all its values: the maps come as they are asked for.
const subject = createSubject({ traced: false });

/** @param {ViewRequest} wanted */
function open(wanted) {
  readPlayground(new URLSearchParams(location.search));
  return openShift(subject, wanted);
}

// Before the address is written anew: what it says of the view has no place in the page.
landOn(location.hash, document.querySelectorAll("main > *, #lab > *"));
give(document.body, subject);
addressHas(subject, { ...SHIFT_FIELDS, ...PLAYGROUND_FIELDS });
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File[]>} */ (event).detail));
addEventListener("watch", (event) => {
  // a video that is dropped is no photo, and said to be none
  if (/** @type {CustomEvent<File>} */ (event).detail) return;
  event.preventDefault();
  void late(() => import("../features/live/index.js")).then(({ watchMoved }) => watchMoved(subject));
});
followModel(subject);
followShift(subject);
followAddress(open);
void open(readView(location.search));
void lowerParts();
void doubtLine();
void late(() => import("../features/playground/index.js"));
offerLessons(photoPage("shift", () => subject, (search) => open(readView(search))));
