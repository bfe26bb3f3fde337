/**
 * The numbers of the course. Each is measured on the learner's own photo, network or race when it is asked for; none is
 * stored. A measure is written as it is told in a lesson, as in `error(max_pool_1,1)`.
 *
 * @import { Call, Condition } from "../../../../lessons/types.js"
 * @import { Measure, Measured, Subject } from "./subject.js"
 */

import * as arithmetic from "./arithmetic.js";
import * as comparing from "./comparing.js";
import * as cost from "./cost.js";
import * as explaining from "./explaining.js";
import * as movement from "./movement.js";
import * as training from "./training.js";
import * as values from "./values.js";

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  ...values.MEASURES,
  ...cost.MEASURES,
  ...movement.MEASURES,
  ...arithmetic.MEASURES,
  ...training.MEASURES,
  ...explaining.MEASURES,
  ...comparing.MEASURES,
};

/** @param {Call} call @returns {{name: string, told: string[]}} */
export function parseCall(call) {
  const found = /^([a-z_]+)\((.*)\)$/.exec(call);
  if (!found) throw new Error(`${call} is no measure: name(…) is wanted`);
  const told = found[2] ?? "";
  return { name: found[1] ?? "", told: told ? told.split(",").map((each) => each.trim()) : [] };
}

/** Measuring on one subject; what has been measured once is not measured again. */
export class Measuring {
  /** @type {Map<Call, Promise<Measured>>} */
  #known = new Map();

  /**
   * @param {Subject} subject
   * @param {string} locale  How numbers are written.
   * @param {AbortSignal} signal
   */
  constructor(subject, locale, signal) {
    this.subject = subject;
    /** Another one only writes the same numbers otherwise. */
    this.locale = locale;
    this.signal = signal;
  }

  /** @param {Call} call @returns {Promise<Measured>} */
  measure(call) {
    const known = this.#known.get(call) ?? this.#begin(call);
    this.#known.set(call, known);
    return known;
  }

  /** @param {Call} call */
  async #begin(call) {
    const { name, told } = parseCall(call);
    const measure = Object.hasOwn(MEASURES, name) ? MEASURES[name] : undefined;
    if (!measure) throw new Error(`${name} is nothing this page measures`);
    return measure(this.subject, told, this.signal);
  }

  /** @param {Call} call @returns {Promise<string>} */
  async text(call) {
    return written(await this.measure(call), this.locale);
  }

  /** A text with every `{measure}` in it replaced. @param {string} text @returns {Promise<string>} */
  async fill(text) {
    const calls = [...text.matchAll(/\{([^}]+)\}/g)].map((found) => found[1] ?? "");
    const texts = new Map(await Promise.all(calls.map(async (call) => /** @type {const} */ ([call, await this.text(call)]))));
    return text.replace(/\{([^}]+)\}/g, (_, call) => texts.get(call) ?? "");
  }

  /** @param {Condition} condition @returns {Promise<boolean>} */
  async holds({ measure, is, than }) {
    const left = (await this.measure(measure)).number;
    const right = typeof than === "number" ? than : (await this.measure(than)).number;
    if (is === "=") return left === right;
    return is === "<" ? left < right : left > right;
  }
}

/**
 * A measured number as it is read: whole ones in groups of three, others with as many digits as tell something.
 *
 * @param {Measured} measured
 * @param {string} locale
 */
export function written({ number, text, percent = false, decimals }, locale) {
  if (text !== undefined) return text;
  const digits = decimals ?? (Number.isInteger(number) ? 0 : percent ? 1 : null);
  const options = digits === null ? { maximumSignificantDigits: 4 } : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  const parts = new Intl.NumberFormat(locale, options).formatToParts(number);
  const plain = parts.map(({ type, value }) => (type === "group" ? "\u202f" : type === "minusSign" ? "\u2212" : value)).join("");
  return percent ? `${plain}\u202f%` : plain;
}
