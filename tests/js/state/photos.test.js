import { remedies, request } from "../../../static/js/api/client.js";
import { MOST, news, photos } from "../../../static/js/state/photos.js";
import { away, surviveServer } from "../../../static/js/state/server.js";
import { keepPhoto, sendAgain, takePhotos } from "../../../static/js/state/taking.js";
import { assert, test } from "../harness.js";
import { subject, until, withServer } from "../small-server.js";

const ID = "0123456789abcdef0123456789abcdef";

/** XMLHttpRequest as a server that takes pictures, and names each by its file's name. */
class Taking {
  /** @type {string[]} */
  static names = [];
  upload = {};
  open() {}
  abort() {}
  /** @param {FormData} form */
  send(form) {
    const { name } = /** @type {File} */ (form.get("file"));
    Taking.names.push(name);
    const refused = name.endsWith(".txt");
    Object.assign(this, { status: refused ? 415 : 201 });
    const id = name === "lost.png" ? ID : name;
    const answer = refused ? { title: "No picture", detail: "It is text." } : { id, width: 8, height: 8 };
    Object.assign(this, { responseText: JSON.stringify(answer) });
    setTimeout(() => /** @type {any} */ (this).onload());
  }
}

/** @param {() => Promise<void>} body */
async function withUploads(body) {
  const real = globalThis.XMLHttpRequest;
  globalThis.XMLHttpRequest = /** @type {any} */ (Taking);
  Taking.names = [];
  photos.value = [];
  try {
    await body();
  } finally {
    globalThis.XMLHttpRequest = real;
    photos.value = [];
  }
}

/** @param {string} name */
const file = (name) => new File(["x"], name, { type: "image/png" });

test("of ten photos all are taken, the first is looked at, and what is no picture is named", () =>
  withUploads(() =>
    withServer({}, async () => {
      const names = Array.from({ length: 10 }, (_, at) => `${at}.png`);
      await takePhotos(subject, [...names, "notes.txt"].map(file));
      assert.deepEqual(photos.value.map(({ title }) => title), names);
      assert.equal(subject.image.value?.id, "0.png");
      assert.ok(news.value.startsWith("10 photos are in the row") && news.value.endsWith("notes.txt: It is text."), news.value);
    }),
  ));

test("how many fit is said", () =>
  withUploads(() =>
    withServer({}, async () => {
      await takePhotos(subject, Array.from({ length: MOST + 3 }, (_, at) => file(`${at}.png`)));
      assert.equal(photos.value.length, MOST);
      assert.ok(news.value.includes(`It holds ${MOST}: 3 were left out.`), news.value);
    }),
  ));

test("a drawing on its way stands in no row, and is sent again all the same", () =>
  withUploads(async () => {
    keepPhoto({ kind: "photo", id: "draft", width: 1, height: 1, title: "draft", blob: new Blob(["x"]) }, true);
    assert.equal(photos.value.length, 0);
    assert.equal(await sendAgain("draft"), true);
    assert.equal(await sendAgain("never seen"), false);
  }));

test("a picture that the server has lost is sent again, and the request goes on", () =>
  withUploads(async () => {
    keepPhoto({ kind: "photo", id: ID, width: 8, height: 8, title: "lost.png", blob: file("lost.png") }, false);
    const real = globalThis.fetch;
    const gone = () => Response.json({ title: "Image not here", detail: "" }, { status: 404 });
    globalThis.fetch = async () => (Taking.names.length ? new Response("here") : gone());
    surviveServer();
    try {
      assert.equal(await (await request(`/api/traces/small/${ID}`)).text(), "here");
      assert.deepEqual(Taking.names, ["lost.png"]);
      globalThis.fetch = async () => gone();
      await assert.rejects(request(`/api/traces/small/${ID.replace("0", "f")}`), /Image not here/);
    } finally {
      globalThis.fetch = real;
      Object.assign(remedies, { away: null, lost: null });
    }
  }));

test("while the server is away a request waits, says so, and is answered when it is back", async () => {
  const real = globalThis.fetch;
  let back = false;
  globalThis.fetch = async (input) => {
    if (!back) throw new TypeError("no connection");
    return new Response(String(input));
  };
  surviveServer();
  try {
    const end = new AbortController();
    const given = request("/api/samples", end.signal).catch((/** @type {Error} */ error) => error.name);
    const asked = request("/api/models");
    await until(() => away.value);
    end.abort();
    assert.equal(await given, "AbortError");
    back = true;
    assert.equal(await (await asked).text(), "/api/models");
    assert.equal(away.value, false);
  } finally {
    globalThis.fetch = real;
    Object.assign(remedies, { away: null, lost: null });
  }
});
