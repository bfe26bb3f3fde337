import { textOf } from "../../../static/js/features/shift/sentence.js";
import { lateText } from "../../../static/js/features/shift/words.js";
import { followShift } from "../../../static/js/state/shift-live.js";
import { shift } from "../../../static/js/state/shift.js";
import { createSubject } from "../../../static/js/state/subject.js";
import { assert, test } from "../harness.js";
import { MODEL } from "../small-model.js";
import { until } from "../small-server.js";

/** A socket whose server a test plays. */
class FakeSocket {
  static OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  /** @type {any[]} */
  sent = [];
  /** @type {((event: { data: ArrayBuffer }) => void) | null} */
  onmessage = null;
  constructor() {
    FakeSocket.one = this;
    setTimeout(() => /** @type {any} */ (this).onopen());
  }
  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  close() {}
  /** The answer to the last wish. */
  answer() {
    const { seq, dx, dy } = this.sent.at(-1);
    const text = JSON.stringify({ type: "result", seq, dx, dy, layers: [], probabilities: null, size: [64, 64] });
    const bytes = new Uint8Array(4 + text.length);
    new DataView(bytes.buffer).setUint32(0, text.length, true);
    bytes.set(new TextEncoder().encode(text), 4);
    this.onmessage?.({ data: bytes.buffer });
  }
}
/** @type {FakeSocket} */
FakeSocket.one = /** @type {any} */ (null);

test("numbers of another state are none any more when the maps of the present one do not come", async () => {
  const real = globalThis.WebSocket;
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);
  const end = new AbortController();
  const subject = createSubject({ traced: false });
  try {
    shift.model.value = subject.model.value = MODEL;
    subject.shown.value = /** @type {any} */ ({ model: MODEL, image: { id: "aa" }, crop: { left: 0, top: 0, width: 4 } });
    followShift(subject, end.signal);
    await until(() => FakeSocket.one?.sent.length === 1);
    FakeSocket.one.answer();
    // It is asked about the photo, and about its place.
    await until(() => FakeSocket.one.sent.length === 2);
    FakeSocket.one.answer();
    assert.equal(shift.late.value, false);
    shift.place.value = { dx: 1, dy: 0 };
    await until(() => shift.late.value);
    await until(() => FakeSocket.one.sent.at(-1).dx === 1);
    FakeSocket.one.answer();
    assert.equal(shift.late.value, false);
  } finally {
    end.abort();
    shift.place.value = { dx: 0, dy: 0 };
    shift.model.value = null;
    globalThis.WebSocket = real;
  }
});

test("what stands instead tells where the photo is, and says at rest only there", () => {
  const said = (/** @type {number} */ dx) => textOf(lateText({ dx, dy: 0 }));
  assert.equal(said(0), "Computing the maps at rest…");
  assert.equal(said(1), "Computing the maps for 1 px right…");
});
