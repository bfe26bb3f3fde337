import { late } from "../../api/client.js";

/** @type {typeof import("./compared.js") | null} */
let compared = null;

/**
 * What the strip shows of two that are compared; null while it is on its way.
 *
 * @param {() => void} arrived
 */
export function comparedParts(arrived) {
  if (!compared) {
    void late(() => import("./compared.js")).then((parts) => {
      compared = parts;
      arrived();
    });
  }
  return compared;
}
