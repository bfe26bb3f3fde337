import { parameter } from "../../state/parameters.js";
import { createEditing } from "../../state/editing.js";
import { unedited } from "../../state/edits.js";
import { catalogue } from "../../state/catalogue.js";
import { channelName, nodeNamed } from "../../state/scene.js";
import { computed, effect, signal } from "../../state/store.js";
import { selectChannel, selectPixel, view } from "../../state/view.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { onKeys } from "../../widgets/keys.js";
import { editBelow } from "./below.js";
import { ChannelPart, toggleMute } from "./channel.js";
import { EditChips } from "./chips.js";
import { EffectFoot } from "./effect.js";
import { givenByB } from "./field.js";
import { KernelGrid } from "./kernel.js";
import { NormPart } from "./norm.js";
import { PaintTool } from "./paint.js";
import { PatchTool } from "./patch.js";
import { WeightRow } from "./row.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { LayerSource } from "../../state/sources.js" */
/** @import { Subject } from "../../state/subject.js" */
/** @import { Known } from "./words.js" */

/** @typedef {"look" | "kernel" | "paint" | "patch"} Tool */
/** @typedef {ReturnType<typeof beginEditing>} Editor */

/** Which tool made an edit; where it is not here, that of numbers. */
const MADE_BY = /** @type {Record<string, Tool>} */ ({ fill: "paint", replace: "paint", patch: "patch" });

/**
 * The editor, in the places that the page keeps for it.
 *
 * @param {Subject} subject
 * @param {LayerSource} source
 * @param {() => Promise<void>} pinFirst
 */
export function beginEditing(subject, source, pinFirst) {
  const editing = createEditing(subject, pinFirst);
  const tool = signal(/** @type {Tool} */ ("look"));
  const [kernel, row, norm, channel, foot] = [new KernelGrid(editing), new WeightRow(editing), new NormPart(editing), new ChannelPart(editing), new EffectFoot()];
  const [brush, patch] = [new PaintTool(editing), new PatchTool(editing, subject, source)];
  const chips = new EditChips(editing, (edit) => {
    selectPixel(subject.model.value, { ...view.selection.value, node: edit.node, channel: Number(edit.which.split(",")[0]) || 0 });
    tool.value = MADE_BY[edit.what] ?? "kernel";
  });
  const numbers = h("div", { class: "edit-tool" }, kernel.element, row.element, norm.element);
  const panel = h("section", { class: "edit-panel", "aria-label": "Edit" }, numbers, brush.element, patch.element, channel.element, foot.element);
  document.querySelector("[data-place=edit]")?.append(panel);
  document.querySelector("[data-place=edits]")?.append(chips.element);
  const mute = (/** @type {number} */ at) => {
    selectChannel(subject.model.value, at);
    void toggleMute(editing, view.selection.value.node, at);
  };
  const open = computed([tool, subject.model, editing.undone, editing.known], () => tool.value !== "look" || editing.edits().length > 0);
  editBelow(subject, source, editing, { open, mute, panel });
  let frame = 0;
  /** Layers come one by one: what is told of all of them is told once a frame. */
  const paintLater = () => {
    frame ||= requestAnimationFrame(paint);
  };
  const paint = () => {
    frame = 0;
    const model = subject.model.value;
    const { node: name, channel: index } = view.selection.value;
    const node = nodeNamed(model, name);
    if (!model || !node) return;
    stand(tool.value, editing.edits().length > 0 || editing.undone.value > 0);
    chips.paint(knownOf(model));
    if (tool.value === "look") return;
    const [edits, base] = [editing.edits(), unedited(model.id)];
    const trained = (/** @type {string} */ key) => (`${node.name}.${key}` in node.parameters ? parameter(base, `${node.name}.${key}`, paintLater) : null);
    for (const [part, name] of /** @type {const} */ ([[numbers, "kernel"], [brush.element, "paint"], [patch.element, "patch"]])) setHidden(part, tool.value !== name);
    const weights = trained("weight");
    if (tool.value === "paint") brush.paint(source, node, index);
    if (tool.value === "patch") patch.paint(model, node, index);
    if (tool.value === "kernel") {
      kernel.paint(node, index, edits, weights, (at) => inputName(model, node, index, at));
      row.paint(weights && node.kind === "dense" ? { node, at: index, edits, weights, values: valuesOf(source, node), name: channelName(model, node, index) } : null);
      norm.paint(node, index, edits, trained);
    }
    const bias = node.kind === "batch_norm2d" ? null : (trained("bias")?.data[index] ?? null);
    channel.paint(node, index, edits, { name: unitOf(model, node, index), bias });
    foot.paint(subject, source);
  };
  effect([subject.model, subject.shown, view.selection, view.theme, tool, editing.undone, editing.known, ...source.signals], paintLater);
  onKeys({
    Backspace: ["The kernel as it was trained", () => tool.value === "kernel" && !kernel.element.hidden && kernel.reset()],
    "Ctrl+Shift+z": ["The edit again that was taken back", () => editing.redo()],
  });
  return {
    /** @param {string} name */
    show: (name) => void (tool.value = /** @type {Tool} */ (name)),
    toggle: () => void (tool.value = tool.value === "look" ? "kernel" : "look"),
    /** @param {number} [at]  That of the selection, where it is not told. */
    mute: (at = view.selection.value.channel) => mute(at),
    /** @param {DOMStringMap} button  What it opens, or the channel that it mutes. */
    press: ({ edit, mute: channelOf }) => (edit ? void (tool.value = /** @type {Tool} */ (edit)) : mute(Number(channelOf))),
  };
}

/** The page's parts, as they stand around a tool. @param {Tool} tool @param {boolean} edited */
function stand(tool, edited) {
  for (const button of document.querySelectorAll(".inspector-tools button")) setAttribute(button, "aria-pressed", String(button.getAttribute("data-edit") === tool));
  for (const panel of document.querySelectorAll(".edit-panel")) setHidden(panel, tool === "look");
  setAttribute(document.body, "data-edit", tool === "look" ? null : tool);
  document.body.classList.toggle("edits", edited || tool !== "look");
}

/** @param {LayerSource} source @param {NodeDetail} node @returns {Float32Array | null} What a dense layer reads, in B. */
function valuesOf(source, node) {
  const data = givenByB(source, node.inputs[0] ?? "")?.data;
  return data?.length ? data : null;
}

/** @param {ModelDetail} model @param {NodeDetail} node @param {number} channel */
function unitOf(model, node, channel) {
  const name = channelName(model, node, channel);
  return /^\d+$/.test(name) ? `${node.output_shape.length > 1 ? "Channel" : "Value"} ${name}` : name;
}

/**
 * What an input of a channel's kernels is called: of a grouped convolution each channel reads only those of its group.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {number} channel
 * @param {number} at
 */
function inputName(model, node, channel, at) {
  const before = nodeNamed(model, node.inputs[0] ?? "");
  const groups = Number(node.config.groups ?? 1);
  const [outputs = 1] = node.output_shape;
  const reads = (before?.output_shape[0] ?? 1) / groups;
  const from = Math.floor(channel / (outputs / groups)) * reads;
  return before ? channelName(model, before, from + at) : String(at);
}

/** @param {ModelDetail} model @returns {Known} */
const knownOf = (model) => ({
  kind: (name) => nodeNamed(model, name)?.kind ?? "",
  channel: (name, channel) => {
    const node = nodeNamed(model, name);
    return node ? channelName(model, node, channel) : String(channel);
  },
  input: (name, channel, input) => {
    const node = nodeNamed(model, name);
    return node ? inputName(model, node, channel, input) : String(input);
  },
  inputs: (name) => nodeNamed(model, name)?.parameters[`${name}.weight`]?.[1] ?? 1,
  picture: (id) => catalogue.samples.value.find((sample) => sample.id === id)?.title ?? "another photo",
});
