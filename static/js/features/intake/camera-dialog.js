import { openImage } from "../../state/taking.js";
import { BaseElement } from "../../widgets/base-element.js";
import { devicesHere, openStream, refused, stopStream } from "../../widgets/media.js";

/** A live, mirrored preview and one picture from it. The camera runs only while the dialog is open. */
export class CameraDialog extends BaseElement {
  /** @type {MediaStream | null} */
  #stream = null;
  /** Counts openings: an answer to an older one is not wanted any more. */
  #turn = 0;

  /** @override @param {AbortSignal} signal */
  connected(signal) {
    const options = { signal };
    const cameras = this.piece("cameras", HTMLSelectElement);
    this.piece("close").addEventListener("click", () => this.#dialog.close(), options);
    this.piece("take").addEventListener("click", () => void this.#take(), options);
    this.piece("again").addEventListener("click", () => void this.#start(cameras.value), options);
    cameras.addEventListener("change", () => void this.#start(cameras.value), options);
    this.#dialog.addEventListener("close", () => this.#stop(), options);
    signal.addEventListener("abort", () => this.#stop());
  }

  get #dialog() {
    return this.piece("dialog", HTMLDialogElement);
  }

  get #video() {
    return this.piece("video", HTMLVideoElement);
  }

  open() {
    this.#dialog.showModal();
    void this.#start("");
  }

  /** @param {string} device  Empty: whichever the browser likes best. */
  async #start(device) {
    this.#stop();
    const turn = this.#turn;
    this.#say("Waiting for the camera\u2026");
    try {
      const which = device ? { deviceId: { exact: device } } : { facingMode: "user" };
      const stream = await openStream({ video: { ...which, width: { ideal: 1280 }, height: { ideal: 960 } } });
      if (turn !== this.#turn || !this.#dialog.open) return stopStream(stream);
      this.#stream = stream;
      this.#video.srcObject = stream;
      await this.#video.play();
      this.piece("take", HTMLButtonElement).disabled = false;
      this.piece("take").focus();
      this.#say("");
      await this.#listCameras();
    } catch (error) {
      if (turn !== this.#turn) return;
      const { message, again } = refused(error, "camera");
      this.#say(message, again);
    }
  }

  /**
   * @param {string} text
   * @param {boolean} [again]  Whether trying again makes sense.
   */
  #say(text, again = false) {
    this.piece("say").textContent = text;
    this.piece("again").hidden = !again;
  }

  /** Names of cameras are known only once one of them may be used. */
  async #listCameras() {
    const cameras = await devicesHere("camera");
    const used = this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
    const select = this.piece("cameras", HTMLSelectElement);
    select.replaceChildren(
      ...cameras.map(({ id, name }) => new Option(name, id, false, id === used)),
    );
    this.piece("choice").hidden = cameras.length < 2;
  }

  /** The picture is taken as the camera sees it; only the preview is mirrored. */
  async #take() {
    const video = this.#video;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    const blob = await new Promise((/** @type {(blob: Blob | null) => void} */ resolve) => canvas.toBlob(resolve, "image/png"));
    this.#dialog.close();
    if (blob) void openImage(this.subject, blob, "Camera picture");
  }

  #stop() {
    this.#turn += 1;
    stopStream(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
    this.piece("take", HTMLButtonElement).disabled = true;
  }
}

customElements.define("camera-dialog", CameraDialog);

/** Open the page's camera dialog. */
export function openCamera() {
  const dialog = document.querySelector("camera-dialog");
  if (dialog instanceof CameraDialog) dialog.open();
}
