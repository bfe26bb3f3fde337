/** The Shift lab: elements are made known, the address is opened, state and server are connected. */

import "../features/intake/index.js";
import { takeModel } from "../features/models/index.js";
import { copying } from "../features/shell/index.js";
import { lowerParts } from "../features/shift/index.js";
import { fillViewsBy, show } from "../state/loading.js";
import { PLAYGROUND_FIELDS, readPlayground } from "../state/playground-address.js";
import { playground } from "../state/playground.js";
import { SHIFT_FIELDS, SHIFT_SIGNALS, followModel, openShift } from "../state/shift-address.js";
import { followShift } from "../state/shift-live.js";
import { addressHas, followAddress, readView } from "../state/url.js";
import { landOn } from "../widgets/landing.js";

/** @import { ViewRequest } from "../state/types.js" */

/** @param {ViewRequest} view */
function open(view) {
  readPlayground(new URLSearchParams(location.search));
  void openShift(view);
}

// Before the address is written anew: what it says of the view has no place in the page.
landOn(location.hash, document.querySelectorAll("main > *, #lab > *"));
// Here a photo needs no trace of all its values: the maps come as they are asked for.
fillViewsBy(async (view) => show(view));
addressHas({ ...SHIFT_FIELDS, ...PLAYGROUND_FIELDS }, [...SHIFT_SIGNALS, playground]);
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File>} */ (event).detail));
followModel();
followShift();
followAddress(open);
open(readView(location.search));
void copying();
void lowerParts();
void import("../features/playground/index.js");
