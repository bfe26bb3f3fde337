/** The Shift lab: elements are made known, the address is opened, state and server are connected. */

import "../elements/copy-link.js";
import "../elements/drop-zone.js";
import "../elements/image-dock.js";
import "../elements/model-picker.js";
import "../elements/page-tabs.js";
import "../elements/sample-grid.js";
import "../elements/shift-controls.js";
import "../elements/shift-lead.js";
import "../elements/shift-pad.js";
import "../elements/shift-table.js";
import "../elements/shift-variants.js";
import "../elements/status-line.js";
import "../elements/theme-toggle.js";
import { landOn } from "../elements/landing.js";
import { fillViewsBy, show } from "../state/loading.js";
import { PLAYGROUND_FIELDS, readPlayground } from "../state/playground-address.js";
import { playground } from "../state/playground.js";
import { SHIFT_FIELDS, SHIFT_SIGNALS, followModel, openShift } from "../state/shift-address.js";
import { followShift } from "../state/shift-live.js";
import { addressHas, followAddress, readView } from "../state/url.js";

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
followModel();
followShift();
followAddress(open);
open(readView(location.search));
// They are further down the page: what is above comes first.
void import("../elements/shift-sweep.js");
void import("../elements/shift-warp.js");
void import("../elements/shift-dense.js");
void import("../elements/playground.js");
