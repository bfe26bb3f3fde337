import { selectNode, view } from "../../state/view.js";
import { BaseElement } from "../../widgets/base-element.js";
import { styles } from "../../widgets/styles.js";
import "./ledger-calculator.js";
import { ledgerRow, totals, zeroShares } from "./table.js";

/** What every layer costs, and what it would cost without shared weights. */
export class LedgerDialog extends BaseElement {
  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const { model, shown, arrived } = this.subject;
    const { selection } = view;
    this.watch(model, selection, shown, arrived);
    this.piece("close").addEventListener("click", () => this.#dialog.close(), { signal });
    this.piece("rows").addEventListener("click", (event) => this.#choose(event), { signal });
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  async open() {
    await styles("ledger");
    if (!this.#dialog.open) this.#dialog.showModal();
    this.paint();
    this.querySelector('tr:has([aria-pressed="true"])')?.scrollIntoView({ block: "center" });
  }

  /** @param {MouseEvent} event */
  #choose(event) {
    const row = event.target instanceof Element ? event.target.closest("tr") : null;
    if (row?.dataset.node) selectNode(this.subject.model.value, row.dataset.node);
  }

  /** @override */
  paint() {
    const model = this.subject.model.value;
    if (!model || !this.#dialog.open) return;
    const rows = this.piece("rows");
    const focused = document.activeElement?.closest("tr")?.dataset.node;
    const selected = view.selection.value.node;
    const zeros = zeroShares(model, this.source);
    rows.replaceChildren(...model.nodes.map((node) => ledgerRow(node, zeros.of(node.name), node.name === selected)));
    this.piece("totals").replaceChildren(totals(model, zeros.all));
    for (const row of rows.children) {
      if (focused && row instanceof HTMLElement && row.dataset.node === focused) row.querySelector("button")?.focus();
    }
  }
}

customElements.define("ledger-dialog", LedgerDialog);

/** Open the page's ledger. */
export function openLedger() {
  const ledger = document.querySelector("ledger-dialog");
  if (ledger instanceof LedgerDialog) void ledger.open();
}
