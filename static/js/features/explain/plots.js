/** Lines and dots of the small charts, as markup made from numbers. */

/** @typedef {readonly [x: number, y: number]} Point */

/** @param {readonly Point[]} points */
export const path = (points) => points.map(([x, y], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** @param {readonly Point[]} points @param {string} kind */
export const line = (points, kind) => (points.length ? `<path d="${path(points)}" class="${kind}"/>` : "");

/** @param {readonly Point[]} upper @param {readonly Point[]} lower */
export const band = (upper, lower) => (upper.length ? `<path d="${path([...upper, ...lower.toReversed()])}Z" class="band"/>` : "");

/** @param {number} x @param {number} y @param {string} words @param {string} [kind] @param {"start" | "middle" | "end"} [anchor] */
export const text = (x, y, words, kind = "", anchor = "start") =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" class="${kind}" text-anchor="${anchor}">${words}</text>`;

/** @param {Point} at @param {number} radius @param {string} kind */
export const dot = ([x, y], radius, kind) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${radius}" class="${kind}"/>`;
