/**
 * What a race says of itself: the products behind one weight's gradient, the step they lead to, and who errs how often.
 * Everything is of the race on screen, at the step and the weight that are looked at.
 *
 * @import { WeightGradient } from "../../../api/training-types.js"
 * @import { RaceNet } from "../../../api/training.js"
 * @import { Measure, RaceSeen, Subject } from "./subject.js"
 */

import { lookAtRace, scoresOfRace } from "../../../api/training.js";

/** @param {Subject} subject @returns {RaceSeen} */
function raceOf({ race }) {
  if (!race) throw new Error("this is measured on a race in the Training lab");
  return race;
}

/** @param {RaceSeen} race @param {string | undefined} id @returns {RaceNet} */
function netOf({ run }, id) {
  const net = run.nets.find((each) => each.id === id);
  if (!net) throw new Error(`the net ${id} is not in this race`);
  return net;
}

/** A net that has gone the whole way. @param {RaceSeen} race @param {string | undefined} id */
function finished(race, id) {
  const net = netOf(race, id);
  if (net.step < race.run.total) throw new Error(`${net.title} has made ${net.step} of ${race.run.total} steps`);
  return net;
}

/** @param {RaceSeen} race @param {"gradient" | "place"} which  Of the convolutional net's weight, or of the other's. */
async function productsOf(race, which) {
  const { run, at } = race;
  if (!at.step) throw new Error("the race has made no step yet");
  const panel = netOf(race, at.net).kind === "cnn" ? at.layer : "dense_1";
  const found = (await lookAtRace(run.id, { ...at, panel }))[which];
  if (!found) throw new Error(`this race has no ${which === "gradient" ? "CNN" : "MLP"}`);
  return found;
}

/** @param {(found: WeightGradient) => number} number @param {"gradient" | "place"} [which] @returns {Measure} */
const ofWeight = (number, which = "gradient") => async (subject) => ({ number: number(await productsOf(raceOf(subject), which)) });
/**
 * The same to as many places as the page shows.
 *
 * @param {number} decimals
 * @param {(found: WeightGradient) => number} number
 * @returns {Measure}
 */
const exact = (decimals, number) => async (subject) => ({ number: number(await productsOf(raceOf(subject), "gradient")), decimals });

/** @param {readonly number[]} numbers */
const sum = (numbers) => numbers.reduce((all, each) => all + each, 0);
/** @param {readonly number[]} numbers */
const strongest = (numbers) => numbers.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0);

/** @param {WeightGradient} found */
const terms = ({ products, images }) => products.length * images;

/** What the rate is multiplied with: by momentum, by Adam, or the gradient itself. @param {WeightGradient} found */
function direction({ optimizer, update, used }) {
  const { velocity = 0, mean = 0, square = 0, mean_scale: meanScale = 1, square_scale: squareScale = 1 } = update;
  if (optimizer === "momentum") return velocity;
  return optimizer === "adam" ? (mean * meanScale) / (Math.sqrt(square * squareScale) + 1e-8) : used;
}

/** The update once more, from the numbers that went in. @param {WeightGradient} found */
const updated = (found) => found.update.before * (1 - found.update.rate * found.update.decay) - found.update.rate * direction(found);

/** @param {Subject} subject @param {string | undefined} id @param {number} [dx]  By which the test pictures are moved. */
async function errorsOf(subject, id, dx = 0) {
  const race = raceOf(subject);
  const net = finished(race, id);
  const { right } = await scoresOfRace(race.run.id, net.id, net.step, dx);
  return race.run.test - right;
}

/** @type {Readonly<Record<string, Measure>>} */
export const MEASURES = {
  batch: (subject) => ({ number: raceOf(subject).run.settings.batch }),
  learning_rate: ofWeight(({ update }) => update.rate),
  places_of_weight: (subject, [layer = ""]) => {
    const [height = 0, width = 0] = netOf(raceOf(subject), "cnn").places[layer] ?? [];
    return { number: height * width };
  },
  places_across: (subject, [layer = ""]) => ({ number: netOf(raceOf(subject), "cnn").places[layer]?.[1] ?? 0 }),
  terms: ofWeight(terms),
  terms_of_mlp: ofWeight(terms, "place"),
  gradient_sum: exact(6, ({ products }) => sum(products)),
  gradient_used: exact(6, ({ used }) => used),
  gradient_strongest: exact(6, ({ products }) => strongest(products)),
  // Of the layer's largest gradient: what rounding leaves.
  sum_off: ofWeight(({ products, used, largest }) => Math.abs(sum(products) - used) / largest),
  strongest_off: ofWeight(({ products, used, largest }) => Math.abs(strongest(products) - used) / largest),
  mean_off: ofWeight(({ products, used, largest }) => Math.abs(sum(products) / products.length - used) / largest),
  weight_before: exact(5, ({ update }) => update.before),
  weight_after: exact(5, ({ update }) => update.after),
  weight_computed: exact(5, updated),
  direction: ofWeight(direction),
  race_pictures: (subject) => ({ number: raceOf(subject).run.train }),
  race_steps: (subject) => ({ number: raceOf(subject).run.total }),
  race_tests: (subject) => ({ number: raceOf(subject).run.test }),
  race_parameters: (subject, [net]) => ({ number: netOf(raceOf(subject), net).parameters }),
  errors: async (subject, [net, dx]) => ({ number: await errorsOf(subject, net, Number(dx ?? 0)) }),
  errors_ratio: async (subject, [one, other]) => ({ number: (await errorsOf(subject, one)) / Math.max(1, await errorsOf(subject, other)) }),
  errors_apart: async (subject, [one, other]) => ({ number: Math.abs((await errorsOf(subject, one)) - (await errorsOf(subject, other))) }),
};
