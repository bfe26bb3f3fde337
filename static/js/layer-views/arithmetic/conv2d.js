import { convolutionTerms } from "../../draw/products.js";
import { sumOf, toldTerms, weightsOf } from "./sums.js";

/** @import { Arithmetic } from "./types.js" */

const CAPTIONS = ["", "patch", "", "kernel", "", "product", "running sum", "adds"];

/** Patch × kernel of every input channel, what each adds, and the bias. @type {Arithmetic} */
export const working = (question) => {
  const { node, inputs, sources, pixel } = question;
  const [input] = inputs;
  const [source] = sources;
  if (!input || !source) return null;
  const told = { layout: "grids", captions: CAPTIONS, source, patch: input };
  const explained = toldTerms(question, input);
  if (explained) return sumOf(question, explained.terms, { ...told, explained, bias: explained.bias });
  const weights = explained === null ? null : weightsOf(question);
  if (!weights) return null;
  const terms = convolutionTerms(node, weights.kernel, input, pixel);
  return sumOf(question, terms, { ...told, bias: weights.bias });
};
