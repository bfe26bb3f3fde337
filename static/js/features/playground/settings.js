import { RANGES, TITLES, sizeFormula } from "../../geometry/legal-settings.js";
import { MODES, setMode, setSetting } from "../../state/playground.js";
import { h, setAttribute, setText } from "../../widgets/dom.js";
import { settingsFrom } from "./results.js";

/** @import { Complaint, SettingName } from "../../geometry/legal-settings.js" */
/** @import { Playground } from "../../state/playground.js" */

const NAMES = /** @type {SettingName[]} */ (Object.keys(RANGES));

/** Size, stride, padding and dilation, what stands beyond the border, and how large the map is for it. */
export class PlaygroundSettings {
  /** @type {Map<SettingName, HTMLInputElement>} */
  #fields = new Map();
  #modes = h("div", { class: "seg", role: "group", "aria-label": "Beyond the border" });
  #formula = h("p", { class: "play-formula" });
  #complaint = h("p", { class: "play-complaint", id: "play-complaint", role: "alert" });

  /** @param {AbortSignal} signal */
  constructor(signal) {
    const rows = NAMES.map((name) => {
      const [least, most] = RANGES[name];
      const input = h("input", { type: "number", id: `play-${name}`, min: least, max: most, step: 1, required: true });
      input.addEventListener("input", () => setSetting(name, input.valueAsNumber), { signal });
      this.#fields.set(name, input);
      return h("p", { class: "play-setting" }, h("label", { for: `play-${name}` }, TITLES[name]), input, h("small", {}, `${least}–${most}`));
    });
    for (const mode of MODES) {
      const button = h("button", { type: "button", "data-mode": mode }, mode);
      button.addEventListener("click", () => setMode(mode), { signal });
      this.#modes.append(button);
    }
    this.element = h(
      "section",
      { class: "play-settings", "aria-label": "Settings" },
      ...rows,
      h("p", { class: "play-label", "aria-hidden": "true" }, "Beyond the border"),
      this.#modes,
      this.#formula,
      this.#complaint,
    );
  }

  /**
   * @param {Playground} state
   * @param {{width: number, height: number} | null} photo
   * @param {Complaint | null} complaint
   */
  paint(state, photo, complaint) {
    for (const [name, input] of this.#fields) {
      if (!Object.is(input.valueAsNumber, state[name])) input.value = Number.isNaN(state[name]) ? "" : String(state[name]);
      const wrong = complaint?.setting === name;
      setAttribute(input, "aria-invalid", wrong ? "true" : null);
      setAttribute(input, "aria-describedby", wrong ? "play-complaint" : null);
    }
    for (const button of this.#modes.querySelectorAll("button")) {
      setAttribute(button, "aria-pressed", String(button.dataset.mode === state.mode));
    }
    setText(this.#complaint, complaint?.text ?? "");
    this.#formula.hidden = !photo || complaint !== null;
    if (photo && !complaint) this.#paintFormula(state, photo);
  }

  /**
   * @param {Playground} state
   * @param {{width: number, height: number}} photo
   */
  #paintFormula(state, { width, height }) {
    const settings = settingsFrom(state);
    const name = width === height ? "Side of the map" : "Width of the map";
    const rows = [
      h("span", {}, `${name}: floor((n + 2p − d·(k − 1) − 1) / s) + 1`),
      h("b", {}, sizeFormula(width, settings)),
      ...(width === height ? [] : [h("span", {}, "Height"), h("b", {}, sizeFormula(height, settings))]),
      h("small", {}, "n photo, k kernel size, s stride, p padding, d dilation"),
    ];
    const key = rows.map((row) => row.textContent).join("|");
    if (this.#formula.dataset.key === key) return;
    this.#formula.dataset.key = key;
    this.#formula.replaceChildren(...rows);
  }
}
