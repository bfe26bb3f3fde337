import { urls } from "../../api/client.js";
import { compares, noiseOf, unpin } from "../../state/comparison.js";
import { editsOf, unedited } from "../../state/edits.js";
import { effect } from "../../state/store.js";
import { h, setAttribute, setStyle, setText } from "../../widgets/dom.js";

/** @import { Comparison } from "../../state/comparison.js" */
/** @import { TraceView } from "../../state/types.js" */

/** Longer side of the picture that is fetched. */
const PICTURE = 256;

/**
 * Both subjects: their photos with the part that each network sees. B's is the page's own crop box, which is lent for it.
 *
 * @param {Comparison} comparison
 */
export function subjectsPart(comparison) {
  const { a, b, pinned, begun } = comparison;
  const away = h("button", { type: "button", class: "quiet", title: "End the comparison (P)" }, "Unpin");
  away.addEventListener("click", () => unpin(comparison));
  const [first, second] = [tile("A"), tile("B")];
  const photo = pinnedPhoto();
  first.picture.append(photo.element);
  lendCropBox(comparison, second.picture);
  effect([a.shown, b.shown, pinned, begun], () => {
    if (!a.shown.value || !b.shown.value) return;
    photo.paint(a.shown.value);
    const different = a.shown.value.model.id !== b.shown.value.model.id;
    const waiting = !compares(comparison);
    second.element.classList.toggle("waiting", waiting);
    first.write(a.shown.value.image.title, a.shown.value.model.title);
    if (waiting) second.write("your change", "");
    else if (different && unedited(a.shown.value.model.id) === unedited(b.shown.value.model.id)) second.write(editsTold(b.shown.value.model.id), a.shown.value.model.title);
    else if (different) second.write(b.shown.value.model.title, b.shown.value.image.title);
    else second.write(noiseOf(comparison) ? b.shown.value.image.title : nameOf(a.shown.value, b.shown.value), b.shown.value.model.title);
  });
  const head = h("div", { class: "dock-head" }, h("h2", {}, "Two subjects"), away);
  return h("section", { class: "compare-subjects", "aria-label": "Two subjects" }, head, h("div", { class: "compare-tiles" }, first.element, second.element));
}

/** @param {string} id  Of an edited network, or of the one it comes of. */
function editsTold(id) {
  const edits = editsOf(id);
  const off = edits.filter((each) => each.off).length;
  const made = edits.length - off;
  return `${made || "no"} ${made === 1 ? "edit" : "edits"}${off ? `, ${off} off` : ""}`;
}

/** @param {TraceView} a @param {TraceView} b */
function nameOf(a, b) {
  if (a.key === b.key) return "the same again";
  return a.image.id === b.image.id ? `${b.image.title}, cropped` : b.image.title;
}

/** @param {string} letter */
function tile(letter) {
  const [title, small] = [h("span"), h("small")];
  const picture = h("div", { class: "compare-picture" });
  const element = h("div", { class: `compare-tile ${letter.toLowerCase()}` }, picture, h("p", {}, h("b", { class: "tag" }, letter), title), small);
  return {
    element,
    picture,
    write(/** @type {string} */ name, /** @type {string} */ below) {
      setText(title, name);
      setAttribute(title, "title", name);
      setText(small, below || "\u00a0");
    },
  };
}

/** The pinned photo, with the box around what the network sees. */
function pinnedPhoto() {
  const [picture, box] = [h("img", { alt: "", draggable: "false" }), h("div", { class: "crop" })];
  const element = h("div", { class: "photo-frame" }, picture, box);
  return {
    element,
    paint(/** @type {TraceView} */ { image, crop }) {
      setAttribute(picture, "src", urls.thumbnail(image.id, PICTURE));
      setAttribute(picture, "alt", image.title);
      setStyle(element, "aspect-ratio", `${image.width} / ${image.height}`);
      setStyle(element, image.width < image.height ? "height" : "width", "100%");
      setStyle(element, image.width < image.height ? "width" : "height", "auto");
      const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
      setStyle(box, "left", share(crop.left, image.width));
      setStyle(box, "top", share(crop.top, image.height));
      setStyle(box, "width", share(crop.width, image.width));
      setStyle(box, "height", share(crop.height, image.height));
      box.classList.toggle("whole", crop.width === image.width && crop.height === image.height);
    },
  };
}

/**
 * While something is pinned, the page's crop box stands on B's tile; afterwards where it was.
 *
 * @param {Comparison} comparison
 * @param {HTMLElement} tile
 */
function lendCropBox({ pinned }, tile) {
  const box = document.querySelector("crop-box");
  const home = box?.previousElementSibling;
  if (!box || !home) return;
  pinned.subscribe((now) => {
    if (now === tile.contains(box)) return;
    if (now) tile.append(box);
    else home.after(box);
  });
}
