import { late } from "../../api/client.js";
import { BaseElement } from "../../widgets/base-element.js";
import { onKeys } from "../../widgets/keys.js";
import { styles } from "../../widgets/styles.js";

/** The way to the list of keys, which comes when it is asked for. */
export class KeysButton extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const open = async () => {
      const [{ openKeyList }] = await Promise.all([late(() => import("./key-list.js")), styles("help")]);
      if (!document.querySelector("dialog[open]")) openKeyList();
    };
    this.querySelector("button")?.addEventListener("click", () => void open(), { signal });
    onKeys({ "?": ["This list", () => void open()] }, signal);
  }
}

customElements.define("keys-button", KeysButton);
