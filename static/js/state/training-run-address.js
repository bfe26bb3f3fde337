/** A run of `convscope train` and where one looks, in the address: a link opens exactly this view. */

import { FIRST_RUN_VIEW, run, runView, seeRun } from "./training-run.js";
import { effect } from "./store.js";

const REST = 200;

const NUMBERS = /** @type {const} */ (["step", "filter", "channel", "row", "column"]);

/** @param {URLSearchParams} search @returns {Partial<import("./training-run.js").RunView>} */
export function readRunView(search) {
  /** @type {Record<string, string | number>} */
  const found = {};
  const layer = search.get("layer");
  if (layer !== null && layer.length <= 200) found.layer = layer;
  for (const name of NUMBERS) {
    const text = search.get(name) ?? "";
    if (/^\d{1,7}$/.test(text)) found[name] = Number(text);
  }
  return found;
}

/** The search part that restores the present view. */
export function writeRunView() {
  const search = new URLSearchParams({ run: run.value?.id ?? "" });
  for (const name of /** @type {const} */ (["layer", ...NUMBERS])) {
    const now = runView.value[name];
    if (now !== FIRST_RUN_VIEW[name] && now !== null) search.set(name, String(now));
  }
  return `?${search}`;
}

/** Look where the address says, and keep it up to date from now on. @param {string} address */
export function followRunAddress(address) {
  seeRun(readRunView(new URLSearchParams(address)));
  let timer = 0;
  effect([run, runView], () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (run.value && writeRunView() !== location.search) history.replaceState(null, "", writeRunView() + location.hash);
    }, REST);
  });
}
