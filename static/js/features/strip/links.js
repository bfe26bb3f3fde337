/** What connects the columns: ribbons or a line into the chosen map. */

import { colormap, colour, cssColour } from "../../draw/colormap.js";
import { ribbon, stack, wire } from "../../draw/edges.js";
import { contributions, sliceStrengths } from "../../draw/tensor.js";
import { largestOf } from "../../geometry/extremes.js";
import { channelsRead } from "../../geometry/graph.js";
import { parameter } from "../../state/parameters.js";
import { currentTheme } from "../../state/scene.js";

/** @import { ChannelRange } from "../../geometry/reads.js" */
/** @import { StripColumn } from "./column.js" */

/** @typedef {{column: StripColumn, range: ChannelRange}} Feed A source beside the sheet and the channels of it that are read. */
/** @typedef {{strength: number, sign: number}} Share `sign`: from −1 to 1, 0 where there is none to show. */

const LARGEST_STACK = 96;
const SMALLEST_STACK = 64;
const BAR = 20;

/**
 * The link into the selected channel.
 *
 * @param {StripColumn} focus
 * @param {Map<string, StripColumn>} columns
 * @param {{channel: number, head: number, rows: number, hovered: {node: string, channel: number} | null, arrived: () => void}} view
 * @returns {string} SVG
 */
export function linkMarks(focus, columns, { channel, head, rows, hovered, arrived }) {
  const feeds = feedsOf(focus, columns, channel);
  const cell = focus.layout?.cells.find((each) => each.channel === focus.cellNumber(channel));
  if (!feeds.length || !focus.layout || !cell) return "";
  const barX = focus.layout.x - BAR;
  const top = cell.y - focus.top;
  const target = { x: focus.layout.x + cell.x, top: head + top, height: cell.height };
  const inside = top > -cell.height / 2 && top < rows - cell.height / 2;
  const aside = cell.x > 4 && inside && rows + 2 >= focus.layout.contentHeight;
  const lead = leadOf(target, { aside, inside, head, rows, barX, sheet: focus.layout.x });
  const shares = feeds.map((feed) => sharesOf(focus, feed, channel, arrived));
  const many = focus.view.ribbons === true && shares.flat().length > 1;
  const size = many ? Math.min(Math.max(SMALLEST_STACK, cell.height - 8), LARGEST_STACK) : 4;
  const slots = stack(
    shares.flat().map((share) => share.strength),
    lead.y - size / 2,
    size,
  );
  const marks = feeds.flatMap((feed, index) => {
    const first = shares.slice(0, index).reduce((sum, each) => sum + each.length, 0);
    return bands(feed, shares[index] ?? [], slots.slice(first), { barX, middle: lead.y, hovered, many });
  });
  if (feeds.some(({ column, range }) => many && hiddenOf(column, range) > 0))
    marks.push(restWire(feeds, barX, lead.y + size / 2));
  if (many) marks.push(`<rect class="sum-bar" x="${barX}" y="${lead.y - size / 2}" width="3" height="${size}"/>`);
  return [...marks, lead.path, operation(signOf(focus), barX, lead.y + size / 2)].join("");
}

/**
 * @param {StripColumn} focus
 * @param {Map<string, StripColumn>} columns
 * @param {number} channel
 * @returns {Feed[]}
 */
function feedsOf(focus, columns, channel) {
  const nodes = new Map([...columns].map(([name, column]) => [name, column.node]));
  const ranges = channelsRead(focus.node, { from: channel, to: channel + 1 }, nodes);
  const slot = focus.layout?.slot ?? 0;
  const shown = [...columns.values()].filter((column) => column.layout);
  return focus.node.inputs.flatMap((name, index) => {
    const column = columns.get(name);
    const range = ranges[index];
    const from = column?.layout?.slot ?? slot;
    // Over columns that have nothing to do with it, an arc or a line along a lane is the connection.
    const between = shown.filter(({ layout }) => layout && layout.slot > from && layout.slot < slot);
    const beside = from < slot && between.every(({ node }) => focus.node.inputs.includes(node.name));
    return column && range && beside ? [{ column, range }] : [];
  });
}

/**
 * How much each cell of the source has to say: the norm of its kernel slice, or what it adds to a score.
 *
 * @param {StripColumn} focus
 * @param {Feed} feed
 * @param {number} channel
 * @param {() => void} arrived
 * @returns {Share[]}
 */
function sharesOf(focus, { column, range }, channel, arrived) {
  const cells = column.layout?.cells ?? [];
  const read = cells.filter(
    (cell) => column.form === "barcode" || (cell.channel >= range.from && cell.channel < range.to),
  );
  const known = focus.view.ribbons ? strengths(focus, column, channel, arrived) : null;
  const plain = read.map(() => ({ strength: 1, sign: 0 }));
  if (!known || focus.node.kind === "softmax") return plain;
  const offset = focus.node.kind === "conv2d" ? range.from : 0;
  const shown = read.map((cell) => known[cell.channel - offset] ?? { strength: 0, sign: 0 });
  return shown;
}

/**
 * @param {StripColumn} focus
 * @param {StripColumn} source
 * @param {number} channel
 * @param {() => void} arrived
 * @returns {Share[] | null}
 */
function strengths(focus, source, channel, arrived) {
  if (!("weight" in focus.node.parameters) && !(`${focus.node.name}.weight` in focus.node.parameters)) return null;
  const weights = parameter(focus.model.id, `${focus.node.name}.weight`, arrived);
  if (!weights || !(weights.data instanceof Float32Array)) return null;
  if (focus.node.kind === "conv2d") {
    return signed(
      sliceStrengths(weights.data, weights.shape, channel).map(({ norm, sum }) => ({ strength: norm, sum })),
    );
  }
  const layer = source.layer;
  if (!layer?.activation.data.length) return null;
  const parts =
    source.form === "barcode"
      ? source.parts
      : layer.activation.data.length === source.channels
        ? unitParts(source.channels)
        : [];
  const sums = contributions(weights.data, layer.activation.data, channel, parts);
  return signed(sums.map((sum) => ({ strength: Math.abs(sum), sum })));
}

/** @param {number} count */
const unitParts = (count) => Array.from({ length: count }, (_, from) => ({ from, to: from + 1 }));

/**
 * @param {readonly {strength: number, sum: number}[]} shares
 * @returns {Share[]}
 */
function signed(shares) {
  const largest = largestOf(shares.map(({ sum }) => Math.abs(sum))) || 1;
  return shares.map(({ strength, sum }) => ({
    strength,
    sign: Math.sign(sum) * (0.3 + (0.6 * Math.abs(sum)) / largest),
  }));
}

/**
 * @param {Feed} feed
 * @param {readonly Share[]} shares
 * @param {readonly {thickness: number, middle: number}[]} slots
 * @param {{barX: number, middle: number, hovered: {node: string, channel: number} | null, many: boolean}} view
 */
function bands({ column, range }, shares, slots, { barX, middle, hovered, many }) {
  const { layout, mapsTop } = column;
  if (!layout) return [];
  const cells = layout.cells.filter(
    (cell) => column.form === "barcode" || (cell.channel >= range.from && cell.channel < range.to),
  );
  const map = colormap("diverging", currentTheme());
  const open = hovered?.node === column.node.name && many ? column.cellNumber(hovered.channel) : null;
  return shares.map((share, index) => {
    const slot = slots[index] ?? { thickness: 0, middle };
    const cell = cells[index];
    const from = {
      x: layout.x + (cell?.x ?? 0) + (cell?.width ?? 0) + 3,
      y: mapsTop + (cell?.y ?? 0) + (cell?.height ?? 0) / 2,
    };
    if (!many) return `<path class="wire" d="${wire(from, { x: barX + 3, y: middle })}"/>`;
    const path = ribbon(from, { x: barX, y: slot.middle }, slot.thickness);
    const fill = share.sign ? `fill="${cssColour(colour(share.sign, { low: -1, high: 1 }, map))}"` : "";
    const state = open !== null && open !== cell?.channel ? " dim" : "";
    return `<path class="ribbon${share.sign ? "" : " plain"}${state}" ${fill} d="${path}"/>`;
  });
}

/**
 * Channels that are read but stand for themselves only in "+54".
 *
 * @param {StripColumn} column
 * @param {ChannelRange} range
 */
function hiddenOf(column, { from, to }) {
  const shown = column.layout?.cells.filter((cell) => cell.channel >= from && cell.channel < to).length ?? 0;
  return column.form === "barcode" ? 0 : to - from - shown;
}

/**
 * The others, from "+54" to the foot of the sum: dashed, since its width says nothing.
 *
 * @param {readonly Feed[]} feeds
 * @param {number} barX
 * @param {number} foot
 */
function restWire(feeds, barX, foot) {
  const { layout, mapsTop = 0 } = feeds.at(-1)?.column ?? {};
  if (!layout) return "";
  const from = { x: layout.x + layout.width / 2 + 16, y: mapsTop + layout.contentHeight + 9 };
  return `<path class="wire rest" d="${wire(from, { x: barX + 1, y: foot - 1 })}"/>`;
}

/**
 * The line from the sum to the chosen map: straight, or through the gap above its row when maps stand before it.
 *
 * @param {{x: number, top: number, height: number}} target
 * @param {{aside: boolean, inside: boolean, head: number, rows: number, barX: number, sheet: number}} view
 */
function leadOf(target, { aside, inside, head, rows, barX, sheet }) {
  const start = barX + 3;
  const middle = Math.min(Math.max(target.top + target.height / 2, head + 8), head + rows - 8);
  const first = target.top <= head + 1;
  if (!aside) {
    const y = middle;
    const end = inside && target.x - sheet <= 4 ? target.x - 3 : sheet - 13;
    return {
      y,
      path: `<path class="lead" d="M${start} ${y}H${end - 4}"/><path class="tip" d="M${end - 6} ${y - 4.5}l6 4.5l-6 4.5z"/>`,
    };
  }
  const gutter = first ? target.top + target.height + 4 : target.top - 4;
  const y = Math.max(head + 50, gutter);
  const end = first ? target.top + target.height - 26 : target.top + 13;
  const bend = y === gutter ? "" : `H${sheet - 7}V${gutter}`;
  const x = target.x - 6.5;
  return {
    y,
    path: `<path class="lead" d="M${start} ${y}${bend}H${x}V${end}"/><path class="tip" d="M${x - 1} ${end - 5}l5.5 5l-5.5 5z"/>`,
  };
}

/** @param {StripColumn} focus */
function signOf({ node, view: { link } }) {
  return link === "Σ" && `${node.name}.bias` in node.parameters ? "Σ+b" : link;
}

/**
 * @param {string} text From the layer's view: a few characters, never from the server.
 * @param {number} x
 * @param {number} y
 */
function operation(text, x, y) {
  if (!text) return "";
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const width = text.length * 6.4 + 6;
  const left = x + 3 - width;
  return (
    `<rect class="op-back" x="${left}" y="${y + 3}" width="${width}" height="16"/>` +
    `<text class="op" x="${left + width / 2}" y="${y + 15}" text-anchor="middle">${escaped}</text>`
  );
}
