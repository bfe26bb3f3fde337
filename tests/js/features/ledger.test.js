import { connections, sizesOf } from "../../../static/js/features/ledger/ledger-calculator.js";
import { ledgerRow, totals } from "../../../static/js/features/ledger/table.js";
import { assert, test } from "../harness.js";
import { CONV, INPUT, MODEL, OUTPUT, POOL } from "../small-model.js";

const PHOTO = { height: 256, width: 256, channels: 3, units: 1000, filters: 10, kernel: 3 };
const shared = { ...CONV, inputs: ["input"], parameter_count: 910, macs: 3_240_000 };
const counted = { ...shared, alternatives: { locally_connected: 3_276_000, dense: 1_383_876_000 } };

/** @param {HTMLElement} row */
const texts = (row) => [...row.children].map((cell) => (cell.textContent ?? "").replaceAll("\u202f", " "));

test("the famous layer comes to 196 608 000 weights", () => {
  const { dense, shared, memory, times } = connections(PHOTO);
  assert.equal(dense.text, "196\u202f608\u202f000");
  assert.equal(dense.formula, "256 \u00d7 256 \u00d7 3 \u00d7 1\u202f000 = ");
  assert.equal(memory, "786 MB");
  assert.equal(shared.text, "270");
  assert.equal(times, "728\u202f178");
});

test("products stay exact where floating point would not", () => {
  const { dense } = connections({ ...PHOTO, height: 99_999, width: 99_999, channels: 99_999, units: 999_999_999 });
  assert.equal(dense.count, 99_999n ** 3n * 999_999_999n);
});

test("memory is told in two or three figures", () => {
  const of = (/** @type {number} */ units) => connections({ ...PHOTO, height: 1, width: 1, channels: 1, units }).memory;
  assert.deepEqual([1, 25, 250, 1_370, 250_000].map(of), ["4.0 bytes", "100 bytes", "1.0 kB", "5.5 kB", "1.0 MB"]);
});

test("a layer's sizes are those of its input and of all it gives", () => {
  const model = { ...MODEL, nodes: [INPUT, counted] };
  const sizes = { height: 64, width: 64, channels: 3, units: 38_440, filters: 10, kernel: 3 };
  assert.deepEqual(sizesOf(model, { ...counted, config: { kernel_size: [3, 3] } }), sizes);
  const dense = { ...OUTPUT, inputs: ["flatten"] };
  const flatten = { ...POOL, name: "flatten", output_shape: [1690] };
  const found = sizesOf({ ...model, nodes: [flatten, dense] }, dense);
  assert.deepEqual(found, { height: 1, width: 1, channels: 1690, units: 10, filters: 10, kernel: 1 });
});

test("a convolution stands beside what it would be without shared weights", () => {
  const row = ledgerRow(counted, "12.0\u202f%", true);
  const numbers = ["62\u00d762\u00d710", "910", "\u00d73 6003 276 000", "\u00d71 520 7431 383 876 000", "3 240 000", "3\u00d73", "12.0 %"];
  assert.deepEqual(texts(row), ["conv", "Convolution", ...numbers]);
  assert.ok(row.classList.contains("selected"));
  assert.equal(row.querySelector("button")?.getAttribute("aria-pressed"), "true");
  const tens = [...row.querySelectorAll("i")].map((bar) => Number(bar.style.getPropertyValue("--tens")));
  assert.deepEqual(tens.map((each) => each.toFixed(2)), ["2.96", "6.52", "9.14"]);
});

test("a layer that learns nothing has no numbers to compare", () => {
  assert.deepEqual(texts(ledgerRow(POOL, "0.0\u202f%", false)).slice(3, 7), ["\u00b7", "\u00b7", "\u00b7", "\u00b7"]);
});

test("the sums count a layer that is no convolution as it is", () => {
  const dense = { ...OUTPUT, parameter_count: 90 };
  const sums = totals({ ...MODEL, nodes: [INPUT, counted, dense], parameter_count: 1000, macs: 7 }, "1.0\u202f%");
  const numbers = ["1 000", "\u00d73 2763 276 090", "\u00d71 383 8761 383 876 090", "7"];
  assert.deepEqual(texts(sums), ["All layers", "", "", ...numbers, "", "1.0 %"]);
});
