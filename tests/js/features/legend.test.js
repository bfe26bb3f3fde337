import { fitting } from "../../../static/js/features/strip/legend.js";
import { assert, test } from "../harness.js";

test("the ends of a scale never touch: first the middle goes, then the words", () => {
  const texts = ["blue \u22122.17", "0", "orange 2.17"];
  assert.deepEqual(fitting(texts, 400), texts);
  assert.deepEqual(fitting(texts, 128), ["\u22122.17", "2.17"]);
  assert.deepEqual(fitting(["0", "2.48"], 10), ["0", "2.48"]);
});
