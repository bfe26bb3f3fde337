/**
 * Signals: values that tell who is interested when they change.
 *
 * `subscribe` calls at once and then after every change, in the same turn. `effect` waits for the end of the
 * turn, so that several changes made together are answered once.
 */

/**
 * @template T
 * @typedef {object} ReadonlySignal
 * @property {T} value
 * @property {(listener: (value: T) => void, options?: { signal?: AbortSignal }) => () => void} subscribe
 *   Calls `listener` now and on every change; returns the function that ends it, as does aborting `signal`.
 */

/**
 * @template T
 * @typedef {ReadonlySignal<T>} Signal
 */

/**
 * @template T
 * @param {T} initial
 * @returns {Signal<T>}
 */
export function signal(initial) {
  let current = initial;
  /** @type {Set<(value: T) => void>} */
  const listeners = new Set();
  return {
    get value() {
      return current;
    },
    set value(next) {
      if (Object.is(next, current)) return;
      current = next;
      for (const listener of [...listeners]) listener(next);
    },
    subscribe(listener, { signal: ended } = {}) {
      if (ended?.aborted) return () => {};
      // Each subscription is its own entry, so one function may subscribe twice and leave once.
      const entry = (/** @type {T} */ value) => listener(value);
      const end = () => void listeners.delete(entry);
      listeners.add(entry);
      ended?.addEventListener("abort", end, { once: true });
      listener(current);
      return end;
    },
  };
}

/**
 * Run `work` now, and again at the end of every turn in which one of the inputs has changed.
 *
 * @param {readonly ReadonlySignal<any>[]} inputs
 * @param {() => void} work
 * @param {{ signal?: AbortSignal }} [options]
 */
export function effect(inputs, work, options = {}) {
  let queued = true; // Subscribing calls back at once; that first round is answered by the call below.
  const run = () => {
    queued = false;
    if (!options.signal?.aborted) work();
  };
  const queue = () => {
    if (queued) return;
    queued = true;
    queueMicrotask(run);
  };
  for (const input of inputs) input.subscribe(queue, options);
  run();
}

/**
 * A value made from others; it is worked out again as soon as one of them changes.
 *
 * @template T
 * @param {readonly ReadonlySignal<any>[]} inputs
 * @param {() => T} work
 * @param {{ signal?: AbortSignal }} [options]
 * @returns {ReadonlySignal<T>}
 */
export function computed(inputs, work, options = {}) {
  const result = signal(work());
  for (const input of inputs) input.subscribe(() => (result.value = work()), options);
  return result;
}
