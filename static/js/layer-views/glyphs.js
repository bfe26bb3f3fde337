/** The sign of each kind of layer, on a 16×16 grid: shapes as data, drawn in the current colour. */

/** @typedef {[tag: string, attributes: Record<string, string>]} Shape */

const LINE = { fill: "none", stroke: "currentColor", "stroke-width": "1.5" };
const THIN = { fill: "none", stroke: "currentColor", opacity: "0.55" };
const SOLID = { fill: "currentColor" };
const FRAME = { x: "1.75", y: "1.75", width: "12.5", height: "12.5" };
const RING = { cx: "8", cy: "8", r: "6.25" };

/** @param {readonly (readonly [number, number])[]} centres @returns {Shape[]} */
const dots = (centres) => centres.map(([x, y]) => ["circle", { cx: String(x), cy: String(y), r: "1.6", ...SOLID }]);

/** @type {Record<string, Shape[]>} */
export const GLYPHS = {
  input: [
    ["rect", { x: "1.5", y: "2.5", width: "13", height: "11", ...LINE }],
    ["path", { d: "M2 11.5l4-4 3 3 2-2 3 3", ...LINE }],
  ],
  conv: [
    ["rect", { ...FRAME, ...LINE }],
    ["path", { d: "M6 2v12M10 2v12M2 6h12M2 10h12", ...THIN }],
    ["rect", { x: "6", y: "6", width: "4", height: "4", ...SOLID }],
  ],
  norm: [
    ["path", { d: "M1 13c4 0 4-10 7-10s3 10 7 10", ...LINE }],
    ["path", { d: "M1 14.25h14", ...LINE }],
  ],
  relu: [["path", { d: "M1.5 12.5H8L14.5 4", ...LINE }]],
  pool: [
    ["rect", { ...FRAME, ...LINE }],
    ["path", { d: "M8 2v12M2 8h12", fill: "none", stroke: "currentColor" }],
    ["rect", { x: "8", y: "2", width: "6", height: "6", ...SOLID }],
  ],
  add: [
    ["circle", { ...RING, ...LINE }],
    ["path", { d: "M8 4.5v7M4.5 8h7", ...LINE }],
  ],
  multiply: [
    ["circle", { ...RING, ...LINE }],
    ["path", { d: "M5.5 5.5l5 5M10.5 5.5l-5 5", ...LINE }],
  ],
  concat: [
    ["rect", { x: "1.75", y: "1.75", width: "5", height: "12.5", ...LINE }],
    ["rect", { x: "9.25", y: "1.75", width: "5", height: "12.5", ...SOLID }],
  ],
  flatten: [
    ["rect", { x: "1.5", y: "4", width: "5", height: "8", ...LINE }],
    [
      "path",
      { d: "M12.5 1v14", fill: "none", stroke: "currentColor", "stroke-width": "3", "stroke-dasharray": "2 1.2" },
    ],
  ],
  dense: [
    ["path", { d: "M3 3l10 2M3 3l10 9M3 8l10-3M3 8l10 4M3 13l10-8M3 13l10-1", ...THIN, opacity: "0.7" }],
    ...dots([
      [3, 3],
      [3, 8],
      [3, 13],
      [13, 5],
      [13, 12],
    ]),
  ],
  softmax: [
    ["rect", { x: "2", y: "10", width: "3", height: "4", ...SOLID }],
    ["rect", { x: "6.5", y: "3", width: "3", height: "11", ...SOLID }],
    ["rect", { x: "11", y: "8", width: "3", height: "6", ...SOLID }],
  ],
  generic: [
    ["rect", { ...FRAME, ...LINE }],
    ["path", { d: "M5 8h6", ...LINE }],
  ],
};
