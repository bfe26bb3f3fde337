/** Numbers of cards as they are written. */

import { fixed } from "../../geometry/scale.js";

/** A value of a channel in three or so digits. @param {number} value */
export const said = (value) => fixed(value, Math.abs(value) >= 10 ? 1 : 2);

/** @param {number} share */
export const whole = (share) => `${fixed(100 * share, 0)} %`;

/** @param {number} count @param {string} one @param {string} more */
export const counted = (count, one, more) => `${count} ${count === 1 ? one : more}`;
