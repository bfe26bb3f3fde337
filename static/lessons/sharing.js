/** @import { Lesson } from "./types.js" */

/** What sharing weights saves. @type {Lesson} */
export const sharing = {
  id: "sharing",
  minutes: 6,
  steps: [
    {
      id: "parameters",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0 },
      target: "facts",
      veil: ["facts", "costs"],
      ask: { kind: "number", right: "parameters(conv_1_1)" },
      measures: ["weights_of_one(conv_1_1)", "filters(conv_1_1)", "parameters(conv_1_1)"],
      concept: "sharing",
    },
    {
      id: "second",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_2", channel: 0 },
      target: "facts",
      veil: ["facts", "costs"],
      ask: { kind: "number", right: "parameters(conv_1_2)" },
      measures: ["weights_of_one(conv_1_2)", "filters(conv_1_2)", "parameters(conv_1_2)"],
      concept: "sharing",
    },
    {
      id: "everywhere",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0 },
      target: "map",
      ask: {
        kind: "choice",
        right: 2,
        holds: [{ measure: "unshared_ratio(conv_1_1)", is: "=", than: "places(conv_1_1)" }],
      },
      measures: ["parameters(conv_1_1)", "unshared(conv_1_1)", "unshared_ratio(conv_1_1)"],
      concept: "sharing",
    },
    {
      id: "larger",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0 },
      target: "field",
      ask: {
        kind: "choice",
        right: 0,
        holds: [{ measure: "parameters_at(conv_1_1,256)", is: "=", than: "parameters(conv_1_1)" }],
      },
      measures: ["parameters(conv_1_1)", "parameters_at(conv_1_1,256)"],
      concept: "sharing",
    },
    {
      id: "dense",
      page: "explore",
      view: { model: "tiny_vgg", layer: "conv_1_1", channel: 0 },
      target: "ledger-button",
      ask: {
        kind: "choice",
        right: 2,
        holds: [{ measure: "product(256,256,3,1000)", is: "=", than: 196608000 }],
      },
      measures: ["product(256,256,3,1000)", "dense(conv_1_1)", "parameters(conv_1_1)"],
      concept: "sharing",
    },
  ],
};
