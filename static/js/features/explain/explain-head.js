import { colormap, legendGradient } from "../../draw/colormap.js";
import { fixed } from "../../geometry/scale.js";
import { METHODS, commonShare, entryOf, explain } from "../../state/explain.js";
import { className, currentTheme } from "../../state/scene.js";
import { doubtOf, named } from "../../state/verdict.js";
import { view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { choice } from "../../widgets/choice.js";
import { h, setHidden, setText } from "../../widgets/dom.js";
import { classAt, randomWarning, subjectOf } from "./words.js";

/** The question in words, the scale of the colours, and how far the answer is. */
export class ExplainHead extends BaseElement {
  #lead = h("p", { class: "lead" });
  #status = h("p", { class: "explain-status num" });
  #trouble = h("p", { class: "explain-trouble", role: "alert" });
  #low = h("span");
  #high = h("span");
  #ramp = h("i", { class: "ramp", "aria-hidden": "true" });
  #said = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const scale = choice("Scale", explain.scale, [
      ["own", "Each map", "The strongest 1 % of each map reach the full colour"],
      ["one", "One for all", "A pixel’s share of its map: one range for all"],
    ], signal);
    const legend = h("span", { class: "legend num" }, this.#low, this.#ramp, this.#high);
    this.piece("scale").replaceChildren(scale, legend);
    this.piece("tools").replaceChildren(this.#lead, this.#status);
    this.append(this.#trouble);
    this.watch(explain.ask, explain.question, explain.entries, explain.scale, explain.running, explain.seconds, explain.cascade, explain.trouble);
    this.watch(this.subject.model, this.subject.opinion, this.subject.status, view.theme);
  }

  /** @override */
  paint() {
    const words = this.#words();
    const key = words.map((each) => (typeof each === "string" ? each : each.textContent)).join("");
    if (key !== this.#said) this.#lead.replaceChildren(...words);
    this.#said = key;
    this.#ramp.style.background = legendGradient(colormap("diverging", currentTheme()));
    const one = explain.scale.value === "one";
    const share = fixed(100 * commonShare(), 2);
    setText(this.#low, one ? `−${share} %` : "against");
    setText(this.#high, one ? `+${share} % of its map` : "for");
    this.#paintStatus();
    setText(this.#trouble, explain.trouble.value);
    setHidden(this.#trouble, !explain.trouble.value);
  }

  /** @returns {(Node | string)[]} */
  #words() {
    const { of, a, b, node, channel } = explain.ask.value;
    const strong = (/** @type {string} */ text) => h("b", {}, text);
    if (this.subject.status.value === "empty") return [strong("Choose a photo to start."), " Ten methods answer side by side, each with three checks."];
    const model = this.subject.model.value;
    if (model && !model.classes.length && of === "channel") {
      return ["This network has ", strong("no classes"), ". What excites ", strong(`channel ${channel} of ${node}`), "? ", strong("Click a map"), ", play its film."];
    }
    if (of === "channel") return ["What excites ", strong(`channel ${channel} of ${node}`), "? ", strong("Click a map"), ", play its film."];
    const first = classAt(a ?? explain.question.value?.a ?? null);
    if (of === "pair") return ["Why ", strong(first), ", not ", strong(classAt(b)), "? Orange is for A, blue for B."];
    const answer = explain.top.value[0]?.label ?? "";
    const asked = first === className(answer) ? named(answer, doubtOf(this.subject)) : first;
    return ["Why ", strong(asked), "? Orange speaks for it, blue against. ", strong("Click a map"), ", play its film."];
  }

  #paintStatus() {
    const running = explain.running.value;
    const seconds = explain.seconds.value;
    const done = METHODS.filter((name) => entryOf(name).picture || entryOf(name).blocked).length;
    const cascade = explain.cascade.value;
    const warning = randomWarning();
    const question = explain.question.value;
    this.#status.title = question ? `${subjectOf(question)}: ${fixed(question.value, 4)}` : "";
    if (!running && seconds !== null) {
      setText(this.#status, warning || `all measured in ${fixed(seconds, 1)} s`);
    } else if (running && done < METHODS.length) setText(this.#status, `${done} of ${METHODS.length} methods`);
    else if (running && cascade) setText(this.#status, `forgetting: ${cascade.done} of ${cascade.total} maps`);
    else setText(this.#status, warning);
  }
}

customElements.define("explain-head", ExplainHead);
