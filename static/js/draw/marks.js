/** Lines, areas and numbers that lie over pictures, drawn on a canvas. */

/** @typedef {{x: number, y: number, width: number, height: number}} Area */

/**
 * @typedef {object} Shape
 * @property {string} path As in SVG.
 * @property {string} [stroke] An ink, by name.
 * @property {number} [width] Of the stroke.
 * @property {string} [fill] An ink; where parts of the path overlap they leave a hole.
 * @property {number} [opacity]
 * @property {readonly number[]} [dash]
 */
/**
 * @typedef {object} Label
 * @property {string} text
 * @property {number} x Its middle, or the end that `align` names.
 * @property {number} y Its baseline.
 * @property {string} fill An ink, by name, or a colour.
 * @property {number} size
 * @property {number} [weight]
 * @property {CanvasTextAlign} [align]
 * @property {boolean} [underlined] Where it stands about its middle.
 */
/** @typedef {Shape | Label} Mark */
/** @typedef {{font: string, colours: Readonly<Record<string, string>>}} Inks Colours by name. */

/** @param {Area} area */
export const outlineOf = ({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`;

/**
 * Ink with a halo, so that it shows on any picture.
 *
 * @param {string} path
 * @param {readonly number[]} widths Of halo and ink.
 * @param {number} [opacity]
 * @returns {Mark[]}
 */
export function ringed(path, [halo = 4, ink = 2] = [], opacity = 1) {
  if (!path) return [];
  return [
    { path, stroke: "halo", width: halo, opacity },
    { path, stroke: "ink", width: ink, opacity },
  ];
}

/**
 * @param {Area} area
 * @param {readonly number[]} [widths] Of halo and ink.
 */
export const ring = (area, widths) => ringed(outlineOf(area), widths);

/** @type {WeakMap<object, string>} What each canvas was last told. */
const fonts = new WeakMap();
const FORGOTTEN = "10px sans-serif";

/**
 * @param {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} context In the unit of the marks.
 * @param {readonly Mark[]} marks
 * @param {Inks} inks
 */
export function drawMarks(context, marks, inks) {
  for (const mark of marks) {
    if (!("text" in mark)) drawShape(context, mark, inks);
    else {
      const wanted = `${mark.weight ?? 400} ${mark.size}px ${inks.font}`;
      // Setting it has the browser look at the page's styles each time; a canvas that was resized has forgotten it.
      if (fonts.get(context) !== wanted || context.font === FORGOTTEN) context.font = wanted;
      fonts.set(context, wanted);
      drawLabel(context, mark, inks);
    }
  }
}

/**
 * @param {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} context
 * @param {Shape} shape
 * @param {Inks} inks
 */
function drawShape(context, { path, stroke, width = 1, fill, opacity = 1, dash = [] }, { colours }) {
  const shape = shapeOf(path);
  context.globalAlpha = opacity;
  if (fill) {
    context.fillStyle = colours[fill] ?? fill;
    context.fill(shape, "evenodd");
  }
  if (stroke) {
    context.strokeStyle = colours[stroke] ?? stroke;
    context.lineWidth = width;
    context.setLineDash([...dash]);
    context.stroke(shape);
  }
  context.globalAlpha = 1;
}

/** The last one: a halo and its ink are drawn along the same path. */
let last = { path: "", shape: new Path2D() };

/** @param {string} path */
function shapeOf(path) {
  if (path !== last.path) last = { path, shape: new Path2D(path) };
  return last.shape;
}

/**
 * @param {OffscreenCanvasRenderingContext2D | CanvasRenderingContext2D} context
 * @param {Label} label
 * @param {Inks} inks
 */
function drawLabel(context, { text, x, y, fill, align = "center", underlined }, { colours }) {
  context.textAlign = align;
  context.fillStyle = colours[fill] ?? fill;
  context.fillText(text, x, y);
  if (!underlined) return;
  const { width } = context.measureText(text);
  context.fillRect(x - width / 2, y + 1.5, width, 1);
}
