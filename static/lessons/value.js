/** @import { Lesson } from "./types.js" */

/** Where one value of a map comes from. @type {Lesson} */
export const value = {
  id: "value",
  minutes: 5,
  steps: [
    {
      id: "numbers",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "field",
      ask: { kind: "number", right: "values(input)" },
      measures: ["values(input)"],
      concept: "input",
    },
    {
      id: "products",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "working",
      veil: ["working-head"],
      ask: { kind: "number", right: "products(conv_1_1)" },
      measures: ["products(conv_1_1)", "sum(conv_1_1)", "bias(conv_1_1)", "value(conv_1_1)"],
      concept: "convolution",
    },
    {
      id: "elsewhere",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      after: { y: 10, x: 45 },
      target: "map",
      ask: {
        kind: "choice",
        right: 0,
        holds: [
          { measure: "weights_changed(conv_1_1)", is: "=", than: 0 },
          { measure: "pixels_changed(conv_1_1)", is: ">", than: 0 },
        ],
      },
      measures: ["pixels_changed(conv_1_1)", "weights_changed(conv_1_1)"],
      concept: "convolution",
    },
    {
      id: "answer",
      page: "explore",
      view: { model: "tiny_vgg", layer: "softmax", channel: 0 },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 1,
        holds: [{ measure: "percent(softmax)", is: "=", than: 100 }],
      },
      measures: ["percent(softmax)", "values(softmax)"],
      concept: "input",
    },
  ],
};
