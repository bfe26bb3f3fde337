/**
 * NumPy's own file format, as far as the server uses it: C order, little-endian.
 * https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @import { NpyArray } from "./messages.js"
 */

const TYPES = /** @type {const} */ ({
  "<f4": Float32Array,
  "<f8": Float64Array,
  "<i4": Int32Array,
  "|u1": Uint8Array,
});

/**
 * @param {ArrayBuffer} buffer
 * @returns {NpyArray}
 */
export function parseNpy(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 10 || view.getUint32(0) !== 0x934e554d) throw new Error("npy: not an .npy file");
  const wide = view.getUint8(6) > 1;
  const start = wide ? 12 : 10;
  const length = wide ? view.getUint32(8, true) : view.getUint16(8, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, start, length));
  const type = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? "";
  const extents = /'shape':\s*\(([^)]*)\)/.exec(header)?.[1];
  if (extents === undefined || !(type in TYPES) || /'fortran_order':\s*True/.test(header)) {
    throw new Error(`npy: this kind of array is not read here: ${header.trim()}`);
  }
  const shape = extents.split(",").filter((each) => each.trim()).map(Number);
  const elements = shape.reduce((product, extent) => product * extent, 1);
  const Values = TYPES[/** @type {keyof typeof TYPES} */ (type)];
  // A copy, because the values need not start at a multiple of their size.
  const from = start + length;
  return { shape, data: new Values(buffer.slice(from, from + elements * Values.BYTES_PER_ELEMENT)) };
}
