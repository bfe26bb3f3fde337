/** The Explore page: elements are made known, the address is opened, keys and drops are wired. */

import "../elements/bottom-sheet.js";
import "../elements/class-bars.js";
import "../elements/crop-box.js";
import "../elements/drop-zone.js";
import "../elements/image-dock.js";
import "../elements/layer-inspector.js";
import "../elements/model-picker.js";
import "../elements/network-strip.js";
import "../elements/page-tabs.js";
import "../elements/sample-grid.js";
import "../elements/status-line.js";
import "../elements/step-bar.js";
import "../elements/theme-toggle.js";
import { isPlainKey } from "../elements/keys.js";
import { openView } from "../state/restore.js";
import { followAddress, readView, undo } from "../state/url.js";

addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.closest("input, textarea, select, dialog");
  if (typing || event.altKey || event.shiftKey || event.key.toLowerCase() !== "z") return;
  if ((event.ctrlKey || event.metaKey) && undo()) event.preventDefault();
});

const openLedger = () => void import("../elements/ledger-dialog.js").then((ledger) => ledger.openLedger());
addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-open=ledger], .strip-labels")) openLedger();
});
addEventListener("keydown", (event) => isPlainKey(event, "l") && openLedger());

followAddress((view) => void openView(view));
void openView(readView(location.search));
// Nobody copies the link of a view before there is one.
void import("../elements/copy-link.js");
