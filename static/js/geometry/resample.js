/**
 * Sound at another rate, as it comes: a low-pass filter, read at the moments of the new samples.
 *
 * With r = min(1, to / from) the filter is `r sinc(r t)` under a Hann window over 32 of its zero crossings, t in samples of
 * the old rate: what lies above half of the new rate is gone instead of folding down.
 */

/** Zero crossings of the filter on each side. */
const CROSSINGS = 32;
/** Of the new rate's half, what the filter lets pass: it falls to nothing in the rest. */
const PASS = 0.94;

/** @param {number} a @param {number} b @returns {number} */
const common = (a, b) => (b ? common(b, a % b) : a);

export class Resampler {
  /** Old samples that are still read. */
  #held;
  /** Weights of the filter, one row for each place that a new sample can have between two old ones. */
  #rows;
  /** From one new sample to the next, in parts of an old one; and as many parts as that has. */
  #step = 1;
  #parts = 1;
  /** Old samples that a new one reads on each side. */
  #reach = 0;
  /** Where the next new sample lies in what is held, in parts of an old sample. */
  #next = 0;

  /**
   * @param {number} from  Samples a second, a whole number.
   * @param {number} to
   */
  constructor(from, to) {
    const shared = common(from, to);
    const rate = Math.min(1, to / from) * (from === to ? 1 : PASS);
    [this.#step, this.#parts] = [from / shared, to / shared];
    this.#reach = from === to ? 0 : Math.ceil(CROSSINGS / rate);
    this.#rows = Array.from({ length: this.#parts }, (_, part) => weights(part / this.#parts, rate, this.#reach));
    // silence before the first one, so that the first new sample lies on the first old one
    this.#held = new Float32Array(this.#reach);
    this.#next = this.#reach * this.#parts;
  }

  /**
   * What can be told of the new samples with these old ones: the last few wait for what follows.
   *
   * @param {Float32Array} more
   * @returns {Float32Array}
   */
  push(more) {
    const [reach, parts] = [this.#reach, this.#parts];
    const held = new Float32Array(this.#held.length + more.length);
    held.set(this.#held);
    held.set(more, this.#held.length);
    const made = [];
    for (; Math.floor(this.#next / parts) + reach < held.length; this.#next += this.#step) {
      made.push(heard(held, Math.floor(this.#next / parts) - reach, /** @type {Float64Array} */ (this.#rows[this.#next % parts])));
    }
    const gone = Math.max(0, Math.floor(this.#next / parts) - reach);
    this.#held = held.slice(gone);
    this.#next -= gone * parts;
    return Float32Array.from(made);
  }
}

/** @param {Float32Array} samples @param {number} first @param {Float64Array} row */
function heard(samples, first, row) {
  let sum = 0;
  for (let at = 0; at < row.length; at += 1) sum += /** @type {number} */ (row[at]) * (samples[first + at] ?? 0);
  return sum;
}

/**
 * Those of the old samples around a moment; they add up to 1, so that what does not change stays as loud.
 *
 * @param {number} moment  After an old sample, in old samples.
 * @param {number} rate
 * @param {number} reach
 */
function weights(moment, rate, reach) {
  if (!reach) return Float64Array.of(1);
  const row = Float64Array.from({ length: 2 * reach + 1 }, (_, at) => {
    const time = rate * (at - reach - moment);
    const sinc = time === 0 ? 1 : Math.sin(Math.PI * time) / (Math.PI * time);
    return Math.abs(time) >= CROSSINGS ? 0 : sinc * (0.5 + 0.5 * Math.cos((Math.PI * time) / CROSSINGS));
  });
  const sum = row.reduce((all, each) => all + each, 0);
  return row.map((each) => each / sum);
}
