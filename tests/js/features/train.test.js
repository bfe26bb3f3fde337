/** The panel of one weight's gradient: its check mark stands only for what was checked. */

import { verdict } from "../../../static/js/features/train/weight-gradient.js";
import { assert, test } from "../harness.js";

const SAME = { replayed: true, agrees: true, total: 0.25, used: 0.25 };

test("a sum is said to be the optimiser's number only where the step was made again and agrees", () => {
  assert.equal(verdict(SAME, null).textContent, "✓ the same");
  assert.equal(verdict({ ...SAME, agrees: false, used: 0.5 }, null).textContent, "off by 3e-1");
  assert.equal(verdict({ ...SAME, replayed: false }, null).textContent, "the step came out otherwise when made again");
  assert.equal(verdict(SAME, 12).textContent, "adding up …");
});
