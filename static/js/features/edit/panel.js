import { parameter } from "../../state/parameters.js";
import { changedEdits, editsOf, sameNumbers, shortest, showEdits, unedited } from "../../state/edits.js";
import { channelName } from "../../state/scene.js";
import { effect } from "../../state/store.js";
import { undo } from "../../state/url.js";
import { view } from "../../state/view.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { KernelGrid } from "./kernel.js";

/** @import { NodeDetail } from "../../api/client.js" */
/** @import { Edit } from "../../state/edits.js" */
/** @import { Subject } from "../../state/subject.js" */

/** Layers whose channel has weights and a bias of its own. */
const WEIGHING = new Set(["conv2d", "dense", "batch_norm2d"]);

/**
 * The channel that is looked at, as it can be edited, and the edits there are.
 *
 * @param {Subject} subject
 * @param {() => Promise<void>} pinFirst
 */
export function editPanel(subject, pinFirst) {
  const make = async (/** @type {readonly Edit[]} */ edits) => {
    list.undone = 0;
    await pinFirst();
    showEdits(subject, edits);
  };
  const now = () => editsOf(subject.model.value?.id ?? "");
  const change = (/** @type {readonly Edit[]} */ changed) => void make(changedEdits(now(), changed));
  const drop = (/** @type {readonly Edit[]} */ gone) => void make(now().filter((each) => !gone.some((other) => sameNumbers(each, other))));
  const kernel = new KernelGrid({ change, drop });
  const channel = channelPart(change, drop);
  const list = chipList(now, (edits) => void make(edits));
  const title = h("h3", {});
  const panel = h("section", { class: "edit-panel", "aria-label": "Edit" }, list.element, title, kernel.element, channel.element);
  const paint = () => {
    const model = subject.model.value;
    const { node: name, channel: index } = view.selection.value;
    const node = model?.nodes.find((each) => each.name === name);
    if (!model || !node) return;
    const before = model.nodes.find((each) => each.name === node.inputs[0]);
    list.paint();
    const [edits, base] = [editsOf(model.id), unedited(model.id)];
    setText(title, `${node.name}, ${node.output_shape.length > 1 ? "channel" : "value"} ${index}`);
    kernel.paint(node, index, edits, trained(base, node, "weight", paint), (at) => (before ? channelName(model, before, at) : String(at)));
    channel.paint(node, index, edits, trained(base, node, "bias", paint)?.data[index] ?? null);
  };
  effect([subject.model, view.selection], paint);
  return panel;
}

/**
 * A parameter as it was trained; null where there is none, or until it is here.
 *
 * @param {string} model
 * @param {NodeDetail} node
 * @param {string} key
 * @param {() => void} arrived
 */
function trained(model, node, key, arrived) {
  const name = `${node.name}.${key}`;
  return name in node.parameters ? parameter(model, name, arrived) : null;
}

/** @typedef {(edits: readonly Edit[]) => void} Change */

/**
 * Mute, scale and bias of a channel.
 *
 * @param {Change} change
 * @param {Change} drop
 */
function channelPart(change, drop) {
  const mute = h("button", { type: "button", class: "btn small", "aria-pressed": "false" }, "Mute");
  const scale = h("input", { type: "range", min: 0, max: 2, step: 0.05, "aria-label": "Scale of the channel" });
  const factor = h("output", {});
  const bias = h("input", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": "Bias of the channel", size: 9 });
  const scaling = h("label", { class: "edit-scale" }, "scale", scale, factor);
  const biasing = h("label", { class: "edit-bias" }, "bias", bias);
  let node = "";
  let index = 0;
  const edit = (/** @type {string} */ what, value = "") => ({ node, what, which: String(index), value, rest: "", off: false });
  mute.addEventListener("click", () => (mute.getAttribute("aria-pressed") === "true" ? drop : change)([edit("mute")]));
  scale.addEventListener("input", () => setText(factor, `\u00d7 ${Number(scale.value).toFixed(2)}`));
  scale.addEventListener("change", () => (Number(scale.value) === 1 ? drop : change)([edit("scale", scale.value)]));
  bias.addEventListener("change", () => {
    const value = Number(bias.value);
    const good = bias.value.trim() !== "" && Number.isFinite(value);
    setAttribute(bias, "aria-invalid", good ? null : "true");
    if (good) change([edit("bias", shortest(value))]);
  });
  return {
    element: h("div", { class: "edit-channel" }, mute, scaling, biasing),
    /** @param {NodeDetail} layer @param {number} at @param {Edit[]} edits @param {number | null} own */
    paint(layer, at, edits, own) {
      [node, index] = [layer.name, at];
      const found = (/** @type {string} */ what) => edits.find((each) => sameNumbers(each, edit(what)) && !each.off)?.value;
      setAttribute(mute, "aria-pressed", String(found("mute") !== undefined));
      scale.value = found("scale") ?? "1";
      setText(factor, `\u00d7 ${Number(scale.value).toFixed(2)}`);
      setHidden(scaling, !WEIGHING.has(layer.kind));
      setHidden(biasing, own === null);
      if (document.activeElement !== bias) bias.value = found("bias") ?? (own === null ? "" : shortest(own));
    },
  };
}

/**
 * The edits there are: each can be switched off and taken away.
 *
 * @param {() => Edit[]} now
 * @param {Change} make
 */
function chipList(now, make) {
  const list = h("ul", { class: "edit-chips", "aria-label": "Edits" });
  const back = h("button", { type: "button", class: "btn small" }, "Undo");
  const again = h("button", { type: "button", class: "btn small" }, "Redo");
  const part = { element: h("div", { class: "edit-head" }, list, back, again), paint, undone: 0 };
  back.addEventListener("click", () => {
    if (undo()) part.undone += 1;
  });
  again.addEventListener("click", () => {
    part.undone -= 1;
    history.forward();
  });
  function paint() {
    again.disabled = part.undone < 1;
    setHidden(part.element, !now().length && !part.undone);
    list.replaceChildren(...now().map((edit, at) => chip(edit, (/** @type {Edit[]} */ instead) => make(now().toSpliced(at, 1, ...instead)))));
  }
  return part;
}

/**
 * @param {Edit} edit
 * @param {(instead: Edit[]) => void} replace
 */
function chip(edit, replace) {
  const name = `${edit.node} \u00b7 ${edit.which}: ${edit.what}`;
  const eye = h("button", { type: "button", "aria-pressed": String(!edit.off), "aria-label": `${name}: on`, title: "On or off" }, edit.off ? "\u25cb" : "\u25cf");
  const away = h("button", { type: "button", "aria-label": `Take away ${name}`, title: "Take away" }, "\u00d7");
  eye.addEventListener("click", () => replace([{ ...edit, off: !edit.off }]));
  away.addEventListener("click", () => replace([]));
  return h("li", { class: edit.off ? "off" : null }, h("span", {}, name), eye, away);
}
