/** @import { Lesson } from "./types.js" */

/** How much of the photo one value knows. @type {Lesson} */
export const depth = {
  id: "depth",
  minutes: 6,
  steps: [
    {
      id: "two",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_2", channel: 0, y: 30, x: 30 },
      target: "sheet",
      veil: ["facts", "costs", "field"],
      ask: { kind: "number", right: "field(conv_1_2)" },
      measures: ["field(conv_1_1)", "field(conv_1_2)"],
      concept: "field",
    },
    {
      id: "pooled",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_2_1", channel: 0, y: 14, x: 14 },
      target: "sheet",
      veil: ["facts", "costs", "field"],
      ask: { kind: "number", right: "field(conv_2_1)" },
      measures: ["field(max_pool_1)", "step(max_pool_1)", "field(conv_2_1)"],
      concept: "field",
    },
    {
      id: "deep",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_2_2", channel: 0, y: 13, x: 13 },
      target: "sheet",
      veil: ["facts", "costs", "field"],
      ask: {
        kind: "choice",
        right: 1,
        holds: [
          { measure: "field(conv_2_2)", is: "=", than: 14 },
          { measure: "listened(conv_2_2,13,13)", is: "=", than: "field(conv_2_2)" },
        ],
      },
      measures: ["field(conv_2_2)", "listened(conv_2_2,13,13)", "width(input)"],
      concept: "field",
    },
    {
      id: "reach",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0, y: 30, x: 30 },
      target: "field",
      ask: { kind: "number", right: "reached(conv_1_1,32,32)" },
      measures: ["reached(conv_1_1,32,32)", "reached(conv_1_1,0,0)", "reached(conv_2_2,32,32)"],
      concept: "field",
    },
  ],
};
