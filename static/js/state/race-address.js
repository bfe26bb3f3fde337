/** The race and where one looks, in the address: a link opens exactly this view. */

import { DRAWN, begin, open } from "./race-orders.js";
import { FIRST_VIEW, NETS, problem, race, see, taskOf, view } from "./race.js";
import { effect } from "./store.js";
import { lessonIn } from "./url.js";

/** @import { RaceView } from "./race.js" */

const REST = 200;

/** @type {readonly (keyof RaceView)[]} */
const WORDS = ["net", "layer", "left", "axis", "guess"];
/** @type {readonly (keyof RaceView)[]} */
const NUMBERS = ["step", "filter", "channel", "row", "column", "unit", "pixel", "image", "dx", "picture", "cell"];
const SETTINGS = ["rate", "batch", "optimizer", "schedule", "init", "decay", "shift", "passes", "seed"];

/** @type {Partial<Record<keyof RaceView, readonly string[]>>} */
const KNOWN = {
  net: NETS,
  layer: ["conv_1", "conv_2", "conv_3"],
  left: ["loss", "shift"],
  axis: ["steps", "seconds"],
  guess: ["cnn", "mlp", "same"],
};

/**
 * @param {URLSearchParams} search
 * @returns {Partial<RaceView>}
 */
export function readRaceView(search) {
  /** @type {Record<string, string | number>} */
  const found = {};
  for (const name of WORDS) {
    const text = search.get(name);
    if (text !== null && KNOWN[name]?.includes(text)) found[name] = text;
  }
  const drawn = search.get("drawn") ?? "";
  if (/^[0-9a-f]{32}$/.test(drawn)) found.drawn = drawn;
  const own = search.get("own") ?? "";
  if (/^[0-9a-f]{32}$/.test(own)) found.own = own;
  for (const name of NUMBERS) {
    const text = search.get(name) ?? "";
    const number = Number(text);
    if (/^-?\d{1,6}$/.test(text) && (number >= 0 || (name === "dx" && number >= -8)) && (name !== "dx" || number <= 8)) found[name] = number;
  }
  return found;
}

/** The search part that restores the present view. */
export function writeRaceView() {
  const search = new URLSearchParams();
  const { value } = race;
  if (value) {
    search.set("run", value.id);
    search.set("task", taskOf(value));
    if (!DRAWN.includes(taskOf(value))) search.set("classes", value.classes.join("|"));
    if (value.nets.length < NETS.length) search.set("nets", value.nets.map(({ id }) => id).join());
    for (const [name, text] of Object.entries(value.first)) search.set(name, String(text));
  }
  for (const name of [...WORDS, ...NUMBERS, .../** @type {const} */ (["drawn", "own"])]) {
    const now = view.value[name];
    if (now !== FIRST_VIEW[name] && now !== null) search.set(name, String(now));
  }
  return `?${search}`.replaceAll("%2C", ",");
}

/** @param {URLSearchParams} search The race's settings, for a server that does not have it. */
function settingsIn(search) {
  const found = SETTINGS.flatMap((name) => {
    const text = search.get(name);
    return text === null ? [] : [[name, /^-?[\d.]+(e-?\d+)?$/i.test(text) ? Number(text) : text]];
  });
  return Object.fromEntries(found);
}

/**
 * Open what the address names: its race where it is still there, else one with the same task and settings.
 *
 * @param {string} address As in `location.search`.
 */
export async function openAddress(address) {
  const search = new URLSearchParams(address);
  see(readRaceView(search));
  const run = search.get("run");
  if (run && (await open(run))) return;
  const nets = (search.get("nets") ?? NETS.join()).split(",");
  const classes = search.get("classes")?.split("|") ?? null;
  if (await begin(search.get("task") ?? "shapes", settingsIn(search), nets, classes)) return;
  const why = problem.value;
  await begin("shapes");
  problem.value = why;
}

/** Keep the address up to date from now on. */
export function followRaceAddress() {
  let timer = 0;
  effect([race, view], () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const address = writeRaceView();
      if (race.value && address !== location.search) history.replaceState(null, "", address + lessonIn(location.hash));
    }, REST);
  });
  // A step of a lesson changes what stands behind #, and nothing here.
  addEventListener("popstate", () => location.search !== writeRaceView() && void openAddress(location.search));
}
