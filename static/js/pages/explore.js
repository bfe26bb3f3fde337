/** The Explore page: one subject, handed to all elements; the address is opened, keys and drops are wired. */

import "../features/answer/index.js";
import "../features/crop/index.js";
import "../features/film/index.js";
import "../features/inspector/index.js";
import "../features/intake/index.js";
import { takeModel } from "../features/models/index.js";
import "../features/shell/index.js";
import "../features/strip/index.js";
import { openView } from "../state/restore.js";
import { createSubject } from "../state/subject.js";
import { EXPLORE_FIELDS, addressHas, followAddress, readView, undo } from "../state/url.js";
import { give } from "../widgets/base-element.js";
import { onKeys } from "../widgets/keys.js";
import { offerLessons } from "./lessons.js";

const subject = createSubject();
give(document.body, subject);

const openLedger = () => void import("../features/ledger/index.js").then((ledger) => ledger.openLedger());
addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-open=ledger], .strip-labels")) openLedger();
});
onKeys({ l: openLedger, "Ctrl+z": undo });
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File>} */ (event).detail));

addressHas(subject, EXPLORE_FIELDS);
followAddress((wanted) => void openView(subject, wanted));
void openView(subject, readView(location.search));
offerLessons("explore", subject, (wanted) => void openView(subject, wanted));
