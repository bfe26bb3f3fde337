/** What opens a camera or a sheet to draw on: each comes when it is first wanted. */

import { late } from "../../api/client.js";
import { styles } from "../../widgets/styles.js";

/** @param {string} source */
export async function openSource(source) {
  // by its key: what the network does not take is not offered
  if (document.querySelector(`image-dock [data-source="${source}"][hidden]`)) return;
  // A page that can watch a camera takes it.
  if (source === "camera" && !dispatchEvent(new Event("watch", { cancelable: true }))) return;
  await styles("picture");
  if (source === "camera") (await late(() => import("./camera-dialog.js"))).openCamera();
  else (await late(() => import("./draw-pad.js"))).openDrawPad();
}
