import { urls } from "../../api/client.js";
import { largestOf } from "../../geometry/extremes.js";
import { channels, chosenLayer, photoClass, stepOnWall } from "../../state/channels.js";
import { BaseElement } from "../../widgets/base-element.js";
import { h, setAttribute, setHidden, setText } from "../../widgets/dom.js";
import { muted } from "./links.js";
import { cardPatch, photo } from "./pictures.js";
import { said, whole } from "./words.js";

/** @import { ChannelCard as Card } from "../../api/types.js" */

/** A channel: the photos that excite it and leave it cold, how strongly, how often, for which classes. */
export class ChannelCard extends BaseElement {
  /** @type {Card | null} */
  #drawn = null;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    this.piece("before").addEventListener("click", () => stepOnWall(-1), { signal });
    this.piece("after").addEventListener("click", () => stepOnWall(1), { signal });
    this.piece("print").addEventListener("click", () => print(), { signal });
    this.watch(channels.card, channels.chosen, channels.atlas, this.subject.shown);
  }

  /** @override */
  paint() {
    const { node, channel } = channels.chosen.value;
    const card = channels.card.value;
    const there = card !== null && card.node === node && card.channel === channel;
    setText(this.piece("title"), node ? `${node}, channel ${channel}` : "");
    setText(this.piece("none"), channels.atlas.value?.state === "computing" ? "Its card opens when the atlas is done." : "Without an atlas there is the synthetic picture only: it needs no photos.");
    const done = channels.atlas.value?.state === "done";
    setHidden(this.piece("none"), done || !node);
    for (const name of ["evidence", "low-box", "numbers"]) setHidden(this.piece(name), !card);
    this.piece("nav").toggleAttribute("hidden", !done);
    this.toggleAttribute("data-stale", !there && done);
    setAttribute(this.piece("mute"), "href", node ? muted(this.subject, { node, channel }) : null);
    if (!card) setText(this.piece("facts"), "");
    if (card === this.#drawn || !card) return;
    this.#drawn = card;
    this.#facts(card);
    this.#photos(card);
    this.#histogram(card);
    this.#classes(card);
    const { id } = channels.atlas.value?.atlas ?? {};
    const model = this.subject.model.value?.id;
    if (id && model) setAttribute(this.piece("save"), "href", urls.cardPage(model, id, card.node, card.channel));
  }

  /** @param {Card} card */
  #facts(card) {
    const [rows = 0, columns = 0] = chosenLayer()?.field ?? [];
    const strong = (/** @type {string} */ text) => h("b", {}, text);
    const parts = ["sees ", strong(`${rows} × ${columns} px`), " · on in ", strong(whole(card.on)), " of photos · ", strong(whole(card.zeros)), " of its values are 0"];
    if (card.twin && card.twinned) parts.push(` · almost the same as channel ${card.twin.channel}: r ${said(card.twin.correlation)}`);
    this.piece("facts").replaceChildren(...parts);
  }

  /** @param {Card} card */
  #photos(card) {
    const nine = card.top.map((patch, rank) =>
      h("figure", { title: `${photoClass(patch.label)} ${patch.name}, row ${patch.y}, column ${patch.x}` }, cardPatch(card.node, card.channel, rank, 72), h("figcaption", { class: "num", "data-value": patch.value }, said(patch.value))),
    );
    const dead = h("p", { class: "none" }, `dead: 0 in all ${channels.atlas.value?.atlas?.photos ?? 0} photos`);
    this.piece("nine").replaceChildren(...(nine.length ? nine : [dead]));
    const low = card.low.map((cold) => h("figure", { title: `${photoClass(cold.label)} ${cold.name}` }, photo(cold.photo, cold.name), h("figcaption", { class: "num" }, said(cold.value))));
    this.piece("low").replaceChildren(...low);
  }

  /** @param {Card} card */
  #histogram(card) {
    const { counts, edges, zero_count: zeros } = card;
    const at = edges.indexOf(0);
    const shown = counts.map((count, bin) => (bin === at ? count - zeros : count));
    const some = shown.map((count, bin) => ({ count, bin })).filter(({ count }) => count > 0);
    const first = Math.min(at, some[0]?.bin ?? at);
    const last = Math.max(at, some.at(-1)?.bin ?? at);
    const most = Math.max(largestOf(shown), 1);
    const bars = [];
    for (let bin = first; bin <= last; bin += 1) {
      const bar = h("i", { title: `${shown[bin]} values from ${said(edges[bin] ?? 0)} to ${said(edges[bin + 1] ?? 0)}` });
      bar.style.height = `${(100 * Math.log1p(shown[bin] ?? 0)) / Math.log1p(most)}%`;
      bars.push(bar);
    }
    setText(this.piece("zeros"), `${whole(card.zeros)} are 0, not drawn; heights are logarithms`);
    this.piece("bars").replaceChildren(...bars);
    this.piece("range").replaceChildren(h("span", {}, said(edges[first] ?? 0)), h("span", {}, said(edges[last + 1] ?? 0)));
  }

  /** @param {Card} card */
  #classes(card) {
    const box = this.piece("classes");
    const order = card.class_means.map((mean, label) => ({ mean, label })).sort((a, b) => b.mean - a.mean).slice(0, 5);
    setHidden(this.piece("classes-box"), !order.length);
    const most = Math.max(order[0]?.mean ?? 1, 1e-9);
    const rows = order.map(({ mean, label }) => {
      const bar = h("i", { class: "share" });
      bar.style.setProperty("--share", String(Math.max(0, mean / most)));
      return h("li", {}, h("span", { title: photoClass(label) }, photoClass(label)), bar, h("b", {}, said(mean)));
    });
    box.replaceChildren(...rows);
    const name = photoClass(card.best_class);
    const told = card.separation === null ? "" : `tells ${name} from the rest: ${whole(card.separation)}`;
    setText(this.piece("separation"), told);
    this.piece("separation").title = "The chance that a photo of the class excites it more than one of the rest; 50 % is chance";
  }
}

customElements.define("channel-card", ChannelCard);
