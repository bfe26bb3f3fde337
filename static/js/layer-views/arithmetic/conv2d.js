import { convolutionTerms } from "../../draw/products.js";
import { sumOf, toldTerms, weightsOf } from "./sums.js";

/** @import { Arithmetic } from "./types.js" */

const CAPTIONS = ["", "patch", "", "kernel", "", "product", "running sum", "adds"];

/** Patch × kernel of every input channel, what each adds, and the bias. @type {Arithmetic} */
export const working = (subject) => {
  const { node, inputs, sources, pixel } = subject;
  const [input] = inputs;
  const [source] = sources;
  if (!input || !source) return null;
  const told = { layout: "grids", captions: CAPTIONS, source, patch: input };
  const explained = toldTerms(subject, input);
  if (explained) return sumOf(subject, explained.terms, { ...told, explained, bias: explained.bias });
  const weights = explained === null ? null : weightsOf(subject);
  if (!weights) return null;
  const terms = convolutionTerms(node, weights.kernel, input, pixel);
  return sumOf(subject, terms, { ...told, bias: weights.bias });
};
