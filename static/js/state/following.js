/**
 * The address bar follows the page, and the page Back and Forward: they go between images, models and layers.
 *
 * @import { ReadonlySignal } from "./store.js"
 * @import { TraceView, ViewRequest } from "./types.js"
 */

import { effect } from "./store.js";
import { lessonIn, page, readView, writeView } from "./url.js";
import { view } from "./view.js";

/**
 * Milliseconds for which a view rests before it is written: a change of the address is not cheap, and browsers refuse
 * more than a hundred in some seconds. A pointer makes more, and so does a window that slides.
 */
const REST = 100;
/** Milliseconds after which it is written all the same, and after which it is tried again where a browser refuses. */
const LATEST = 180;
const REFUSED = 2000;
/** Milliseconds that a layer has to be looked at to be a step: whoever passes by others goes back to where it began. */
const STAY = 1000;

/** @typedef {{ depth?: number, walked?: number } | null} Entry  Subjects before this one, and layers since it came. */

/**
 * Keep the address up to date from now on, and follow Back and Forward.
 *
 * @param {(wanted: ViewRequest) => unknown} open  Its promise, if it gives one, settles when the page is there.
 * @param {AbortSignal} [signal]
 */
export function followAddress(open, signal) {
  const options = signal ? { signal } : {};
  /** The models and images of the present history entry, and where in them; null before the first. */
  let entry = /** @type {{ subject: string, walk: string } | null} */ (null);
  let timer = 0;
  /** When what is not written yet began to change. */
  let changed = 0;
  let drawn = false;
  /** When the last step to another layer was made. */
  let walkedAt = -Infinity;
  /** Whether that was a film's doing: all that it passes is one step. */
  let played = false;
  /** How many addresses the page is on its way to. */
  let arriving = 0;

  /** @param {boolean} draft  Of a drawing on its way, and of a number that is dragged, only the last state is worth going back to. */
  const note = (draft) => {
    const address = writeView() + lessonIn(location.hash);
    const now = { subject: stepsIn(writeView(), "subject"), walk: stepsIn(writeView(), "walk") };
    const { depth = 0, walked = 0 } = /** @type {Entry} */ (history.state) ?? {};
    const elsewhere = entry !== null && entry.subject !== now.subject && !draft;
    const walks = entry !== null && entry.subject === now.subject && entry.walk !== now.walk && !lessonIn(location.hash);
    const { playing } = view.playback.value;
    const stayed = performance.now() - walkedAt > STAY && !(played && playing);
    if (elsewhere) history.pushState({ depth: depth + 1, walked: 0 }, "", address);
    else if (walks && stayed) history.pushState({ depth, walked: walked + 1 }, "", address);
    else if (address !== location.search + location.hash) history.replaceState({ depth, walked }, "", address);
    if (walks) [walkedAt, played] = [performance.now(), playing];
    entry = now;
  };
  const write = () => {
    changed = 0;
    const shown = page.subject?.shown.value;
    // On the way to an address, or to another network, the page still shows what it comes from: that is no step.
    if (!shown || arriving || page.subject?.model.value?.id !== shown.model.id) return;
    const draft = drawn && (shown.image.draft === true || shown.model.draft !== undefined);
    try {
      note(draft);
      drawn = isDraft(shown);
    } catch {
      timer = setTimeout(write, REFUSED);
    }
  };
  const later = () => {
    clearTimeout(timer);
    changed ||= performance.now();
    timer = setTimeout(write, Math.min(REST, changed + LATEST - performance.now()));
  };
  /** @type {Set<ReadonlySignal<any>>} */
  const followed = new Set();
  page.follow = () => {
    const fresh = Object.values(page.fields).map(({ of }) => of).filter((of) => !followed.has(of));
    for (const of of fresh) followed.add(of);
    if (fresh.length) effect([...new Set(fresh)], later, options);
  };
  page.follow();
  addEventListener(
    "popstate",
    () => {
      const wanted = readView(location.search);
      entry = { subject: stepsIn(location.search, "subject"), walk: stepsIn(location.search, "walk") };
      arriving += 1;
      void Promise.resolve(open(wanted)).finally(() => {
        arriving -= 1;
        later();
      });
    },
    options,
  );
}

/** @param {TraceView} shown  Whether it is on its way: being drawn, or a number being dragged. */
const isDraft = ({ model, image }) => model.draft === true || image.draft === true;

/**
 * What of an address Back takes back, all together. Which channel of a layer is no step.
 *
 * @param {string} address
 * @param {"subject" | "walk"} kind
 */
function stepsIn(address, kind) {
  const search = new URLSearchParams(address);
  const steps = Object.entries(page.fields).filter(([, { step }]) => step === kind);
  const text = steps.map(([name]) => search.get(name)).join("/");
  return kind === "walk" ? text.replaceAll(/:\d+/g, "") : text;
}

/** Go back to the image or model before this one, past its layers. @returns {boolean}  False where there is none. */
export function undo() {
  const { depth = 0, walked = 0 } = /** @type {Entry} */ (history.state) ?? {};
  if (!depth) return false;
  history.go(-1 - walked);
  return true;
}
