/** @import { Lesson } from "./types.js" */

/** What VGG, ResNet and EfficientNet do differently. @type {Lesson} */
export const networks = {
  id: "networks",
  minutes: 7,
  steps: [
    {
      id: "twice",
      page: "explore",
      view: { model: "vgg", layer: "stack_2_2_conv", channel: 0 },
      target: "strip",
      ask: {
        kind: "choice",
        right: 0,
        holds: [
          { measure: "weights(stack_2_2_conv)", is: "<", than: "weights_as(stack_2_2_conv,5)" },
          { measure: "two_as_five()", is: "=", than: 0 },
        ],
      },
      measures: ["product(2,3,3)", "product(5,5)", "two_as_five()"],
      concept: "architectures",
    },
    {
      id: "skip",
      page: "explore",
      view: { model: "resnet", layer: "block_1_add", channel: 0, y: 16, x: 16 },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 1,
        holds: [{ measure: "muted_branch_differs(block_1_add)", is: "=", than: 0 }],
      },
      measures: ["muted_branch_differs(block_1_add)", "values(block_1_add)"],
      concept: "architectures",
    },
    {
      id: "share",
      page: "explore",
      view: { model: "resnet", layer: "block_3_add", channel: 0 },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 2,
        holds: [{ measure: "branch_share(block_3_add)", is: ">", than: 5 }],
      },
      measures: ["branch_share(block_3_add)"],
      concept: "architectures",
    },
    {
      id: "pointwise",
      page: "explore",
      view: { model: "efficientnet", layer: "block_2_1_expand_conv", channel: 0 },
      target: "facts",
      veil: ["facts", "costs"],
      ask: { kind: "number", right: "weights(block_2_1_expand_conv)" },
      measures: ["weights(block_2_1_expand_conv)", "weights_as(block_2_1_expand_conv,3)"],
      concept: "architectures",
    },
    {
      id: "depthwise",
      page: "explore",
      view: { model: "efficientnet", layer: "block_2_1_depthwise_conv", channel: 0 },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 0,
        holds: [{ measure: "read_channels(block_2_1_depthwise_conv)", is: "=", than: 1 }],
      },
      measures: [
        "read_channels(block_2_1_depthwise_conv)",
        "weights(block_2_1_depthwise_conv)",
        "weights_grouped(block_2_1_depthwise_conv,1)",
      ],
      concept: "architectures",
    },
    {
      id: "cost",
      page: "explore",
      view: { model: "efficientnet", layer: "output", channel: 0 },
      target: "picker",
      veil: ["picker"],
      ask: {
        kind: "choice",
        right: 0,
        holds: [{ measure: "model_macs(efficientnet)", is: "<", than: "model_macs(resnet)" }],
      },
      measures: [
        "model_macs(vgg)",
        "model_macs(resnet)",
        "model_macs(efficientnet)",
        "model_accuracy(resnet)",
        "model_accuracy(efficientnet)",
      ],
      concept: "architectures",
    },
  ],
};
