/** What a network takes, as the page offers and names it. */

import { setHidden, setText } from "../../widgets/dom.js";

/** @import { ReadonlySignal } from "../../state/store.js" */
/** @import { Subject } from "../../state/subject.js" */

let begun = false;

/** From the first network that hears on. @param {ReadonlySignal<Subject["model"]["value"]>} model */
export function offer(model) {
  if (!begun) model.subscribe((now) => turn(now?.input.takes === "sound"));
  begun = true;
}

/**
 * One that hears gets no drawing, and a microphone in the place of the camera where the page has a panel for sounds; what
 * is called a photo elsewhere is a sound.
 *
 * @param {boolean} hears
 */
function turn(hears) {
  const named = (/** @type {string} */ what) => /** @type {HTMLElement} */ (document.querySelector(`image-dock [data-source="${what}"]`));
  const [camera, draw] = [named("camera"), named("draw")];
  if (camera) {
    setText(camera, hears ? "Microphone" : "Camera");
    setHidden(camera, hears && !document.querySelector("sound-panel"));
  }
  if (draw) setHidden(draw, hears);
  for (const each of document.querySelectorAll("[data-noun]")) setText(/** @type {HTMLElement} */ (each), hears ? "sound" : "photo");
}
