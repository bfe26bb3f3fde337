import { sameNumbers, shortest } from "../../state/edits.js";
import { eye } from "../../widgets/eye.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { NumberCells } from "./cells.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */

/** Layers whose channel has weights and a bias of its own. */
const WEIGHING = new Set(["conv2d", "dense", "batch_norm2d"]);

/**
 * The edit that mutes a channel.
 *
 * @param {string} node
 * @param {number} channel
 * @returns {Edit}
 */
export const muting = (node, channel) => ({ node, what: "mute", which: String(channel), value: "", rest: "", off: false });

/** @param {readonly Edit[]} edits @param {string} node @param {number} channel */
export const isMuted = (edits, node, channel) =>
  edits.some((each) => each.node === node && each.what === "mute" && !each.off && (each.which === "*" || each.which.split(",").includes(String(channel))));

/**
 * Mute a channel, or have it heard again, alone of all that an edit may mute together with it.
 *
 * @param {Editing} editing
 * @param {string} node
 * @param {number} channel
 */
export function toggleMute(editing, node, channel) {
  const edits = editing.edits();
  if (!isMuted(edits, node, channel)) return editing.change([muting(node, channel)]);
  const left = edits.flatMap((each) => {
    if (each.node !== node || each.what !== "mute" || each.off) return [each];
    const others = each.which.split(",").filter((which) => which !== String(channel) && which !== "*");
    return others.length ? [{ ...each, which: others.join() }] : [];
  });
  return editing.make(left);
}

/** Mute, scale and bias of the channel that is looked at. */
export class ChannelPart {
  #mute = h("button", { type: "button", class: "btn icon edit-eye", "aria-pressed": "false", "aria-label": "Mute", title: "Mute (O)" });
  #range = h("input", { type: "range", min: 0, max: 2, step: 0.05, "aria-label": "Scale of the channel" });
  #factor = h("output", { class: "num" });
  #scaling = h("label", { class: "edit-scale" }, "scale", this.#range, this.#factor);
  #bias;
  #biasing = h("div", { class: "edit-bias" }, "bias");
  #title = h("h3", {});
  #node = "";
  #index = 0;

  /** @param {Editing} editing */
  constructor(editing) {
    const bias = (/** @type {number[]} */ [value = 0]) => [this.#edit("bias", shortest(value))];
    this.#bias = new NumberCells({ done: (values) => void editing.change(bias(values)), trying: (values) => void editing.try(bias(values)) }, "Bias", true);
    this.#bias.lay(["Bias of the channel"], 1);
    this.#biasing.append(this.#bias.element);
    this.#mute.addEventListener("click", () => void toggleMute(editing, this.#node, this.#index));
    this.#range.addEventListener("input", () => {
      setText(this.#factor, times(this.#range.value));
      void editing.try([this.#edit("scale", this.#range.value)]);
    });
    this.#range.addEventListener("change", () => {
      const edit = this.#edit("scale", this.#range.value);
      void (Number(this.#range.value) === 1 ? editing.drop([edit]) : editing.change([edit]));
    });
    this.element = h("div", { class: "edit-channel" }, this.#title, h("div", { class: "edit-row" }, this.#mute, this.#scaling, this.#biasing));
  }

  /** @param {string} what @param {string} value @returns {Edit} */
  #edit(what, value = "") {
    return { node: this.#node, what, which: String(this.#index), value, rest: "", off: false };
  }

  /**
   * @param {NodeDetail} layer
   * @param {number} at
   * @param {readonly Edit[]} edits
   * @param {{name: string, bias: number | null}} told  `bias`: as trained; null where there is none to be shown here.
   */
  paint(layer, at, edits, { name, bias }) {
    [this.#node, this.#index] = [layer.name, at];
    const found = (/** @type {string} */ what) => edits.find((each) => sameNumbers(each, this.#edit(what)) && !each.off)?.value;
    const muted = isMuted(edits, layer.name, at);
    setText(this.#title, name);
    setAttribute(this.#mute, "aria-pressed", String(muted));
    if (this.#mute.dataset.muted !== String(muted)) this.#mute.replaceChildren(eye(muted));
    this.#mute.dataset.muted = String(muted);
    this.#range.value = found("scale") ?? "1";
    setText(this.#factor, times(found("scale") ?? "1"));
    setHidden(this.#scaling, !WEIGHING.has(layer.kind));
    setHidden(this.#biasing, bias === null);
    this.#bias.paint([Number(found("bias") ?? bias ?? 0)]);
  }
}

/** @param {string} factor */
const times = (factor) => `\u00d7 ${Number(factor).toFixed(2)}`;
