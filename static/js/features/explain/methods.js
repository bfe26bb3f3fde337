/** What every method is, says and cannot say. */

/**
 * @typedef {object} Told
 * @property {string} name
 * @property {string} short  Where there is little room.
 * @property {string} sub
 * @property {string} says
 * @property {string} not
 */

/** @type {Record<string, Told>} */
export const TOLD = {
  gradient: {
    name: "Gradient",
    short: "Gradient",
    sub: "one backward pass, summed over colours",
    says: "where the smallest change of a pixel would change the answer most.",
    not: "how much a pixel contributes: it is a slope, not a share, and adds up to nothing.",
  },
  gradient_times_input: {
    name: "Gradient × input",
    short: "Grad. × input",
    sub: "slope times the pixel itself",
    says: "what each pixel adds, if the network stayed linear down to a black photo.",
    not: "anything about black pixels: they always get 0. The biases take the rest of the sum.",
  },
  smooth_grad: {
    name: "SmoothGrad",
    short: "SmoothGrad",
    sub: "mean gradient of noisy copies",
    says: "which slopes survive a little noise: a calmer gradient.",
    not: "more than the gradient says; the noise level is a choice of yours.",
  },
  integrated_gradients: {
    name: "Integrated gradients",
    short: "Integrated",
    sub: "steps from an empty photo to this one",
    says: "what each pixel adds on the straight way from a black photo to this one; it adds up.",
    not: "what would happen from another start: grey or blur give other maps.",
  },
  lrp: {
    name: "LRP",
    short: "LRP",
    sub: "relevance handed down, layer by layer",
    says: "how the answer is shared out backwards, layer by layer, without loss.",
    not: "what changes if a pixel changes: the rules are chosen, not measured.",
  },
  grad_cam: {
    name: "Grad-CAM",
    short: "Grad-CAM",
    sub: "maps of one layer, weighted by their mean gradient",
    says: "which cells of the layer carry the answer; after global pooling it is exact.",
    not: "anything finer than one cell of that layer.",
  },
  layer_cam: {
    name: "LayerCAM",
    short: "LayerCAM",
    sub: "maps of one layer, weighted place by place",
    says: "which places of the layer speak for the answer; early layers can be shown too.",
    not: "what speaks against it: only positive slopes count, and nothing adds up.",
  },
  occlusion: {
    name: "Occlusion",
    short: "Occlusion",
    sub: "a grey patch, here and there",
    says: "by how much the answer really falls when this part is covered.",
    not: "that the part was seen as such: grey patches are new to the network too.",
  },
  rise: {
    name: "RISE",
    short: "RISE",
    sub: "random masks of half the photo",
    says: "how likely the answer is, on average, while this pixel is visible.",
    not: "fine detail; other masks give a slightly different map (± shown beside the value).",
  },
  guided_backprop: {
    name: "Guided backprop",
    short: "Guided",
    sub: "only positive gradients pass a ReLU",
    says: "which edges of the photo exist.",
    not: "why this answer: it hardly changes when the network forgets everything.",
  },
  edges_only: {
    name: "Edges only",
    short: "Edges only",
    sub: "control: no network at all",
    says: "nothing about the network: it is the control. A method should beat it.",
    not: "anything: whoever finds it convincing was convinced by the photo.",
  },
};

/** @typedef {readonly (readonly [value: string | number, text: string])[]} Choices */

/** @type {Record<string, readonly { key: string, label: string, choices: Choices }[]>}  The usual value first. */
export const CHOICES = {
  smooth_grad: [
    { key: "copies", label: "Copies", choices: [[30, "30 copies"], [60, "60 copies"], [120, "120 copies"]] },
    { key: "sigma", label: "Noise", choices: [[0.15, "σ 15 %"], [0.05, "σ 5 %"], [0.3, "σ 30 %"]] },
  ],
  integrated_gradients: [
    { key: "steps", label: "Steps", choices: [[40, "40 steps"], [80, "80 steps"], [160, "160 steps"], [320, "320 steps"], [640, "640 steps"], [1280, "1,280 steps"]] },
    { key: "start", label: "Start", choices: [["black", "from black"], ["grey", "from grey"], ["blur", "from blur"]] },
  ],
  lrp: [
    { key: "gamma", label: "Gamma", choices: [[0.25, "z-box, γ 0.25"], [1, "z-box, γ 1"], [0, "z-box, γ 0"]] },
  ],
  occlusion: [
    { key: "size", label: "Patch", choices: [[8, "an eighth"], [4, "a quarter"], [16, "a sixteenth"]] },
    { key: "fill", label: "Cover", choices: [["grey", "grey"], ["black", "black"], ["blur", "blur"]] },
  ],
  rise: [
    { key: "masks", label: "Masks", choices: [[600, "600 masks"], [1200, "1,200 masks"], [2400, "2,400 masks"]] },
    { key: "cells", label: "Cells", choices: [[8, "8 × 8 cells"], [5, "5 × 5 cells"], [12, "12 × 12 cells"]] },
  ],
};
