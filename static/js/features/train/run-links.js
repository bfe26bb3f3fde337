/** Links to runs of `convscope train`. */

import { h } from "../../widgets/dom.js";

/** @import { TrainingRunName } from "../../api/training-runs.js" */

/** @param {readonly TrainingRunName[]} runs */
export const runLinks = (runs) =>
  runs.map(({ id, net, running }) => h("li", {}, h("a", { class: "quiet", href: `/train?run=${encodeURIComponent(id)}` }, id), ` ${id === net ? "" : net}${running ? " running" : ""}`));
