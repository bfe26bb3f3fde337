import { KINDS, channels, pick, rowsShown, stepOnWall } from "../../../static/js/state/channels.js";
import { assert, test } from "../harness.js";

/** @param {Partial<import("../../../static/js/api/types.js").ChannelRow> & { channel: number }} some */
const row = (some) => ({ max: 1, on: 1, zeros: 0, classes: [], separation: 0.5, dead: false, rare: false, twin: null, ...some });

function fill() {
  const rows = [
    row({ channel: 0, max: 3, separation: 0.6, classes: [1, 0] }),
    row({ channel: 1, max: 5, separation: 0.9, classes: [0, 1], rare: true }),
    row({ channel: 2, max: 4, separation: null, dead: true }),
    row({ channel: 3, max: 2, separation: 0.7, classes: [1], twin: { channel: 0, correlation: 0.95 } }),
  ];
  channels.atlas.value = /** @type {any} */ ({ state: "done", layers: [], atlas: { classes: ["sea_lion", "teapot"] } });
  channels.wall.value = /** @type {any} */ ({ node: "conv", first: 0, total: 4, side: 3, channels: rows });
  channels.sort.value = "class";
  channels.only.value = "";
  channels.find.value = "";
}

const shown = () => rowsShown().map(({ channel }) => channel);

test("a wall is sorted by what its channels do", () => {
  fill();
  assert.deepEqual(shown(), [1, 3, 0, 2]);
  channels.sort.value = "max";
  assert.deepEqual(shown(), [1, 2, 0, 3]);
  channels.sort.value = "number";
  assert.deepEqual(shown(), [0, 1, 2, 3]);
});

test("channels are found by number, and by the names of their classes as people write them", () => {
  fill();
  channels.find.value = "3";
  assert.deepEqual(shown(), [3]);
  channels.find.value = "Sea Lion";
  assert.deepEqual(shown(), [1, 0]);
  channels.find.value = "kettle";
  assert.deepEqual(shown(), []);
});

test("filters leave twins, rare or dead ones", () => {
  fill();
  for (const [kind, wanted] of /** @type {const} */ ([["twin", [3]], ["rare", [1]], ["dead", [2]]])) {
    channels.only.value = kind;
    assert.deepEqual(shown(), [...wanted]);
  }
  assert.deepEqual(Object.keys(KINDS), ["", "twin", "rare", "dead"]);
});

test("one steps along the wall as it is shown, around its ends", () => {
  fill();
  pick("conv", 2);
  stepOnWall(1);
  assert.equal(channels.chosen.value.channel, 1);
  stepOnWall(-1);
  assert.equal(channels.chosen.value.channel, 2);
});
