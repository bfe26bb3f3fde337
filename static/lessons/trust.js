/** @import { Lesson } from "./types.js" */

const CHANNEL = { model: "tiny_vgg", view: "channel", card: "relu_2_2:3" };
const ANSWER = { model: "tiny_vgg", layer: "softmax", channel: 0 };

/** What a channel detects, and what to believe of an answer. @type {Lesson} */
export const trust = {
  id: "trust",
  minutes: 8,
  steps: [
    {
      id: "made",
      page: "explain",
      view: CHANNEL,
      target: "made",
      veil: ["made", "here"],
      needs: "atlas",
      ask: { kind: "choice", right: 2, holds: [{ measure: "made(relu_2_2,3)", is: ">", than: "best_patch(relu_2_2,3)" }] },
      measures: ["best_patch(relu_2_2,3)", "made(relu_2_2,3)"],
      concept: "explaining",
    },
    {
      id: "channel",
      page: "explain",
      view: CHANNEL,
      target: "patches",
      veil: ["here"],
      needs: "atlas",
      ask: { kind: "choice", right: "below_half(relu_2_2,3)", holds: [] },
      measures: ["atlas_photos()", "strongest_here(relu_2_2,3)", "below_here(relu_2_2,3)"],
      concept: "explaining",
    },
    {
      id: "deleted",
      page: "explain",
      view: { model: "tiny_vgg", method: "lrp" },
      target: "tiles",
      veil: ["checks", "charts", "film"],
      ask: {
        kind: "choice",
        right: 0,
        holds: [{ measure: "deleted(lrp)", is: "<", than: "deleted(edges_only)" }],
      },
      measures: ["deleted(lrp)", "deleted(edges_only)"],
      concept: "explaining",
    },
    {
      id: "random",
      page: "explain",
      view: { model: "tiny_vgg", method: "edges_only" },
      target: "tiles",
      veil: ["checks", "charts", "film"],
      ask: {
        kind: "choice",
        right: 1,
        holds: [
          { measure: "kept(edges_only)", is: ">", than: 99 },
          { measure: "kept(lrp)", is: "<", than: 30 },
        ],
      },
      measures: ["kept(edges_only)", "kept(lrp)"],
      concept: "explaining",
    },
    {
      id: "untrained",
      page: "explore",
      view: ANSWER,
      after: { "a-model": "tiny_vgg", model: "tiny_vgg~untrained-1" },
      target: "sheet",
      ask: {
        kind: "choice",
        right: 1,
        holds: [
          { measure: "sure_of(tiny_vgg~untrained-1)", is: "<", than: 25 },
          { measure: "sure_of(tiny_vgg~untrained-1)", is: "<", than: "sure_of(tiny_vgg)" },
        ],
      },
      measures: ["sure_of(tiny_vgg)", "sure_of(tiny_vgg~untrained-1)", "layers_compared(tiny_vgg,tiny_vgg~untrained-1)", "layers_differing(tiny_vgg,tiny_vgg~untrained-1)"],
      concept: "explaining",
    },
    {
      id: "noise",
      page: "explore",
      view: ANSWER,
      after: { "a-model": "tiny_vgg", noise: "8,10" },
      target: "sheet",
      ask: { kind: "choice", right: 2, holds: [{ measure: "answer_changed_by_noise(8,10)", is: "=", than: 1 }] },
      measures: ["noise_largest(8,10)", "sure_of(tiny_vgg)", "sure_with_noise(8,10)"],
      concept: "explaining",
    },
  ],
};
