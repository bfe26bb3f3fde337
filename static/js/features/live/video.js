/** A video file that is watched as a camera is, and gone through frame by frame. */

/** Seconds: shorter than a frame of any video up to 120 frames a second, so that none is passed over. */
const STEP = 1 / 130;
/** A frame may last long; after so many steps there is none before, or behind. */
const MOST = 1300;
/** Milliseconds in which a file of this machine has shown its first picture. */
const PATIENCE = 10_000;

/** Why a file is not watched. */
export class NoVideo extends Error {}

export class Video {
  video = document.createElement("video");
  #address;
  #onFrame;
  /** Of the frame that is shown, seconds from the beginning. */
  #time = -1;
  #closed = false;

  /**
   * @param {File} file
   * @param {(time: number, media: number) => void} onFrame  When it came, and where in the video it is.
   */
  constructor(file, onFrame) {
    this.name = file.name;
    this.#onFrame = onFrame;
    this.#address = URL.createObjectURL(file);
    Object.assign(this.video, { muted: true, playsInline: true, loop: true, preload: "auto" });
  }

  /** Where the frame that is shown begins, seconds. */
  get time() {
    return Math.max(0, this.#time);
  }

  /**
   * Play it from its beginning, again and again.
   *
   * @returns {Promise<void>} Rejected with NoVideo.
   */
  async open() {
    const { video, name } = this;
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve;
      video.onerror = () => reject(new NoVideo(`${name} cannot be played. This browser does not know its format, or it is damaged; WebM and MP4 usually play.`));
      // A file of sound alone has loaded all it has before there is any picture.
      video.onloadedmetadata = () => video.videoWidth || reject(new NoVideo(`${name} has no pictures. It holds sound alone; drop a video.`));
      setTimeout(() => reject(new NoVideo(`${name} shows no picture. It may be cut off; drop the whole file.`)), PATIENCE);
      video.src = this.#address;
    });
    this.#follow();
    await video.play();
  }

  #follow() {
    this.video.requestVideoFrameCallback((now, { mediaTime }) => {
      if (this.#closed) return;
      this.#time = mediaTime;
      this.#onFrame(now, mediaTime);
      this.#follow();
    });
  }

  /** Stop at the frame that is shown. */
  pause() {
    this.video.pause();
    return shown();
  }

  play() {
    return this.video.play();
  }

  /**
   * To the very next frame, or the one before: by steps shorter than a frame, until another one is shown.
   *
   * @param {1 | -1} by
   * @param {number} from  Where the frame begins from which it goes, seconds.
   * @returns {Promise<boolean>} Whether there is one.
   */
  async step(by, from) {
    const { video } = this;
    video.pause();
    if (this.#time !== from) await this.#seek(from + STEP / 2);
    for (let steps = 1; steps <= MOST && this.#time === from; steps += 1) {
      const to = from + by * steps * STEP;
      if (to < 0 || to > video.duration) return false;
      await this.#seek(to);
    }
    return this.#time !== from;
  }

  /** @param {number} to  Seconds. */
  async #seek(to) {
    const { video } = this;
    await new Promise((resolve) => {
      video.addEventListener("seeked", resolve, { once: true });
      video.currentTime = to;
    });
    await shown();
  }

  close() {
    this.#closed = true;
    this.video.onerror = null;
    this.video.pause();
    this.video.removeAttribute("src");
    this.video.load();
    URL.revokeObjectURL(this.#address);
  }
}

/** What a video shows is told with the next picture of the page, if it has changed. */
const shown = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
