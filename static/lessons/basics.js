/** @import { Lesson } from "./types.js" */

/** What the course builds on: a check of two minutes for each. @type {Lesson} */
export const basics = {
  id: "basics",
  minutes: 6,
  steps: [
    {
      id: "activation",
      page: "explore",
      view: { model: "tiny_vgg", layer: "relu_1_1", channel: 0, y: 30, x: 30 },
      target: "sheet",
      ask: { kind: "number", right: "least(relu_1_1)" },
      measures: ["least(conv_1_1)", "least(relu_1_1)", "zeros(relu_1_1)"],
      concept: "input",
    },
    {
      id: "mlp",
      page: "explore",
      view: { model: "mlp", layer: "dense_2", channel: 0 },
      target: "facts",
      veil: ["facts", "costs"],
      ask: { kind: "number", right: "parameters(dense_2)" },
      measures: ["values(dense_1)", "values(dense_2)", "parameters(dense_2)"],
      concept: "sharing",
    },
    {
      id: "backpropagation",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "working",
      ask: {
        kind: "choice",
        right: 0,
        holds: [{ measure: "gradient_not_weight(conv_1_1)", is: "=", than: 0 }],
      },
      measures: ["products(conv_1_1)", "gradient_not_weight(conv_1_1)"],
      concept: "gradients",
    },
  ],
};
