/** @import { Lesson } from "./types.js" */

/** Many filters in parallel give many maps. @type {Lesson} */
export const filters = {
  id: "filters",
  minutes: 6,
  steps: [
    {
      id: "places",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "sheet",
      veil: ["shapes"],
      ask: { kind: "number", right: "width(conv_1_1)" },
      measures: ["width(conv_1_1)", "places(conv_1_1)"],
      concept: "convolution",
    },
    {
      id: "maps",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 3, y: 30, x: 30 },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 1,
        holds: [{ measure: "filters(conv_1_1)", is: "=", than: "channels(conv_1_1)" }],
      },
      measures: ["filters(conv_1_1)", "channels(conv_1_1)"],
      concept: "convolution",
    },
    {
      id: "identity",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "map",
      ask: {
        kind: "choice",
        right: 1,
        holds: [{ measure: "identity_equal()", is: "=", than: "identity_values()" }],
      },
      measures: ["identity_equal()", "identity_values()"],
      concept: "convolution",
    },
    {
      id: "brightest",
      page: "explore",
      view: { model: "tiny_vgg", layer: "relu_1_1", channel: 0 },
      target: "sheet",
      ask: { kind: "click", node: "relu_1_1", channel: "strongest(relu_1_1)" },
      measures: ["strongest(relu_1_1)", "strongest_mean(relu_1_1)", "zeros(relu_1_1)"],
      concept: "convolution",
    },
    {
      id: "fewer",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, view: "even" },
      target: "strip",
      veil: ["shapes"],
      ask: {
        kind: "choice",
        right: 0,
        holds: [
          { measure: "values(conv_1_1)", is: ">", than: "values(conv_2_1)" },
          { measure: "values(conv_2_1)", is: ">", than: "values(softmax)" },
        ],
      },
      measures: ["values(conv_1_1)", "values(conv_2_1)", "values(softmax)"],
      concept: "input",
    },
  ],
};
