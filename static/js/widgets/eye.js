import { s } from "./dom.js";

/** An eye, open or struck through: whether something counts. @param {boolean} off */
export const eye = (off) =>
  s(
    "svg",
    { width: 14, height: 14, viewBox: "0 0 16 16", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": 1.3 },
    s("path", { d: "M1 8c2-3.3 4.4-5 7-5s5 1.7 7 5c-2 3.3-4.4 5-7 5s-5-1.7-7-5z" }),
    s("circle", { cx: 8, cy: 8, r: 2.2 }),
    ...(off ? [s("path", { d: "M2 14L14 2" })] : []),
  );
