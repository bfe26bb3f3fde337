import { ownWords } from "../../../static/js/features/train/own-words.js";
import { spread } from "../../../static/js/geometry/spread.js";
import { assert, test } from "../harness.js";

test("a picture of one's own gets no name without what the net knows at all", () => {
  assert.equal(spread([1, 0, 0, 0]), 0);
  assert.ok(Math.abs(spread([0.25, 0.25, 0.25, 0.25]) - 1) < 1e-12);
  assert.deepEqual(ownWords([0.97, 0.01, 0.01, 0.01], "7"), { lead: "7", rest: "of the 4 it knows, whatever it is shown" });
  assert.deepEqual(ownWords([0.4, 0.3, 0.2, 0.1], "7"), { lead: "not sure", rest: "perhaps 7, of the 4 it knows, whatever it is shown" });
});
