import { denseTerms } from "../../draw/products.js";
import { sumOf, toldTerms, weightsOf } from "./sums.js";

/** @import { Arithmetic, Question } from "./types.js" */

const MAPS = ["", "map", "", "weights", "", "product", "running sum", "adds"];
const VALUES = ["", "input", "", "weight", "", "product", "running sum", "adds"];

/** Map × weights of every channel that was flattened; fed by a plain vector, value × weight. @type {Arithmetic} */
export const working = (question) => {
  const source = originOf(question);
  const input = source && question.activation(source.name);
  if (!input) return null;
  const [, height = 1, width = 1] = source.output_shape;
  const maps = height * width > 1;
  const told = { layout: maps ? "grids maps" : "grids", captions: maps ? MAPS : VALUES, source, patch: input };
  const explained = toldTerms(question, input);
  if (explained) return sumOf(question, explained.terms, { ...told, explained, bias: explained.bias });
  const weights = explained === null ? null : weightsOf(question);
  if (!weights) return null;
  return sumOf(question, denseTerms(weights.kernel, input, question.pixel.channel), { ...told, bias: weights.bias });
};

/**
 * The layer whose maps were flattened into the input, or the input itself.
 *
 * @param {Question} question
 */
function originOf({ model, sources }) {
  const before = (/** @type {string | undefined} */ name) => model.nodes.find((each) => each.name === name);
  let [node] = sources;
  while (node?.kind === "dropout") node = before(node.inputs[0]);
  return node?.kind === "flatten" ? before(node.inputs[0]) : node;
}
