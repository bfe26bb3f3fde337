/**
 * Classes of one's own: their pictures, and the last layer that is solved again whenever one comes or goes.
 *
 * @import { OwnAnswer, OwnProgress, OwnQuestion } from "../api/training.js"
 */

import { ApiProblem, request } from "../api/client.js";
import { postFile } from "../api/files.js";
import { keepOwn, keptOwn, learnOwn, stopTraining, trainOwn, trainingOfOwn } from "../api/training.js";
import { see } from "./race.js";
import { signal } from "./store.js";

/** @typedef {{id: string, blob: Blob, canvas: HTMLCanvasElement}} OwnPicture */
/** @typedef {{name: string, pictures: OwnPicture[]}} OwnClass */

/** Of each class: fewer are learnt by heart. */
export const LEAST = 8;
export const MOST_CLASSES = 9;
const MOST_PICTURES = 400;
/** An untrained network is asked, too, once nothing has come for so long. */
const REST = 700;

/** Networks whose features can be taken. */
export const NETWORKS = /** @type {const} */ ([["resnet", "ResNet"], ["efficientnet", "EfficientNet"], ["vgg", "VGG"], ["tiny_vgg", "Tiny VGG"]]);

export const own = {
  network: signal(/** @type {string} */ ("resnet")),
  classes: signal(/** @type {OwnClass[]} */ ([{ name: "first", pictures: [] }, { name: "second", pictures: [] }])),
  answer: signal(/** @type {OwnAnswer | null} */ (null)),
  /** Right answers of an untrained network in its place, for these very pictures. */
  control: signal(/** @type {number | null} */ (null)),
  /** Of the picture that was asked about last, by class. */
  shares: signal(/** @type {number[]} */ ([])),
  problem: signal(/** @type {string} */ ("")),
  /** Pictures of the link that the server has no longer. */
  missing: signal(0),
  /** All layers, trained on in the background. */
  training: signal(/** @type {OwnProgress | null} */ (null)),
};

/** Classes that can take part: those with a picture. */
const filled = () => own.classes.value.filter(({ pictures }) => pictures.length);

/** Whether there is enough to keep what is learnt. */
export const ready = () => filled().length >= 2 && own.classes.value.every(({ pictures }) => pictures.length >= LEAST);

/** @param {string} [model] @returns {OwnQuestion} */
export const questionOf = (model = own.network.value) => ({
  model,
  classes: filled().map(({ name, pictures }) => ({ name: name.trim() || "unnamed", images: pictures.map(({ id }) => id) })),
});

const changed = () => {
  own.classes.value = [...own.classes.value];
  own.control.value = null;
  own.missing.value = 0;
  clearTimeout(keeping);
  keeping = setTimeout(() => void keep(), REST);
  void learn();
};

export function addClass() {
  if (own.classes.value.length < MOST_CLASSES) own.classes.value = [...own.classes.value, { name: `class ${own.classes.value.length + 1}`, pictures: [] }];
}

/** @param {OwnClass} which */
export function removeClass(which) {
  own.classes.value = own.classes.value.filter((each) => each !== which);
  changed();
}

/** @param {OwnClass} which @param {string} name */
export function rename(which, name) {
  which.name = name;
  changed();
}

/** @param {OwnClass} which @param {OwnPicture} picture */
export function removePicture(which, picture) {
  which.pictures = which.pictures.filter((each) => each !== picture);
  changed();
}

/** @param {string} network */
export function chooseNetwork(network) {
  own.network.value = network;
  [own.answer.value, own.shares.value] = [null, []];
  changed();
}

/**
 * @param {OwnClass} which
 * @param {Blob} blob
 * @param {HTMLCanvasElement} canvas The picture, small.
 */
export const addPicture = (which, blob, canvas) =>
  trying(async () => {
    if (which.pictures.length >= MOST_PICTURES) throw new ApiProblem("Enough", `A class holds ${MOST_PICTURES} pictures.`, 0);
    const { id } = await upload(blob);
    which.pictures = [...which.pictures, { id, blob, canvas }];
    changed();
  });

/** @param {Blob} blob Asked about; it belongs to no class. */
export const ask = (blob) =>
  trying(async () => {
    if (filled().length < 2) return;
    const { id } = await upload(blob);
    const answer = await learnOwn({ ...questionOf(), ask: id });
    own.shares.value = answer.shares ?? [];
  });

/** @param {Blob} blob @returns {Promise<{id: string}>} */
const upload = (blob) => postFile("/api/images", blob, { name: "picture.jpg" });

/** @param {() => Promise<void>} work */
async function trying(work) {
  try {
    await work();
    own.problem.value = "";
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error;
    own.problem.value = `${error.title}. ${error.detail}`;
  }
}

/* A link */

let keeping = 0;

/** Keep which pictures stand for which class, and have the address name that: a link or a reload brings them back. */
export const keep = () =>
  trying(async () => {
    clearTimeout(keeping);
    const { model, classes } = questionOf();
    see({ own: classes.length ? (await keepOwn({ model: model ?? "resnet", classes })).id : "" });
  });

/**
 * Bring back what a link names, as far as the server still has the pictures.
 *
 * @param {string} id
 * @param {(blob: Blob) => Promise<HTMLCanvasElement>} smallOf
 */
export async function restore(id, smallOf) {
  let missing = 0;
  await trying(async () => {
    const kept = await keptOwn(id);
    if (kept.model) own.network.value = kept.model;
    own.classes.value = kept.classes.map(({ name }) => ({ name, pictures: [] }));
    for (const [at, { images }] of kept.classes.entries()) {
      const which = own.classes.value[at];
      for (const image of images) {
        const blob = await pictureOf(image);
        if (!blob || !which) missing += 1;
        else which.pictures = [...which.pictures, { id: image, blob, canvas: await smallOf(blob) }];
      }
      own.classes.value = [...own.classes.value];
    }
    await learn();
  });
  own.missing.value = missing;
}

/** @param {string} image @returns {Promise<Blob | null>} null: the server has it no longer. */
async function pictureOf(image) {
  try {
    return await (await request(`/api/images/${image}`)).blob();
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

let busy = false;
let again = false;
let timer = 0;

/** Solve the last layer for what there is now; of several wishes meanwhile the newest is next. */
async function learn() {
  clearTimeout(timer);
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  do {
    again = false;
    await trying(async () => {
      own.answer.value = filled().length < 2 ? null : await learnOwn(questionOf()).catch(sentAgain);
    });
  } while (again);
  busy = false;
  if (own.answer.value) timer = setTimeout(() => void askControl(), REST);
}

/** The server has forgotten pictures: they are sent again. @param {unknown} error */
async function sentAgain(error) {
  if (!(error instanceof ApiProblem) || error.status !== 404) throw error;
  for (const { pictures } of filled()) for (const { blob } of pictures) await upload(blob);
  return learnOwn(questionOf());
}

const askControl = () =>
  trying(async () => {
    const before = JSON.stringify(questionOf());
    const found = await learnOwn(questionOf(`${own.network.value}~untrained-1`));
    if (before === JSON.stringify(questionOf())) own.control.value = found.right;
  });

/* All layers */

/** How often each picture is shown. */
const PASSES = 8;
/** Between two questions about how far it is. */
const ASKED = 700;

/** Train every layer on, in the background: it goes on when the window or the page is closed. */
export const trainAll = () =>
  trying(async () => {
    own.training.value = await trainOwn({ ...questionOf(), passes: PASSES });
    void followTraining();
  });

export const stopAll = () =>
  trying(async () => {
    if (own.training.value) await stopTraining(own.training.value.id);
  });

async function followTraining() {
  while (own.training.value?.state === "running") {
    await new Promise((resolve) => setTimeout(resolve, ASKED));
    await trying(async () => {
      if (own.training.value) own.training.value = await trainingOfOwn(own.training.value.id);
    });
  }
}
