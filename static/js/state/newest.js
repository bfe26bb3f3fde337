/** Of questions of one kind only the newest counts: whoever asks again ends what was asked before. */
export class Newest {
  #end = new AbortController();

  /** @returns {AbortSignal}  Of the question that begins now. */
  begin() {
    this.end();
    this.#end = new AbortController();
    return this.#end.signal;
  }

  /** Nothing that was asked counts any more. */
  end() {
    this.#end.abort();
  }
}
