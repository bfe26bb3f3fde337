/**
 * One line to the server on which the newest wish wins: while an answer is awaited nothing is sent, and of what was
 * wished meanwhile only the last.
 *
 * @import { LiveAnswer, LiveStatus } from "../api/messages.js"
 * @import { LiveWish } from "./shift-types.js"
 */

import { ApiProblem, remedies } from "../api/client.js";
import { LiveSocket } from "../api/live.js";
import { Latest } from "./latest.js";

/** Milliseconds until a busy server is asked again. */
const BUSY = 500;
/** Parts of answers come to a state that is not the newest any more; older ones than this are forgotten. */
const REMEMBERED = 8;

export class LiveLink {
  /** @type {Map<number, LiveWish>} */
  #wishes = new Map();
  #onAnswer;
  #onTrouble;
  #timer = 0;
  /** The last wish whose photo was sent again. @type {LiveWish | null} */
  #given = null;
  /** @type {LiveWish | null} */
  #newest = null;

  /**
   * @param {object} listeners
   * @param {(answer: LiveAnswer, wish: LiveWish, last: boolean) => void} listeners.onAnswer  `last`: no newer wish
   *   is under way.
   * @param {(sentence: string) => void} listeners.onTrouble  Why nothing comes; empty when it does again.
   * @param {{ topic?: string, encode?: (seq: number, wish: LiveWish) => Uint8Array<ArrayBuffer> }} [line]  Another than the photo's.
   */
  constructor({ onAnswer, onTrouble }, line = {}) {
    this.#onAnswer = onAnswer;
    this.#onTrouble = onTrouble;
    this.#socket = /** @type {LiveSocket<LiveWish>} */ (new LiveSocket({
      .../** @type {{}} */ (line),
      onMessage: (message) => this.#receive(message),
      onState: (state, reason) => this.#connection(state, reason),
    }));
    this.#latest = new Latest((/** @type {LiveWish} */ wish) => this.#send(wish));
  }

  #socket;
  #latest;

  /** @param {LiveWish} wish */
  ask(wish) {
    clearTimeout(this.#timer);
    this.#newest = wish;
    this.#latest.ask(wish);
  }

  close() {
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  /** @param {LiveWish} wish */
  #send(wish) {
    const seq = this.#socket.send(wish);
    this.#wishes.set(seq, wish);
    for (const old of this.#wishes.keys()) if (old <= seq - REMEMBERED) this.#wishes.delete(old);
    return seq;
  }

  /** @param {LiveAnswer} message */
  #receive(message) {
    const wish = this.#wishes.get(message.seq);
    if (!wish) return;
    const last = message.type === "result" || message.type === "error" ? this.#latest.answered(message.seq) : true;
    if (message.type !== "error") {
      this.#onTrouble("");
      this.#onAnswer(message, wish, last);
    } else if (message.error.status === 503 && last) {
      this.#timer = setTimeout(() => this.ask(wish), BUSY);
    } else if (last) void this.#refused(message.error, wish);
  }

  /**
   * A photo that the server has lost is sent again, once for every wish, and the wish goes on.
   *
   * @param {{ status: number, title: string, detail: string }} error
   * @param {LiveWish} wish
   */
  async #refused(error, wish) {
    const sent = this.#given !== wish && (await remedies.lost?.(new ApiProblem(error.title, error.detail, error.status), wish.image));
    this.#given = wish;
    if (this.#newest !== wish) return;
    if (sent) this.ask(wish);
    else this.#onTrouble(sentenceOf(error));
  }

  /**
   * @param {LiveStatus} state
   * @param {string} reason
   */
  #connection(state, reason) {
    if (state === "refused") this.#latest.giveUp();
    if (state === "refused" || state === "waiting" || state === "full") this.#onTrouble(reason);
  }
}

/** @param {{ title: string, detail: string }} error */
const sentenceOf = ({ title, detail }) => `${title.replace(/\.$/, "")}. ${detail}`;
