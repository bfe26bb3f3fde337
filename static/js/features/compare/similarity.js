import { ApiProblem, getJson, urls } from "../../api/client.js";
import { colormap, colour, cssColour, inkOn } from "../../draw/colormap.js";
import { fixed } from "../../geometry/scale.js";
import { answerNow, setNetwork } from "../../state/comparison.js";
import { standApart } from "../../state/correspondence.js";
import { Newest } from "../../state/newest.js";
import { currentTheme, onSystemTheme } from "../../state/scene.js";
import { effect } from "../../state/store.js";
import { view } from "../../state/view.js";
import { h } from "../../widgets/dom.js";
import { twinOf } from "./change.js";
import { channelSpan } from "./words.js";

/** @import { ModelDetail, SimilarityAnswer } from "../../api/client.js" */
/** @import { Comparison } from "../../state/comparison.js" */

/**
 * Two networks whose layers share no channels: how alike they are all the same.
 *
 * @param {Comparison} comparison
 */
export function similarityPart(comparison) {
  const { a, b, pinned, begun } = comparison;
  const element = h("div", { class: "compare-apart" });
  const asked = new Newest();
  let shown = "";
  /** @type {SimilarityAnswer | null} */
  let answer = null;
  const paint = () => {
    const [first, second] = [a.shown.value?.model, b.shown.value?.model];
    if (first && second) element.replaceChildren(...told(comparison, [first, second], answer));
  };
  const ask = async (/** @type {string} */ first, /** @type {string} */ second) => {
    const signal = asked.begin();
    answer = null;
    paint();
    try {
      answer = await getJson(urls.similarity(first, second), signal);
      paint();
    } catch (error) {
      if (!signal.aborted) element.append(problem(error, () => void ask(first, second)));
    }
  };
  effect([a.shown, b.shown, pinned, begun, comparison.answer], () => {
    if (!standApart(comparison) || !answerNow(comparison)) return;
    const [first, second] = [a.shown.value?.model.id ?? "", b.shown.value?.model.id ?? ""];
    if (shown === `${first}/${second}`) return;
    shown = `${first}/${second}`;
    void ask(first, second);
  });
  view.theme.subscribe(paint);
  onSystemTheme(paint, new AbortController().signal);
  return element;
}

/**
 * @param {Comparison} comparison
 * @param {[ModelDetail, ModelDetail]} models
 * @param {SimilarityAnswer | null} answer
 */
function told(comparison, [a, b], answer) {
  const photos = answer ? `over ${answer.images} photos` : "over the sample photos";
  const back = h("button", { type: "button", class: "btn" }, "Choose a network of one shape");
  back.addEventListener("click", () => setNetwork(comparison, twinOf(a.id)));
  return [
    h("h3", {}, "These two have no maps in common"),
    h(
      "p",
      {},
      `${a.title} has ${channelSpan(a)} a layer, ${b.title} ${channelSpan(b)}, so no channel of the one belongs to a channel of the other. `,
      "Classes are compared at the left; layers here, by linear CKA ",
      `(1: the same up to rotation and scale), ${photos}, estimated without bias.`,
    ),
    answer ? table(answer) : h("p", { class: "note", role: "status" }, "Comparing the layers\u2026"),
    back,
  ];
}

/** @param {SimilarityAnswer} answer */
function table({ a, b, values }) {
  const map = colormap("diverging", currentTheme());
  const cell = (/** @type {number | null} */ value) => {
    if (value === null) return h("td", { title: "A layer that says the same of every photo" }, "\u2013");
    const shade = colour(value, { low: -1.25, high: 1.25 }, map);
    const made = h("td", {}, fixed(value, 2));
    made.style.background = cssColour(shade);
    made.style.color = inkOn(shade);
    return made;
  };
  const head = h("tr", {}, h("th", { scope: "col" }, "A \\ B"), ...b.map((name) => h("th", { scope: "col", title: name }, broken(name))));
  const rows = a.map((name, row) => h("tr", {}, h("th", { scope: "row", title: name }, name), ...(values[row] ?? []).map(cell)));
  const whole = h("table", { class: "num" }, h("caption", { class: "sr-only" }, "Linear CKA, A's layers down, B's across"), h("thead", {}, head), h("tbody", {}, ...rows));
  return h("div", { class: "compare-table", tabindex: 0, role: "region", "aria-label": "Linear CKA" }, whole);
}

/** A long name, which may go on in the next line after each of its parts. @param {string} name */
const broken = (name) => name.replaceAll("_", "_\u200b");

/**
 * @param {unknown} error
 * @param {() => void} again
 */
function problem(error, again) {
  const retry = h("button", { type: "button", class: "btn" }, "Try again");
  retry.addEventListener("click", again);
  const said = error instanceof ApiProblem ? `${error.title}. ${error.detail}` : String(error);
  return h("div", { class: "problem", role: "alert" }, h("p", {}, said), retry);
}
