import { news } from "../../state/photos.js";
import { openAll, tellNoPicture } from "../../state/taking.js";

/** @import { Subject } from "../../state/subject.js" */

/**
 * Look at the picture that the clipboard holds, if the browser shows it.
 *
 * @param {Subject} subject
 */
export async function paste(subject) {
  try {
    for (const item of await navigator.clipboard.read()) {
      const type = item.types.find((each) => each.startsWith("image/"));
      if (type) return void openAll(subject, [await item.getType(type)], "Pasted picture");
    }
    tellNoPicture();
  } catch {
    news.value = "";
    news.value = "The browser keeps the clipboard to itself here. Press Ctrl+V instead.";
  }
}
