/**
 * One question under way at a time; of those asked meanwhile only the newest is asked next. Nothing queues.
 *
 * @template T
 */
export class Latest {
  /** @type {number | null} */
  #underWay = null;
  /** @type {T | null} */
  #next = null;
  #send;

  /** @param {(question: T) => number} send  Gives the question's number. */
  constructor(send) {
    this.#send = send;
  }

  /** @param {T} question */
  ask(question) {
    if (this.#underWay === null) this.#underWay = this.#send(question);
    else this.#next = question;
  }

  /**
   * An answer has come.
   *
   * @param {number} number  Of its question.
   * @returns {boolean}  Whether there is nothing more to ask.
   */
  answered(number) {
    if (number !== this.#underWay) return this.#underWay === null;
    return this.#goOn();
  }

  /** No answer will come to what was asked. */
  giveUp() {
    this.#goOn();
  }

  #goOn() {
    this.#underWay = null;
    const next = this.#next;
    this.#next = null;
    if (next) this.ask(next);
    return !next;
  }
}
