/**
 * A small test runner for browser modules: a file registers its tests, the page runs them.
 *
 *     import { assert, test } from './harness.js';
 *     test('an empty list has no largest value', () => assert.equal(largest([]), null));
 */

/** @typedef {{ name: string, error: string | null }} Result */

/** @type {{ name: string, body: () => unknown }[]} */
const tests = [];

/**
 * Register a test; it may return a promise.
 * @param {string} name What holds, as a sentence.
 * @param {() => unknown} body Throws, or rejects, if it does not hold.
 */
export function test(name, body) {
  tests.push({ name, body });
}

/**
 * Run everything registered so far, in order, one after the other.
 * @returns {Promise<Result[]>}
 */
export async function run() {
  /** @type {Result[]} */
  const results = [];
  for (const { name, body } of tests) {
    try {
      await body();
      results.push({ name, error: null });
    } catch (error) {
      results.push({ name, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  return results;
}

/** @param {unknown} value @returns {string} */
function show(value) {
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${show(Array.from(/** @type {any} */ (value)))}`;
  if (value instanceof Map) return `Map ${show([...value])}`;
  if (value instanceof Set) return `Set ${show([...value])}`;
  return typeof value === 'string' || typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** @param {unknown} a @param {unknown} b @returns {boolean} */
function same(a, b) {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (a instanceof Map || a instanceof Set) return same([...a], [.../** @type {Iterable<unknown>} */ (b)]);
  if (a instanceof Date) return a.getTime() === /** @type {Date} */ (b).getTime();
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && same(/** @type {any} */ (a)[key], /** @type {any} */ (b)[key]));
}

export const assert = {
  /** @param {unknown} condition @param {string} [message] */
  ok(condition, message = 'must hold') {
    if (!condition) throw new Error(message);
  },

  /** Same value, as `Object.is` has it. @param {unknown} actual @param {unknown} expected @param {string} [message] */
  equal(actual, expected, message = '') {
    if (!Object.is(actual, expected)) throw new Error(`${message} wanted ${show(expected)}, got ${show(actual)}`);
  },

  /** Same structure. @param {unknown} actual @param {unknown} expected @param {string} [message] */
  deepEqual(actual, expected, message = '') {
    if (!same(actual, expected)) throw new Error(`${message} wanted ${show(expected)}, got ${show(actual)}`);
  },

  /** Numbers no further apart than `tolerance`. @param {number} actual @param {number} expected @param {number} [tolerance] */
  close(actual, expected, tolerance = 1e-6) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new Error(`wanted ${expected} within ${tolerance}, got ${actual}`);
    }
  },

  /** The call must throw, with a message that matches. @param {() => unknown} call @param {RegExp} [pattern] */
  throws(call, pattern = /(?:)/) {
    try {
      call();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!pattern.test(message)) throw new Error(`wanted an error like ${pattern}, got ${show(message)}`);
      return;
    }
    throw new Error(`wanted an error like ${pattern}, got none`);
  },

  /** The promise must reject, with a message that matches. @param {Promise<unknown>} promise @param {RegExp} [pattern] */
  async rejects(promise, pattern = /(?:)/) {
    const message = await promise.then(
      () => null,
      (error) => (error instanceof Error ? error.message : String(error)),
    );
    if (message === null) throw new Error(`wanted a rejection like ${pattern}, got none`);
    if (!pattern.test(message)) throw new Error(`wanted a rejection like ${pattern}, got ${show(message)}`);
  },
};
