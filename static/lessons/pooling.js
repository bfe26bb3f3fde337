/** @import { Lesson } from "./types.js" */

/** What pooling keeps, and what it throws away. @type {Lesson} */
export const pooling = {
  id: "pooling",
  minutes: 5,
  steps: [
    {
      id: "half",
      page: "explore",
      view: { model: "tiny_vgg", layer: "max_pool_1", channel: 2, y: 14, x: 14 },
      target: "sheet",
      veil: ["shapes"],
      ask: { kind: "number", right: "width(max_pool_1)" },
      measures: ["width(relu_1_2)", "width(max_pool_1)"],
      concept: "pooling",
    },
    {
      id: "lowered",
      page: "explore",
      view: { model: "tiny_vgg", layer: "max_pool_1", channel: 2, y: 14, x: 14 },
      target: "working",
      ask: { kind: "choice", right: 2, holds: [{ measure: "changed_by_lowering(max_pool_1)", is: "=", than: 0 }] },
      measures: ["window(max_pool_1)", "changed_by_lowering(max_pool_1)"],
      concept: "pooling",
    },
    {
      id: "forgiven",
      page: "explore",
      view: { model: "tiny_vgg", layer: "max_pool_1", channel: 2, y: 14, x: 14 },
      target: "map",
      ask: {
        kind: "choice",
        right: 1,
        holds: [
          { measure: "same_after_move(max_pool_1,1)", is: ">", than: 5 },
          { measure: "same_after_move(max_pool_1,1)", is: "<", than: 80 },
        ],
      },
      measures: ["same_after_move(max_pool_1,1)"],
      concept: "pooling",
    },
    {
      id: "cheaper",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_2_1", channel: 0 },
      target: "facts",
      veil: ["facts", "costs"],
      ask: {
        kind: "choice",
        right: 1,
        holds: [
          { measure: "unpooled_ratio(conv_2_1,max_pool_1)", is: ">", than: 3.5 },
          { measure: "unpooled_ratio(conv_2_1,max_pool_1)", is: "<", than: 4.5 },
        ],
      },
      measures: ["macs(conv_2_1)", "unpooled_macs(conv_2_1,max_pool_1)"],
      concept: "pooling",
    },
  ],
};
