import { remedies } from "../../../static/js/api/client.js";
import { LiveSocket, decodeMessage } from "../../../static/js/api/live.js";
import { LiveLink } from "../../../static/js/state/live-link.js";
import { assert, test } from "../harness.js";
import { until } from "../small-server.js";

/** @import { LiveMessage } from "../../../static/js/api/live-messages.js" */

/** @param {object} header @param {Uint8Array} [payload] @returns {ArrayBuffer} */
function message(header, payload = new Uint8Array(0)) {
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new Uint8Array(4 + padded.length + payload.length);
  new DataView(bytes.buffer).setUint32(0, padded.length, true);
  bytes.set(padded, 4);
  bytes.set(payload, 4 + padded.length);
  return bytes.buffer;
}

/** A socket that a test plays the server of. */
class FakeSocket {
  static CONNECTING = 0;
  static OPEN = 1;
  /** @type {FakeSocket[]} */
  static all = [];
  readyState = 0;
  bufferedAmount = 0;
  /** @type {any[]} */
  sent = [];
  closed = false;
  /** @type {(() => void) | null} */
  onopen = null;
  /** @type {((event: { data: unknown }) => void) | null} */
  onmessage = null;
  /** @type {((event: { code: number, reason: string }) => void) | null} */
  onclose = null;

  /** @param {string} url */
  constructor(url) {
    this.url = url;
    FakeSocket.all.push(this);
  }

  /** @param {string} text */
  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.closed = true;
  }

  open() {
    this.readyState = 1;
    this.onopen?.();
  }

  /** @param {number} code @param {string} reason */
  lose(code, reason = "") {
    this.readyState = 3;
    this.onclose?.({ code, reason });
  }
}

/** @param {(live: LiveSocket, told: string[], heard: LiveMessage[]) => void | Promise<void>} body */
async function connected(body) {
  const real = globalThis.WebSocket;
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);
  FakeSocket.all = [];
  /** @type {string[]} */
  const told = [];
  /** @type {LiveMessage[]} */
  const heard = [];
  const live = new LiveSocket({
    onMessage: (each) => heard.push(each),
    onState: (state, reason) => told.push(reason ? `${state}: ${reason}` : state),
    url: "ws://here/api/live",
  });
  try {
    await body(live, told, heard);
  } finally {
    live.close();
    globalThis.WebSocket = real;
  }
}

/** @param {number} index @returns {FakeSocket} */
const socket = (index) => /** @type {FakeSocket} */ (FakeSocket.all[index]);
const STATE = { model: "tiny", image: "aa" };

test("arrays of a message stand where they belong, and numbers are exact", () => {
  const values = new Float32Array([1.5, -3, 1e-8]);
  const payload = new Uint8Array(12 + 4 + 8);
  payload.set(new Uint8Array(values.buffer));
  payload.set([1, 0, 1], 12);
  payload.set([9, 8, 7, 255, 1, 2, 3, 255], 16);
  const header = {
    type: "result",
    seq: 3,
    picture: { array: "rgba", at: 16, length: 8 },
    exposed: null,
    layers: [{ node: "conv", shifted_map: { array: "float32", at: 0, length: 3 }, compared_mask: { array: "uint8", at: 12, length: 3 } }],
  };
  /** @type {any} */
  const found = decodeMessage(message(header, payload));
  assert.deepEqual(found.layers[0].shifted_map, values);
  assert.deepEqual(found.layers[0].compared_mask, Uint8Array.of(1, 0, 1));
  assert.deepEqual(found.picture, Uint8ClampedArray.of(9, 8, 7, 255, 1, 2, 3, 255));
  assert.equal(found.exposed, null);
});

test("what is no message is refused", () => {
  for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), Uint8Array.of(255, 255, 255, 255, 1), Uint8Array.of(9, 0, 0, 0, 1)]) {
    assert.throws(() => decodeMessage(bytes.buffer), /no message/);
  }
});

test("before the socket is open only the newest state waits", () =>
  connected((live, told) => {
    live.send({ ...STATE, dx: 1 });
    live.send({ ...STATE, dx: 2 });
    assert.equal(live.send({ ...STATE, dx: 3 }), 3);
    assert.equal(FakeSocket.all.length, 1);
    assert.equal(socket(0).url, "ws://here/api/live");
    socket(0).open();
    assert.deepEqual(socket(0).sent, [{ seq: 3, ...STATE, dx: 3 }]);
    assert.deepEqual(told, ["connecting", "open"]);
  }));

test("while bytes are unsent only the newest state waits", () =>
  connected(async (live) => {
    live.send(STATE);
    socket(0).open();
    socket(0).bufferedAmount = 1e6;
    live.send({ ...STATE, dx: 1 });
    live.send({ ...STATE, dx: 2 });
    assert.equal(socket(0).sent.length, 1);
    socket(0).bufferedAmount = 0;
    await until(() => socket(0).sent.length === 2);
    assert.equal(socket(0).sent[1].dx, 2);
  }));

test("messages come decoded, text is ignored", () =>
  connected((live, _, heard) => {
    live.send(STATE);
    socket(0).open();
    socket(0).onmessage?.({ data: message({ type: "done", seq: 1, bytes: 0 }) });
    socket(0).onmessage?.({ data: "hello" });
    assert.deepEqual(heard, [{ type: "done", seq: 1, bytes: 0 }]);
  }));

test("a lost connection comes back and shows the newest state again", () =>
  connected(async (live, told) => {
    live.send(STATE);
    socket(0).open();
    live.send({ ...STATE, dx: 7 });
    socket(0).lose(1006);
    live.send({ ...STATE, dx: 8 });
    assert.equal(FakeSocket.all.length, 1, "the wait is kept");
    await until(() => FakeSocket.all.length === 2);
    socket(1).open();
    assert.deepEqual(socket(1).sent, [{ seq: 3, ...STATE, dx: 8 }]);
    assert.ok(told.some((each) => each.startsWith("waiting: The connection")));
  }));

test("after silence nothing happens until the next state", () =>
  connected((live, told) => {
    live.send(STATE);
    socket(0).open();
    socket(0).lose(4408, "Nothing was said.");
    assert.equal(told.at(-1), "idle: Nothing was said.");
    assert.equal(FakeSocket.all.length, 1);
    live.send({ ...STATE, dx: 4 });
    socket(1).open();
    assert.deepEqual(socket(1).sent, [{ seq: 2, ...STATE, dx: 4 }]);
  }));

test("a refusal is told in the server's words and not tried again", () =>
  connected((live, told) => {
    live.send(STATE);
    socket(0).open();
    socket(0).lose(1013, "All 32 live connections are taken.");
    assert.equal(told.at(-1), "refused: All 32 live connections are taken.");
    assert.equal(FakeSocket.all.length, 1);
  }));

test("a full server tells the place in the line, and answers by itself when there is room", () =>
  connected((live, told, heard) => {
    const seq = live.send(STATE);
    socket(0).open();
    socket(0).onmessage?.({ data: message({ type: "waiting", place: 3, taken: 32 }) });
    assert.equal(
      told.at(-1),
      "full: All 32 live places of this server are taken. You are number 3 in line, and join by yourself as soon as there is room.",
    );
    assert.deepEqual(heard, [], "that is no answer");
    socket(0).onmessage?.({ data: message({ type: "done", seq }) });
    assert.equal(heard.length, 1);
    assert.equal(FakeSocket.all.length, 1, "on the same connection");
  }));

test("a closed socket stays closed", () =>
  connected((live, told) => {
    live.send(STATE);
    socket(0).open();
    live.close();
    assert.ok(socket(0).closed);
    socket(0).lose(1000);
    live.send(STATE);
    assert.equal(FakeSocket.all.length, 1);
    assert.deepEqual(told, ["connecting", "open"]);
  }));

test("a photo that the server has lost is sent again, and the newest wish goes on", async () => {
  const real = globalThis.WebSocket;
  globalThis.WebSocket = /** @type {any} */ (FakeSocket);
  FakeSocket.all = [];
  /** @type {string[]} */
  const given = [];
  const troubles = /** @type {string[]} */ ([]);
  const give = async (/** @type {unknown} */ _, /** @type {string} */ image) => given.push(image) > 0;
  Object.assign(remedies, { lost: give });
  const error = { status: 404, title: "Image not here", detail: "Upload it again." };
  try {
    const link = new LiveLink({ onAnswer: () => {}, onTrouble: (sentence) => troubles.push(sentence) });
    link.ask(/** @type {any} */ ({ image: "aa", dx: 1 }));
    const [socket] = FakeSocket.all;
    socket?.open();
    socket?.onmessage?.({ data: message({ type: "error", seq: 1, error }) });
    await until(() => socket?.sent.length === 2);
    assert.deepEqual([given, socket?.sent[1].dx, troubles], [["aa"], 1, []]);
    // Once: a server that still has not got it is believed.
    socket?.onmessage?.({ data: message({ type: "error", seq: 2, error }) });
    await until(() => troubles.length === 1);
    assert.deepEqual(given, ["aa"]);
    link.close();
  } finally {
    Object.assign(remedies, { lost: null });
    globalThis.WebSocket = real;
  }
});
