/** What every layer costs. */

export { openLedger } from "./ledger-dialog.js";
