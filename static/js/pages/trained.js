/** The Training lab with a run of `convscope train`: it is followed, and opened at the steps that were kept. */

import { trainedKeys } from "../features/train/index.js";
import "../features/shell/index.js";
import { createSubject } from "../state/subject.js";
import { followRunAddress } from "../state/training-run-address.js";
import { followTrainingRun, lookOn } from "../state/training-run.js";
import { give } from "../widgets/base-element.js";
import { onKeys } from "../widgets/keys.js";

give(document.body, createSubject({ traced: false }));
onKeys(trainedKeys);
followRunAddress(location.search);
lookOn();
void followTrainingRun(new URLSearchParams(location.search).get("run") ?? "");
