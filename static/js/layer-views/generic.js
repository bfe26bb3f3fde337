import { costs, names, sees, shapes } from "./words.js";

/** @import { LayerView } from "./words.js" */

/**
 * A kind without a view of its own: its name, its shapes, its cost, and its configuration as it stands.
 *
 * @param {string} kind
 * @returns {LayerView}
 */
export function generic(kind) {
  const words = kind.replaceAll("_", " ");
  return {
    glyph: "generic",
    token: "input",
    title: words.charAt(0).toUpperCase() + words.slice(1),
    link: words.length > 8 ? `${words.slice(0, 7)}…` : words,
    sentence: (context) => [
      `applies ${words} to ${names(context.sources)}: `,
      ...[...shapes(context), ", ", ...costs(context.node), "; ", ...sees(context.node), "."],
    ],
    settings: (node) =>
      Object.entries(node.config).map(([key, value]) => [key.replaceAll("_", " "), JSON.stringify(value)]),
  };
}
