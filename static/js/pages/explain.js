/** Explain: one subject, handed to all elements; the address is opened, the question goes to the server. */

import { half, listenToKeys } from "../features/explain/index.js";
import "../features/intake/index.js";
import { takeModel } from "../features/models/index.js";
import "../features/shell/index.js";
import { EXPLAIN_FIELDS, followNetwork, openExplain } from "../state/explain-address.js";
import { followClasses, followQuestion } from "../state/explain-stream.js";
import { createSubject } from "../state/subject.js";
import { addressHas, followAddress, oneOf, readView } from "../state/url.js";
import { give } from "../widgets/base-element.js";

/** @import { ViewRequest } from "../state/types.js" */

// Here a photo needs no trace of all its values: the maps come as they are asked for.
const subject = createSubject({ traced: false });

/** @param {ViewRequest} wanted */
function open(wanted) {
  half.value = /** @type {{ view?: string }} */ (wanted).view ?? "answer";
  void openExplain(subject, wanted);
}

give(document.body, subject);
addressHas(subject, { view: oneOf("view", half, ["answer", "channel"]), ...EXPLAIN_FIELDS });
addEventListener("bring-network", (event) => void takeModel(/** @type {CustomEvent<File>} */ (event).detail));
followNetwork(subject);
followClasses(subject);
followQuestion(subject);
followAddress(open);
open(readView(location.search));
listenToKeys(() => half.value === "answer");
