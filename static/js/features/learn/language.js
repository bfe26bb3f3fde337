/**
 * The language of the course: the one chosen last, else the browser's, else English. To add one is to add its file of
 * texts, and a row here.
 *
 * @import { Texts } from "../../../lessons/types.js"
 */

import { late } from "../../api/client.js";
import { signal } from "../../state/store.js";

const KEY = "convscope.language";

/** @type {Readonly<Record<string, {name: string, load: () => Promise<{texts: Texts}>}>>} */
export const LANGUAGES = {
  en: { name: "English", load: () => late(() => import("../../../lessons/texts/en.js")) },
  de: { name: "Deutsch", load: () => late(() => import("../../../lessons/texts/de.js")) },
};

/** @type {import("../../state/store.js").Signal<Texts | null>} */
export const texts = signal(/** @type {Texts | null} */ (null));

/** @returns {string} */
function preferred() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(KEY);
  } catch {
    // Without storage the browser's own language holds.
  }
  const wishes = [chosen ?? "", ...navigator.languages.map((each) => each.slice(0, 2))];
  return wishes.find((each) => Object.hasOwn(LANGUAGES, each)) ?? "en";
}

/** @param {string} [language] */
export async function speak(language = preferred()) {
  const { load } = LANGUAGES[language] ?? LANGUAGES.en ?? {};
  if (load) texts.value = (await load()).texts;
}

/** @param {string} language */
export async function choose(language) {
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It holds for this page all the same.
  }
  await speak(language);
}

/**
 * A text of the panel or the course page, with what stands for `{name}` put in.
 *
 * @param {Texts} from
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function word({ words }, key, values = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`no text ${key}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
