import { KINDS, channels, chosenLayer, photoClass, pick, rowsShown } from "../../state/channels.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setHidden } from "../../widgets/dom.js";
import { ON_WALL, wallPatch } from "./pictures.js";
import { whole } from "./words.js";

/** @import { Only, Sort } from "../../state/channels.js" */
/** @import { ChannelRow } from "../../api/types.js" */

/** @type {readonly (readonly [Sort, string])[]} */
const SORTS = [
  ["class", "one class most"],
  ["number", "number"],
  ["max", "strongest"],
  ["active", "most often on"],
  ["zero", "mostly zero"],
];
/** @type {readonly (readonly [Only, string])[]} */
const ONLY = [
  ["", "All"],
  ["twin", "twins"],
  ["rare", "rarely on"],
  ["dead", "dead"],
];
const CELL = 45;

/** All channels of a layer, each with the patches that excite it most; found, sorted, filtered. */
export class ChannelWall extends BaseElement {
  #key = "";

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const find = this.piece("find", HTMLInputElement);
    const sort = this.piece("sort", HTMLSelectElement);
    sort.replaceChildren(...SORTS.map(([value, text]) => h("option", { value }, text)));
    find.addEventListener("input", () => (channels.find.value = find.value), { signal });
    sort.addEventListener("change", () => (channels.sort.value = /** @type {Sort} */ (sort.value)), { signal });
    this.watch(channels.atlas, channels.wall, channels.chosen, channels.sort, channels.only, channels.find, channels.offering, channels.sending);
  }

  /** @override */
  paint() {
    const wall = channels.wall.value;
    const done = channels.atlas.value?.state === "done";
    setHidden(this, !done || channels.offering.value || channels.sending.value !== null);
    if (!done) return;
    this.piece("find", HTMLInputElement).value = channels.find.value;
    this.piece("sort", HTMLSelectElement).value = channels.sort.value;
    const rows = rowsShown();
    const key = JSON.stringify([wall?.node, channels.atlas.value?.atlas?.id, rows.map(({ channel }) => channel), channels.only.value]);
    if (key !== this.#key) {
      this.#paintFilters();
      this.piece("grid").replaceChildren(...(rows.length ? rows.map((row) => this.#tile(row)) : [h("p", { class: "none" }, wall ? this.#nothing() : "Fetching…")]));
    }
    this.#key = key;
    for (const tile of this.piece("grid").querySelectorAll("[role=option]")) {
      const on = tile instanceof HTMLElement && tile.dataset.channel === String(channels.chosen.value.channel);
      setAttribute(tile, "aria-selected", String(on));
      setAttribute(tile, "tabindex", on ? "0" : "-1");
    }
  }

  #paintFilters() {
    const all = channels.wall.value?.channels ?? [];
    const buttons = ONLY.map(([kind, text]) => {
      const count = all.filter(KINDS[kind]).length;
      const label = kind ? `${count} ${text}` : `${text} ${count}`;
      const button = h("button", { type: "button", "aria-pressed": String(channels.only.value === kind) }, label);
      button.addEventListener("click", () => (channels.only.value = kind));
      return button;
    });
    const layer = chosenLayer();
    const sees = layer ? `${layer.node}, sees ${layer.field[0]} × ${layer.field[1]} px` : "";
    this.piece("filters").replaceChildren(...buttons, h("span", {}, sees));
  }

  #nothing() {
    const { find, only, wall, atlas } = channels;
    const all = wall.value?.channels.length ?? 0;
    const photos = atlas.value?.atlas?.photos ?? 0;
    if (find.value) return `No channel for “${find.value}”. Names of classes and numbers can be found.`;
    if (only.value === "dead") return `No dead channel: each of the ${all} is above zero somewhere in the ${photos} photos.`;
    return "None in this layer.";
  }

  /** @param {ChannelRow} row */
  #tile(row) {
    const node = channels.chosen.value.node;
    const best = photoClass(row.classes[0]);
    const picture = h("span", { class: "w-pic" });
    if (row.dead) picture.append(h("span", { class: "na" }, `dead: 0 in all ${channels.atlas.value?.atlas?.photos ?? 0}`));
    else for (let rank = 0; rank < ON_WALL; rank += 1) picture.append(wallPatch(node, row.channel, rank, CELL));
    const beside = row.twin ? h("em", {}, `≈ ${row.twin.channel}`) : h("span", {}, row.dead ? "" : best);
    const title = `channel ${row.channel}: on in ${whole(row.on)} of photos${best ? `, most for ${best}` : ""}`;
    const tile = h("div", { class: "w-tile", role: "option", "data-channel": row.channel, title, "aria-label": title }, picture, h("span", { class: "w-cap num" }, h("b", {}, String(row.channel)), beside));
    tile.addEventListener("click", () => pick(node, row.channel));
    return tile;
  }

  /** Type what to look for. */
  search() {
    this.piece("find", HTMLInputElement).focus();
  }
}

customElements.define("channel-wall", ChannelWall);
