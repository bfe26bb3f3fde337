import { h, setHidden } from "../../widgets/dom.js";
import { eye } from "../../widgets/eye.js";
import { groupsOf, told } from "./words.js";

/** @import { Edit } from "../../state/edits.js" */
/** @import { Editing } from "../../state/editing.js" */
/** @import { Group, Known } from "./words.js" */

/** The edits there are, a chip each: it leads to its tool, is switched off and on, and taken away; and the way back. */
export class EditChips {
  #list = h("ul", { class: "edit-chips", "aria-label": "Edits", tabindex: -1 });
  #none = h("p", { class: "note" }, "none yet: change a kernel, mute a channel, paint or patch in the inspector");
  #back = h("button", { type: "button", class: "btn small", title: "Undo (Ctrl+Z)" }, "Undo");
  #again = h("button", { type: "button", class: "btn small", title: "Redo (Ctrl+Shift+Z)" }, "Redo");
  #key = "";

  /**
   * @param {Editing} editing
   * @param {(edit: Edit) => void} lead  To the tool that made an edit.
   */
  constructor(editing, lead) {
    this.editing = editing;
    this.lead = lead;
    this.#back.addEventListener("click", () => editing.undo());
    this.#again.addEventListener("click", () => editing.redo());
    this.element = h("div", { class: "edit-strip", role: "region", "aria-label": "Edits" }, h("b", {}, "Edits"), this.#list, this.#none, this.#back, this.#again);
  }

  /** @param {Known} known */
  paint(known) {
    const edits = this.editing.edits();
    this.#again.disabled = this.editing.undone.value < 1;
    this.#back.disabled = !history.state?.depth && !edits.length;
    setHidden(this.#none, edits.length > 0);
    setHidden(this.#list, !edits.length);
    const groups = groupsOf(edits);
    const names = groups.map((group) => told(group, known));
    const key = JSON.stringify([edits, names]);
    if (key === this.#key) return;
    this.#key = key;
    const focused = [...this.#list.querySelectorAll("button")].indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    this.#list.replaceChildren(...groups.map((group, at) => this.#chip(group, names[at] ?? "")));
    if (focused >= 0) ([...this.#list.querySelectorAll("button")][focused] ?? this.#back).focus();
  }

  /**
   * @param {Group} group
   * @param {string} name
   */
  #chip({ edits, places }, name) {
    const [first] = /** @type {[Edit, ...Edit[]]} */ (edits);
    const replace = (/** @type {(edit: Edit) => Edit[]} */ instead) => void this.editing.make(this.editing.edits().flatMap((edit, at) => (places.includes(at) ? instead(edit) : [edit])));
    const lead = h("button", { type: "button", title: "Show what made it" }, name);
    const on = h("button", { type: "button", class: "icon", "aria-pressed": String(!first.off), "aria-label": `${name}: on`, title: first.off ? "Switch on" : "Switch off" }, eye(first.off));
    const away = h("button", { type: "button", class: "icon", "aria-label": `Take away ${name}`, title: "Take away" }, "\u00d7");
    lead.addEventListener("click", () => this.lead(first));
    on.addEventListener("click", () => replace((edit) => [{ ...edit, off: !edit.off }]));
    away.addEventListener("click", () => replace(() => []));
    return h("li", { class: first.off ? "off" : null }, lead, on, away);
  }
}
