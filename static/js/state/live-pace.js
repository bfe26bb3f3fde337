/** How fast frames come and are painted, measured over the last five seconds. */

/** Milliseconds. */
const SPAN = 5000;

export class Pace {
  /** When frames were taken. @type {number[]} */
  #came = [];
  /** Those that were painted: when they were taken, and when they stood on the screen. @type {[taken: number, painted: number][]} */
  #painted = [];
  /** All that were painted. */
  #all = 0;

  /** @param {number} time */
  came(time) {
    this.#came.push(time);
  }

  /**
   * @param {number} taken
   * @param {number} now
   * @returns {{ rate: number, behind: number, left: number, all: number }}  Frames painted a second; milliseconds from camera
   *   to screen, which 95 of 100 keep; frames that came and were not painted; and all that were painted.
   */
  painted(taken, now) {
    this.#all += 1;
    this.#painted.push([taken, now]);
    this.#painted = this.#painted.filter(([, at]) => at > now - SPAN);
    const [first = taken] = this.#painted[0] ?? [];
    this.#came = this.#came.filter((time) => time >= first);
    const behind = this.#painted.map(([from, at]) => at - from).sort((a, b) => a - b);
    const [, begun = now] = this.#painted[0] ?? [];
    const count = this.#painted.length;
    return {
      rate: count > 1 ? (1000 * (count - 1)) / (now - begun) : 0,
      behind: behind[Math.ceil(0.95 * count) - 1] ?? 0,
      left: this.#came.filter((time) => time <= taken).length - count,
      all: this.#all,
    };
  }
}
