import { ApiProblem, getJson, late, remedies, urls } from "../../../static/js/api/client.js";
import { postFile } from "../../../static/js/api/files.js";
import { readFrames } from "../../../static/js/api/frames.js";
import { parseNpy } from "../../../static/js/api/npy.js";
import { assert, test } from "../harness.js";

/** @param {object} header @param {Uint8Array} [payload] @returns {Uint8Array} */
function frame(header, payload = new Uint8Array(0)) {
  const text = JSON.stringify(header);
  const padded = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 4) * 4));
  const bytes = new Uint8Array(4 + padded.length + payload.length);
  new DataView(bytes.buffer).setUint32(0, padded.length, true);
  bytes.set(padded, 4);
  bytes.set(payload, 4 + padded.length);
  return bytes;
}

/** @param {Uint8Array} bytes @param {number} step @returns {ReadableStream<Uint8Array>} */
function inPieces(bytes, step) {
  let at = 0;
  return new ReadableStream({
    pull(stream) {
      if (at >= bytes.length) stream.close();
      else stream.enqueue(bytes.slice(at, (at += step)));
    },
  });
}

/** @param {...Uint8Array} parts @returns {Uint8Array<ArrayBuffer>} */
const joined = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));

const VALUES = new Float32Array([0, -1.5, 3.25, 1e-8, 7]);
const LAYER = { node: "conv", kind: "conv2d", index: 0, count: 2, shape: [5], encoding: "float32", bytes: 20, elements: 5 };
const STREAM = joined(
  frame(LAYER, new Uint8Array(VALUES.buffer)),
  frame(
    { ...LAYER, node: "relu", encoding: "uint8", bytes: 8, offset: -1, scale: 0.5 },
    Uint8Array.of(0, 1, 2, 4, 255, 0, 0, 0),
  ),
  frame({ done: true, bytes: 0, top: [{ label: "koala", probability: 1 }] }),
);

/** @param {ReadableStream<Uint8Array>} body */
async function all(body) {
  const frames = [];
  for await (const each of readFrames(body)) frames.push(each);
  return frames;
}

test("frames come out the same however the body is cut into pieces", async () => {
  for (const step of [1, 3, 7, 64, STREAM.length]) {
    const frames = await all(inPieces(STREAM, step));
    assert.equal(frames.length, 3);
    assert.deepEqual(frames[0]?.data, VALUES);
    assert.deepEqual(frames[1]?.data, new Float32Array([-1, -0.5, 0, 1, 126.5]));
    assert.ok("done" in /** @type {object} */ (frames[2]?.header));
  }
});

test("a body that breaks off is an error, not a short layer", async () => {
  for (const length of [2, 30, STREAM.length - 3]) {
    await assert.rejects(all(inPieces(STREAM.slice(0, length), 16)), /broke off/);
  }
});

test("a body that is no stream of frames is refused", async () => {
  await assert.rejects(all(inPieces(new TextEncoder().encode("<!doctype html>"), 16)), /no header/);
});

test("the bytes received are counted", async () => {
  let received = 0;
  for await (const _ of readFrames(inPieces(STREAM, 5), (bytes) => (received += bytes)));
  assert.equal(received, STREAM.length);
});

/** @param {string} header @param {ArrayBufferView} values */
function npy(header, values) {
  const text = header.padEnd(118 - 1) + "\n";
  const start = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, 0);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return joined(start, new TextEncoder().encode(text), bytes).buffer;
}

test("an .npy file is read with its shape", () => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  const values = new Float32Array([1, 2, 3, 4, 5, -6.5]);
  assert.deepEqual(parseNpy(npy(header, values)), { shape: [2, 3], data: values });
});

test("a list and a single number have their own shapes", () => {
  const one = (/** @type {string} */ shape) => `{'descr': '<f8', 'fortran_order': False, 'shape': ${shape}, }`;
  assert.deepEqual(parseNpy(npy(one("(1,)"), new Float64Array([2]))).shape, [1]);
  assert.deepEqual(parseNpy(npy(one("()"), new Float64Array([2]))), { shape: [], data: new Float64Array([2]) });
});

test("an array of another kind is refused", () => {
  const values = new Float32Array(4);
  assert.throws(() => parseNpy(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 2), }", values)), /Fortran|fortran/);
  assert.throws(() => parseNpy(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (4,), }", values)), />f4/);
  assert.throws(() => parseNpy(new TextEncoder().encode("not an array").buffer), /not an .npy/);
});

/** @param {(url: string) => Response | Promise<Response>} answer @param {() => Promise<void>} body */
async function withFetch(answer, body) {
  const real = globalThis.fetch;
  globalThis.fetch = async (input) => answer(String(input));
  try {
    await body();
  } finally {
    globalThis.fetch = real;
  }
}

test("a problem document becomes an error with its words", () =>
  withFetch(
    () => Response.json({ title: "No such model", detail: "Models: tiny_vgg.", status: 404 }, { status: 404 }),
    async () => {
      const error = await getJson("/api/models/nope").catch((each) => each);
      assert.ok(error instanceof ApiProblem);
      assert.deepEqual([error.title, error.detail, error.status], ["No such model", "Models: tiny_vgg.", 404]);
    },
  ));

test("an answer that is no problem document still says what to do", () =>
  withFetch(
    () => new Response("<html>Bad gateway</html>", { status: 502 }),
    () => assert.rejects(getJson("/api/models"), /HTTP 502.*Try again/),
  ));

test("a server that does not answer is named as such", () =>
  withFetch(
    () => Promise.reject(new TypeError("Failed to fetch")),
    () => assert.rejects(getJson("/api/models"), /does not answer.*make run/),
  ));

test("a busy server is asked again", async () => {
  let asked = 0;
  await withFetch(
    () => {
      asked += 1;
      const busy = new Response("{}", { status: 503, headers: { "Retry-After": "0" } });
      return asked < 3 ? busy : Response.json({ id: "tiny_vgg" });
    },
    async () => assert.deepEqual(await getJson("/api/models/tiny_vgg"), { id: "tiny_vgg" }),
  );
  assert.equal(asked, 3);
});

test("a server that stays busy is not asked for ever", async () => {
  let asked = 0;
  await withFetch(
    () => {
      asked += 1;
      return Response.json({ title: "Busy", detail: "Try later." }, { status: 503, headers: { "Retry-After": "0" } });
    },
    () => assert.rejects(getJson("/api/models"), /Busy: Try later/),
  );
  assert.ok(asked > 1 && asked < 10);
});

/** An upload to a server that answers at once, or never. */
class FakeUpload {
  static answer = /** @type {{ status: number, body: unknown } | null} */ (null);
  upload = /** @type {{ onprogress?: (event: object) => void }} */ ({});
  status = 0;
  responseText = "";
  onload = () => {};
  onabort = () => {};
  open() {}
  /** @param {FormData} form */
  send(form) {
    const { size } = /** @type {File} */ (form.get("file"));
    this.upload.onprogress?.({ loaded: size, total: size });
    if (!FakeUpload.answer) return;
    this.status = FakeUpload.answer.status;
    this.responseText = JSON.stringify(FakeUpload.answer.body);
    this.onload();
  }
  abort() {
    this.onabort();
  }
}

/** @param {typeof FakeUpload.answer} answer @param {() => Promise<void>} body */
async function withUpload(answer, body) {
  const real = globalThis.XMLHttpRequest;
  globalThis.XMLHttpRequest = /** @type {any} */ (FakeUpload);
  FakeUpload.answer = answer;
  try {
    await body();
  } finally {
    globalThis.XMLHttpRequest = real;
  }
}

test("an upload tells how much is sent and gives the image", () =>
  withUpload({ status: 201, body: { id: "aa", width: 2, height: 3 } }, async () => {
    /** @type {number[][]} */
    const sent = [];
    const image = await postFile(urls.images(), new Blob(["12345"]), { name: "x.png", onProgress: (...bytes) => sent.push(bytes) });
    assert.deepEqual(image, { id: "aa", width: 2, height: 3 });
    assert.deepEqual(sent, [[5, 5]]);
  }));

test("an upload that is refused rejects with the server's words", () =>
  withUpload({ status: 413, body: { title: "Too large", detail: "The limit is 20 MB." } }, () =>
    assert.rejects(postFile(urls.images(), new Blob(["x"]), { name: "x.png" }), /Too large: The limit is 20 MB/),
  ));

test("an upload that is given up ends", () =>
  withUpload(null, async () => {
    const given = new AbortController();
    const upload = postFile(urls.images(), new Blob(["x"]), { name: "x.png", signal: given.signal });
    given.abort();
    await assert.rejects(upload, /given up/);
  }));

test("names in addresses are escaped", () => {
  assert.equal(urls.parameter("a b", "conv/1.weight"), "/api/models/a%20b/parameters/conv%2F1.weight");
});

test("a trace address names the crop only when there is one", () => {
  assert.equal(urls.trace("m", "i", null, "frames"), "/api/traces/m/i/frames");
  const address = urls.trace("m", "i", { left: 1, top: 2, width: 3, height: 3 }, "frames", { encoding: "uint8" });
  assert.equal(address, "/api/traces/m/i/frames?crop=1%2C2%2C3&encoding=uint8");
});

test("code that cannot be fetched while the server is away comes when it is back", async () => {
  const { away } = remedies;
  let [tries, waits] = [0, 0];
  remedies.away = async () => void (waits += 1);
  const bring = async () => {
    tries += 1;
    if (tries === 1) throw new TypeError("Failed to fetch dynamically imported module");
    return "here";
  };
  assert.equal(await late(bring), "here");
  assert.deepEqual([tries, waits], [2, 1]);
  remedies.away = away;
});
