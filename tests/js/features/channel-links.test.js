import { inExplore, muted, whyHere } from "../../../static/js/features/channels/links.js";
import { editsOf } from "../../../static/js/state/edits.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { assert, test } from "../harness.js";

/** @param {string} id */
function subjectOf(id) {
  const subject = createSubject();
  const model = /** @type {any} */ ({ id, input: { height: 8, width: 8 } });
  const image = { id: "photo", width: 20, height: 10, title: "" };
  subject.model.value = model;
  subject.shown.value = /** @type {any} */ ({ model, image, crop: { left: 3, top: 1, width: 5 } });
  return subject;
}

const at = { node: "a:b", channel: 7 };
const asked = (/** @type {string} */ link) => Object.fromEntries(new URLSearchParams(link.slice(link.indexOf("?"))));
const seen = { model: "small", image: "photo", crop: "3,1,5" };

test("a card's links take network, photo, crop and place along", () => {
  const subject = subjectOf("small");
  assert.deepEqual(asked(inExplore(subject, { ...at, y: 2, x: 5 })), { ...seen, layer: "a:b", channel: "7", y: "2", x: "5" });
  assert.deepEqual(asked(whyHere(subject, at)), { ...seen, ask: "channel", layer: "a:b", ch: "7", place: "strongest" });
  assert.ok(inExplore(subject, at).startsWith("/?model="));
});

test("a channel is muted besides the edits there are, once", () => {
  const { model, ...rest } = asked(muted(subjectOf("small~edit-conv:scale:2:1.5"), at));
  assert.deepEqual(rest, { image: "photo", crop: "3,1,5", layer: "a:b", channel: "7" });
  const edits = editsOf(model ?? "");
  assert.deepEqual(edits.map(({ node, what, which }) => [node, what, which]), [["conv", "scale", "2"], ["a:b", "mute", "7"]]);
  assert.deepEqual(asked(muted(subjectOf(model ?? ""), at)).model, model);
});
