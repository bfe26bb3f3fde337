import { late } from "../../api/client.js";
import { isHere, valueAt } from "../../draw/tensor.js";
import { exact, percent, rounded } from "../../geometry/scale.js";
import { flattenedFrom } from "../../layer-views/flatten.js";
import { viewOf } from "../../layer-views/index.js";
import { channelName, onSystemTheme, paintSignals, selectedNode, stepShown } from "../../state/scene.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { glyph, h, onWidth, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { styles } from "../../widgets/styles.js";
import { InspectorField } from "./field.js";
import { InspectorHistogram } from "./histogram.js";
import { npyLink } from "./links.js";
import { InspectorMap } from "./map.js";

/** @import { ModelDetail, NodeDetail } from "../../api/client.js" */
/** @import { Activation } from "../../state/types.js" */
/** @import { InspectorAnswer } from "./answer-field.js" */
/** @import { InspectorFacts } from "./facts.js" */
/** @import { InspectorLanes } from "./lanes.js" */
/** @import { InspectorList } from "./list.js" */
/** @import { PoolLoss } from "./pool-loss.js" */
/** @import { InspectorSave } from "./save.js" */
/** @import { InspectorWorking } from "./working.js" */

/** A name of more letters is written smaller. */
const LONG = 17;
/** How long a selection rests before it is spoken. */
const QUIET = 350;

/** Kinds whose arithmetic is a table of all values, or stands for them. */
const TOLD_AS_TABLE = new Set(["dense", "softmax", "relu", "leaky_relu", "silu", "tanh", "sigmoid", "hard_swish", "dropout"]);

/** What is edited of a kind; of others whole channels. */
const EDITED = /** @type {Record<string, string>} */ ({ conv2d: "Kernel", dense: "Weights", batch_norm2d: "Weights" });
const TOOLS = /** @type {const} */ ([
  ["look", "Look"],
  ["kernel", "Kernel"],
  ["paint", "Paint"],
  ["patch", "Patch"],
]);

/** Everything about the selected layer, map and value. */
export class LayerInspector extends BaseElement {
  #sign = h("span", { class: "inspector-sign" });
  #name = h("h2");
  #what = h("p");
  #previous = h("button", { class: "btn icon", type: "button", "aria-label": "Previous channel", title: "Previous channel (↑)" }, "‹");
  #next = h(
    "button",
    { class: "btn icon", type: "button", "aria-label": "Next channel", title: "Next channel (↓)" },
    "›",
  );
  #png = h("button", { class: "btn", type: "button", title: "Save this map as a picture" }, "PNG");
  #npy = h("a", { class: "btn", title: "Save these numbers as a NumPy array" }, "NPY");
  #where = h("span");
  #row = h("b");
  #column = h("b");
  #place = h("span", {}, "Pixel row ", this.#row, ", column ", this.#column);
  #value = h("b", { class: "value-large" });
  #empty = h(
    "div",
    { class: "inspector-top" },
    h("div", { class: "inspector-well blank" }),
    h("div", { class: "inspector-side blank" }),
  );
  /** @type {{map: InspectorMap, field: InspectorField, histogram: InspectorHistogram} | null} */
  #seen = null;
  /** @type {{answer: InspectorAnswer, working: InspectorWorking, list: InspectorList, loss: PoolLoss, facts: InspectorFacts, saving: InspectorSave} | null} */
  #read = null;
  /** Comes when two are first compared. @type {InspectorLanes | null} */
  #lanes = null;
  #top = h("div", { class: "inspector-top" });
  #body = h("div", { class: "inspector-body" });
  /** What edits the channel is a feature of its own. */
  #tools = TOOLS.map(([name, text]) => h("button", { type: "button", "data-edit": name, "aria-pressed": String(name === "look") }, text));
  #edit = h("div", { class: "seg fill inspector-tools", role: "group", "aria-label": "Tools" }, ...this.#tools);
  #speaking = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const map = new InspectorMap(this.source, signal, () => this.requestPaint());
    const field = new InspectorField(this.source, signal, () => this.requestPaint());
    const histogram = new InspectorHistogram(signal, () => this.requestPaint());
    this.#seen = { map, field, histogram };
    const title = h("div", { class: "inspector-title" }, this.#name, this.#what);
    this.#top.replaceChildren(map.element, h("div", { class: "inspector-side" }, field.element, histogram.element));
    const value = h("h3", { class: "inspector-value", "data-lesson": "working-head" }, this.#where, this.#value);
    this.#body.replaceChildren(value);
    void this.#fetchReading(signal);
    const head = h("div", { class: "inspector-head" }, this.#sign, title, this.#previous, this.#next, this.#png, this.#npy);
    this.replaceChildren(head, this.#edit, this.#empty, this.#top, this.#body, h("div", { "data-place": "edit" }));
    this.#listen(signal);
    this.#ended = signal;
  }

  /** @type {AbortSignal | null} Of the connection. */
  #ended = null;
  #fetching = false;

  async #fetchLanes() {
    const [signal, connected] = [this.#ended, this.#fetching];
    this.#fetching = true;
    if (!signal || connected) return;
    const { InspectorLanes } = await late(() => import("./lanes.js"));
    this.#fetching = false;
    if (signal.aborted) return;
    this.#lanes = new InspectorLanes(this.source, signal, () => this.requestPaint());
    this.#top.after(this.#lanes.element);
    this.requestPaint();
  }

  /**
   * Arithmetic and figures are read, not glanced at: they come after the first picture.
   *
   * @param {AbortSignal} signal
   */
  async #fetchReading(signal) {
    const [parts] = await Promise.all([late(() => import("./reading.js")), styles("reading")]);
    const { InspectorAnswer, InspectorFacts, InspectorList, InspectorSave, InspectorTrail, InspectorWorking, PoolLoss } = parts;
    if (signal.aborted) return;
    const working = new InspectorWorking(this.source, signal, () => this.requestPaint());
    const [list, facts, saving] = [new InspectorList(this.source, signal), new InspectorFacts(this.source, signal), new InspectorSave(this.source, signal)];
    const [answer, loss] = [new InspectorAnswer(this.source, signal, () => this.requestPaint()), new PoolLoss(this.source, () => this.requestPaint())];
    this.#read = { answer, working, list, loss, facts, saving };
    this.prepend(new InspectorTrail(this.source, signal).element);
    this.#body.append(...Object.values(this.#read).map((part) => part.element));
    this.requestPaint();
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.watch(...paintSignals(this.source), view.selection, view.hover);
    onSystemTheme(() => this.requestPaint(), signal);
    this.#previous.addEventListener("click", () => stepShown(this.source, -1), { signal });
    this.#next.addEventListener("click", () => stepShown(this.source, 1), { signal });
    this.#png.addEventListener(
      "click",
      () => {
        const { node, channel } = view.selection.value;
        const layer = this.source.layer(node);
        if (layer) void late(() => import("./downloads.js")).then((module) => module.savePng(layer.activation, channel));
      },
      { signal },
    );
    // Its height follows what it shows: painting again for that would never be done.
    onWidth(this, signal, () => this.requestPaint());
    addEventListener("resize", () => this.requestPaint(), { signal });
    view.selection.subscribe(() => this.#speakLater(), { signal });
  }

  /** @override */
  paint() {
    const model = this.source.model.value;
    const node = selectedNode(this.source);
    const layer = this.#layerHere(model, node);
    setHidden(this.#top, !layer);
    setHidden(this.#body, !layer);
    setHidden(this.#edit, !layer);
    setHidden(this.#empty, Boolean(layer));
    this.#png.disabled = !layer;
    if (!model || !node) {
      setText(this.#name, "Inspector");
      setText(this.#what, "Opens with the first photo.");
      return;
    }
    this.#writeHead(model, node);
    setText(/** @type {Node} */ (this.#tools[1]), EDITED[node.kind] ?? "Channel");
    if (layer) this.#paintLayer(model, node, layer.activation);
  }

  /**
   * The selected layer, once the selected map is here; what the panel shows of a large result is asked for.
   *
   * @param {ModelDetail | null} model
   * @param {NodeDetail | undefined} node
   */
  #layerHere(model, node) {
    const layer = node ? this.source.layer(node.name) : null;
    if (!model || !node || !layer) return null;
    const { channel } = view.selection.value;
    const photo = model.nodes.filter(({ kind }) => kind === "input").map(({ name }) => name);
    if (this.source.partial) this.source.want("inspector", new Map([...photo.map(whole), [node.name, [channel]]]));
    return isHere(layer.activation, channel) ? layer : null;
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   */
  #writeHead(model, node) {
    const { glyph: sign, token, title } = viewOf(node.kind);
    const { channel } = view.selection.value;
    const [channels = 1] = node.output_shape;
    const name = channelName(model, node, channel);
    if (this.#sign.dataset.kind !== node.kind) {
      this.#sign.dataset.kind = node.kind;
      this.#sign.replaceChildren(glyph(sign, token, 20));
    }
    setText(this.#name, node.name);
    setAttribute(this.#name, "title", node.name);
    setAttribute(this.#name, "class", node.name.length > LONG ? "long" : null);
    const unit = /^\d+$/.test(name) ? `${node.output_shape.length > 1 ? "channel" : "value"} ${name}` : name;
    setText(this.#what, `${title}, ${unit} of ${channels}`);
    setAttribute(this.#what, "title", this.#what.textContent);
    const link = npyLink(this.source, node, channel);
    setHidden(this.#npy, !link);
    setAttribute(this.#npy, "href", link?.href ?? null);
    setAttribute(this.#npy, "download", link?.download ?? null);
    this.#previous.disabled = channels < 2;
    this.#next.disabled = channels < 2;
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {Activation} activation
   */
  #paintLayer(model, node, activation) {
    const pixel = view.selection.value;
    const spatial = node.output_shape.length > 1;
    const value = valueAt(activation, pixel.channel, pixel.y, pixel.x);
    if (activation.lanes && !this.#lanes) void this.#fetchLanes();
    const differs = this.#lanes?.paint(model, node, activation, pixel) ?? false;
    const beside = Boolean(this.#lanes && activation.lanes);
    this.classList.toggle("beside", beside);
    setHidden(this.#body, differs);
    setHidden(this.#top, !spatial || beside);
    if (spatial && this.#seen && !beside) {
      const { map, field, histogram } = this.#seen;
      map.paint(activation, pixel, `${node.name}, ${channelName(model, node, pixel.channel)}`);
      histogram.paint(activation, pixel.channel, value);
      const photo = this.#photoOf(model);
      if (photo?.data.length) field.paint(model, photo, pixel);
    }
    this.#writeValue(model, node, value);
    // What is read, not glanced at, waits for a frame that stays.
    if (!this.#read || differs || this.subject.image.value?.frame === "passing") return;
    const { answer, working, list, loss, facts, saving } = this.#read;
    answer.paint(model, node, beside ? undefined : this.#photoOf(model), pixel);
    loss.paint(node, pixel.channel);
    working.paint(model, node, activation, pixel);
    setHidden(list.element, spatial || TOLD_AS_TABLE.has(node.kind));
    if (!list.element.hidden) list.paint(model, node, activation, pixel.channel);
    facts.paint(model, node, activation, pixel.channel);
    saving.paint(node);
  }

  /** The photo as the network gets it: of two that are compared, B's. @param {ModelDetail} model */
  #photoOf(model) {
    const input = model.nodes.find((each) => each.kind === "input");
    const seen = input && this.source.layer(input.name)?.activation;
    return seen?.change ? seen.lanes?.b : seen;
  }

  /**
   * @param {ModelDetail} model
   * @param {NodeDetail} node
   * @param {number} value
   */
  #writeValue(model, node, value) {
    const { channel, y, x } = view.selection.value;
    if (node.output_shape.length > 1) {
      if (this.#where.firstChild !== this.#place) this.#where.replaceChildren(this.#place);
      setText(this.#row, String(y));
      setText(this.#column, String(x));
    } else {
      const name = channelName(model, node, channel);
      const what = /^\d+$/.test(name) ? undefined : { dense: "Score of ", softmax: "Probability of " }[node.kind];
      this.#where.replaceChildren(what ?? "Value ", h("b", {}, name), originOf(model, node, channel));
    }
    setText(this.#value, node.kind === "softmax" ? percent(value, 2) : rounded(value, 6));
    setAttribute(this.#value, "title", `${exact(value)}, exactly this float32`);
  }

  /** The value is told once the selection rests, not at every pixel on the way. */
  #speakLater() {
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      const model = this.source.model.value;
      const node = selectedNode(this.source);
      const layer = node ? this.source.layer(node.name) : null;
      if (!model || !node || !layer || !isHere(layer.activation, view.selection.value.channel) || view.playback.value.playing || view.hover.value) return;
      const { channel, y, x } = view.selection.value;
      const name = channelName(model, node, channel);
      const place = node.output_shape.length > 1 ? `, row ${y}, column ${x}` : "";
      const value = rounded(valueAt(layer.activation, channel, y, x));
      view.announcement.value = `${node.name}, ${/^\d+$/.test(name) ? `channel ${name}` : name}${place}: ${value}`;
    }, QUIET);
  }
}

/** All of a layer that comes in one piece. @param {string} name @returns {[string, number[]]} */
const whole = (name) => [name, [0]];

/**
 * Where a flattened value came from, in words; nothing for other kinds.
 *
 * @param {ModelDetail} model
 * @param {NodeDetail} node
 * @param {number} value
 */
function originOf(model, node, value) {
  const source = model.nodes.find((each) => each.name === node.inputs[0]);
  if (node.kind !== "flatten" || !source) return "";
  const { channel, y, x } = flattenedFrom(source.output_shape, value);
  return `: channel ${channel}, row ${y}, column ${x}`;
}

customElements.define("layer-inspector", LayerInspector);
