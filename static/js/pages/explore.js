/** The Explore page: one subject, handed to all elements, and a second one it may be compared with; the address, keys and drops are wired. */

import { late } from "../api/client.js";
import "../features/answer/index.js";
import "../features/crop/index.js";
import "../features/film/index.js";
import "../features/inspector/index.js";
import "../features/intake/index.js";
import { offerComparison } from "../features/compare/index.js";
import { offerEdits } from "../features/edit/index.js";
import { takeModel } from "../features/models/index.js";
import "../features/shell/index.js";
import "../features/strip/index.js";
import { createSubject } from "../state/subject.js";
import { EXPLORE_FIELDS, addressHas } from "../state/url.js";
import { give } from "../widgets/base-element.js";
import { onKeys } from "../widgets/keys.js";
import { offerLessons, photoPage } from "./lessons.js";

const subject = createSubject();
const { source, open, first, pinFirst, compared } = offerComparison(subject);
give(document.body, subject, source);
offerEdits(subject, source, pinFirst);

// The first picture does without it.
const following = late(() => import("../state/following.js"));
const openLedger = () => void late(() => import("../features/ledger/index.js")).then((ledger) => ledger.openLedger());
addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-open=ledger], .strip-labels")) openLedger();
});
onKeys({ l: ["What every layer costs", openLedger], "Ctrl+z": ["Back to the photo or network before", () => void following.then(({ undo }) => undo())] });
addEventListener("watch", (event) => {
  event.preventDefault();
  void late(() => import("../features/live/index.js")).then(({ watch }) => watch(subject, compared, /** @type {CustomEvent<File>} */ (event).detail ?? null));
});
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File[]>} */ (event).detail));

if (document.documentElement.dataset.visit) void late(() => import("../features/welcome/index.js"));
addressHas(subject, EXPLORE_FIELDS);
void following.then(({ followAddress }) => followAddress(() => open()));
void open();
offerLessons(photoPage("explore", first, open));
