import { devicesHere, openStream, refused } from "../../../static/js/widgets/media.js";
import { assert, test } from "../harness.js";

/**
 * What a person reads where the browser refuses.
 *
 * @param {string} name
 * @param {"camera" | "microphone"} what
 */
async function told(name, what) {
  const error = new DOMException("refused", name);
  const own = navigator.mediaDevices;
  Object.defineProperty(navigator, "mediaDevices", { value: { getUserMedia: () => Promise.reject(error) }, configurable: true });
  try {
    await openStream(what === "camera" ? { video: {} } : { audio: {} });
    return "opened";
  } catch (failed) {
    const { message, again } = refused(failed, what);
    return `${message}${again ? "" : " (no other try)"}`;
  } finally {
    Object.defineProperty(navigator, "mediaDevices", { value: own, configurable: true });
  }
}

for (const what of /** @type {const} */ (["camera", "microphone"])) {
  test(`each way in which a ${what} is refused is told by its name, with what to do`, async () => {
    assert.equal(await told("NotAllowedError", what), `The ${what} is blocked for this page. Allow it in the address bar\u2019s site settings, or in those of the system, then try again.`);
    assert.equal(await told("NotReadableError", what), `The ${what} is busy: another program is using it. Close that, then try again.`);
    assert.equal(await told("NotFoundError", what), `No ${what} was found. Plug one in, then try again.`);
    assert.equal(await told("OverconstrainedError", what), `That ${what} is gone. Try again with another.`);
    assert.equal(await told("AbortError", what), `The ${what} stopped. Try again.`);
    assert.equal(await told("SomeError", what), `The ${what} did not start (SomeError). Try again.`);
  });
}

test("where the page may have neither, the address is named as the reason", async () => {
  const own = navigator.mediaDevices;
  Object.defineProperty(navigator, "mediaDevices", { value: undefined, configurable: true });
  const failed = await openStream({ audio: {} }).catch((error) => error);
  Object.defineProperty(navigator, "mediaDevices", { value: own, configurable: true });
  assert.ok(failed.message.includes("open the microphone only for https:// addresses"), failed.message);
  assert.equal(failed.again, false);
});

test("devices of one kind are listed, those without a name by their number", async () => {
  const own = navigator.mediaDevices;
  const all = [["videoinput", "a", "Front"], ["audioinput", "b", ""], ["audioinput", "c", "Headset"], ["audiooutput", "d", "Loud"]];
  const enumerateDevices = () => Promise.resolve(all.map(([kind, deviceId, label]) => ({ kind, deviceId, label })));
  Object.defineProperty(navigator, "mediaDevices", { value: { enumerateDevices }, configurable: true });
  const found = await devicesHere("microphone");
  Object.defineProperty(navigator, "mediaDevices", { value: own, configurable: true });
  assert.deepEqual(found, [{ id: "b", name: "Microphone 1" }, { id: "c", name: "Headset" }]);
});
