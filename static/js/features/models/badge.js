import { h, s } from "../../widgets/dom.js";

/** @import { ModelSummary } from "../../api/client.js" */

/** @typedef {NonNullable<ModelSummary["imported"]>} Imported */

const SIGNS = { verified: "M2 6.5l2.75 2.75L10 3.5", unverified: "M6 2v5M6 9v1.5", pending: "M6 1.5a4.5 4.5 0 1 0 .01 0M6 3.5V6l1.75 1" };

/**
 * Whether an imported network computes what its file says, in the server's words.
 *
 * @param {Imported} imported
 */
export function importBadge({ verified, verification, pending }) {
  const state = pending ? "pending" : verified ? "verified" : "unverified";
  const path = s("path", { d: SIGNS[state], fill: "none", stroke: "currentColor", "stroke-width": 1.75 });
  const sign = s("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, path);
  return h("p", { class: `import-badge ${state}` }, sign, h("span", {}, verification));
}
