/** Numbers as people read them: true minus signs, thin spaces between thousands. */

export const MINUS = "\u2212";
export const TIMES = "\u00d7";
const THIN = "\u202f";

/**
 * Fixed decimals with a true minus sign, never "−0"; of what is so large that they say nothing, four digits.
 *
 * @param {number} value
 * @param {number} [decimals]
 */
export function fixed(value, decimals = 2) {
  if (!Number.isFinite(value)) return notFinite(value);
  const size = Math.abs(value);
  if (decimals && size >= 1e7) return rounded(value);
  const digits = size.toFixed(decimals);
  return value < 0 && Number(digits) !== 0 ? MINUS + digits : digits;
}

/** @param {number} value */
function notFinite(value) {
  if (Number.isNaN(value)) return "NaN";
  return value < 0 ? `${MINUS}∞` : "∞";
}

/**
 * Thousands apart by a narrow no-break space: 705600 becomes "705 600".
 *
 * @param {number} count
 */
export function grouped(count) {
  const digits = Math.abs(Math.round(count)).toString();
  const text = digits.replace(/\B(?=(\d{3})+$)/g, THIN);
  return count < 0 ? MINUS + text : text;
}

/**
 * A count in about four characters: 910, 9.2k, 706k, 1.0M, 15.3G.
 *
 * @param {number} count
 */
export function compact(count) {
  if (count >= 1e9) return `${(count / 1e9).toFixed(1)}G`;
  if (count >= 999_500) return `${(count / 1e6).toFixed(1)}M`;
  if (count >= 9_950) return `${Math.round(count / 1e3)}k`;
  return count >= 1e3 ? `${(count / 1e3).toFixed(1)}k` : String(count);
}

/**
 * A share as a percentage that never claims 0 or 100 for what is merely close.
 *
 * @param {number} share Between 0 and 1.
 * @param {number} [decimals]
 */
export function percent(share, decimals = 1) {
  const least = 10 ** -decimals;
  const value = share * 100;
  if (value > 0 && value < least / 2) return `<${least.toFixed(decimals)}${THIN}%`;
  if (value < 100 && value > 100 - least / 2) return `>${(100 - least).toFixed(decimals)}${THIN}%`;
  return `${value.toFixed(decimals)}${THIN}%`;
}

/**
 * The shortest decimal that is exactly this float32.
 *
 * @param {number} value
 */
export function exact(value) {
  if (!Number.isFinite(value)) return notFinite(value);
  for (let digits = 1; digits < 10; digits += 1) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return readable(Number(text));
  }
  return readable(value);
}

/**
 * About four significant digits; powers of ten where plain decimals would be unreadable.
 *
 * @param {number} value
 * @param {number} [digits]
 */
export function rounded(value, digits = 4) {
  if (!Number.isFinite(value)) return notFinite(value);
  return readable(Number(value.toPrecision(digits)));
}

/** @param {number} value */
function readable(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) {
    const [mantissa = "", power = "0"] = size.toExponential().split("e");
    const text = `${mantissa}${TIMES}10${superscript(Number(power))}`;
    return value < 0 ? MINUS + text : text;
  }
  return value < 0 ? MINUS + String(size) : String(size);
}

/** @param {number} power */
function superscript(power) {
  const raised = [...String(Math.abs(power))].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return power < 0 ? `⁻${raised}` : raised;
}

/**
 * A bound of a scale in as few characters as say something: 1.6, 0.07, 123.
 *
 * @param {number} value
 */
export function brief(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 0.005 || size >= 99_950)) {
    const [mantissa = "0", power = "0"] = size.toExponential(0).split("e");
    return `${value < 0 ? MINUS : ""}${mantissa}e${Number(power) < 0 ? MINUS : ""}${Math.abs(Number(power))}`;
  }
  if (size >= 9_950) return `${value < 0 ? MINUS : ""}${compact(size)}`;
  return fixed(value, size >= 9.95 || Number.isInteger(size) ? 0 : size >= 0.095 ? 1 : 2);
}

/**
 * "28×28×10" for maps, "1 690" for a vector; height and width come first, as people say them.
 *
 * @param {readonly number[]} shape `[C, H, W]` or `[F]`.
 */
export function shapeText(shape) {
  const [channels = 0, height, width] = shape;
  if (height === undefined) return grouped(channels);
  return [height, width ?? 1, channels].map(grouped).join(TIMES);
}
