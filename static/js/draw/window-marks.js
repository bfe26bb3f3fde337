/** Marks on a photo and on a map: windows, places that answer, what has moved in. All in CSS pixels. */

/** @typedef {{x: number, y: number, width: number, height: number}} Area */
/** @typedef {{x: number, y: number}} Point */

/**
 * Ink with a halo, so that it shows on any picture.
 *
 * @param {string} path
 * @param {number} ink Width.
 */
const inked = (path, ink) => `<path class="halo" stroke-width="${ink + 2}" d="${path}"/><path class="ink" stroke-width="${ink}" d="${path}"/>`;

/** @param {Area} area */
const outline = ({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}Z`;

/** @param {Area} area @param {number} [ink] */
export const frame = (area, ink = 2) => inked(outline(area), ink);

/**
 * A window whose cells lie apart: each cell, and a frame around all.
 *
 * @param {readonly number[]} rows First pixel of each row of cells.
 * @param {readonly number[]} columns
 * @param {number} zoom
 */
export function windowFrame(rows, columns, zoom) {
  const [top = 0, left = 0] = [rows[0], columns[0]];
  const area = {
    ...{ x: left * zoom, y: top * zoom },
    width: ((columns.at(-1) ?? 0) + 1 - left) * zoom,
    height: ((rows.at(-1) ?? 0) + 1 - top) * zoom,
  };
  const apart = (rows[1] ?? top + 1) - top > 1;
  if (!apart) return frame(area);
  const cells = rows.flatMap((row) => columns.map((column) => outline({ x: column * zoom, y: row * zoom, width: zoom, height: zoom })));
  return inked(cells.join(""), 1) + inked(outline(area), 1);
}

/**
 * A place that answers, and the place it has come from.
 *
 * @param {Point} from
 * @param {Point | null} to
 */
export function movedMark(from, to) {
  const still = !to || (from.x === to.x && from.y === to.y);
  const line = still ? "" : inked(`M${from.x} ${from.y}L${to.x} ${to.y}`, 1.5);
  const old = still && to ? "" : `<circle class="was" cx="${from.x}" cy="${from.y}" r="3.5"/>`;
  const now = to ? `<circle class="now" cx="${to.x}" cy="${to.y}" r="5"/>` : "";
  return line + old + now;
}

/**
 * The border of the photo inside its padding, and the strips that have moved in.
 *
 * @param {{width: number, height: number}} photo Pixels.
 * @param {{dx: number, dy: number}} shift
 * @param {number} padding
 * @param {number} zoom
 */
export function exposedStrips({ width, height }, { dx, dy }, padding, zoom) {
  const strips = [
    { x: dx > 0 ? 0 : width + dx, y: 0, width: Math.abs(dx), height },
    { x: 0, y: dy > 0 ? 0 : height + dy, width, height: Math.abs(dy) },
  ];
  const areas = strips.filter((strip) => strip.width && strip.height).map((strip) => ({
    ...{ x: (strip.x + padding) * zoom, y: (strip.y + padding) * zoom },
    ...{ width: strip.width * zoom, height: strip.height * zoom },
  }));
  const hatch =
    '<pattern id="play-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">' +
    '<rect class="hatch-paper" width="6" height="6"/><rect class="hatch-line" width="1.5" height="6"/></pattern>';
  const fills = areas.map((area) => `<path fill="url(#play-hatch)" d="${outline(area)}"/>`);
  const edge = padding ? `<path class="edge" d="${outline({ x: padding * zoom, y: padding * zoom, width: width * zoom, height: height * zoom })}"/>` : "";
  return (areas.length ? hatch : "") + fills.join("") + edge;
}
