/** @import { Lesson, Step } from "./types.js" */

/** A race that is over in seconds, where the page has none yet. */
const RACE = { passes: 1, rate: 0.1 };
/** One weight in it: filter 2, row 1, column 3. */
const WEIGHT = { ...RACE, net: "cnn", layer: "conv_1", filter: 2, row: 1, column: 3 };
/** What tells who errs how often. */
const RESULTS = ["lead", "runners", "charts", "mistakes"];

/** The same question stands in the course and in the practice. @type {Omit<Step, "id">} */
export const shuffled = {
  page: "train",
  view: { ...RACE, net: "cnn-shuffled" },
  target: "learnt",
  veil: RESULTS,
  needs: "race",
  ask: {
    kind: "choice",
    right: 0,
    holds: [
      { measure: "errors_ratio(cnn-shuffled,cnn)", is: ">", than: 2 },
      { measure: "errors_apart(mlp-shuffled,mlp)", is: "<", than: "errors_apart(cnn-shuffled,cnn)" },
    ],
  },
  measures: ["errors(cnn)", "errors(cnn-shuffled)", "errors(mlp)", "errors(mlp-shuffled)"],
  concept: "prior",
};

/** How a net learns: where a weight's gradient comes from, and what sharing it is good for. @type {Lesson} */
export const learning = {
  id: "learning",
  minutes: 8,
  steps: [
    {
      id: "terms",
      page: "train",
      view: WEIGHT,
      target: "weight",
      veil: ["facts"],
      needs: "step",
      ask: { kind: "number", right: "terms(conv_1)" },
      measures: ["places_of_weight(conv_1)", "batch()", "terms(conv_1)", "terms_of_mlp()"],
      concept: "gradients",
    },
    {
      id: "sum",
      page: "train",
      view: WEIGHT,
      target: "sum",
      veil: ["total"],
      needs: "step",
      ask: {
        kind: "choice",
        right: 2,
        holds: [
          { measure: "sum_off()", is: "<", than: 1e-6 },
          { measure: "strongest_off()", is: ">", than: 1e-6 },
          { measure: "mean_off()", is: ">", than: 1e-6 },
        ],
      },
      measures: ["gradient_strongest()", "gradient_sum()", "gradient_used()"],
      concept: "gradients",
    },
    {
      id: "update",
      page: "train",
      view: WEIGHT,
      target: "update",
      veil: ["update"],
      needs: "step",
      ask: { kind: "number", right: "weight_after()", tolerance: 0.0001 },
      measures: ["weight_before()", "weight_computed()", "weight_after()"],
      concept: "gradients",
    },
    {
      id: "race",
      page: "train",
      view: { ...RACE, net: "cnn" },
      target: "runners",
      veil: RESULTS,
      needs: "race",
      ask: { kind: "choice", right: 2, holds: [{ measure: "errors_ratio(mlp,cnn)", is: ">", than: 2 }] },
      measures: ["race_parameters(cnn)", "race_parameters(mlp)", "errors(cnn)", "errors(mlp)"],
      concept: "prior",
    },
    { id: "shuffled", ...shuffled },
  ],
};
