"""Noise that changes a network's answer: steps along the sign of the loss's gradient by the picture.

One step is the fast gradient sign method (Goodfellow, Shlens and Szegedy 2015, section 4), several are
projected gradient descent (Madry et al. 2018, section 2.1).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.graph.answer import ending
from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import check_input, forward
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array, Params
from cnn_core.ops.loss import softmax_cross_entropy
from cnn_core.preprocess import Pixels, scale_pixels

__all__ = ["EPSILONS", "AnswerGradient", "Attack", "Noise", "answer_gradient", "noisy"]

EPSILONS = range(1, 17)
"""How far a pixel may move, in 1/255 of the range."""

MOST_STEPS = 40


@dataclass(frozen=True, slots=True)
class Attack:
    """How noise is made: no pixel moves by more than ``epsilon`` / 255 of the range.

    One step goes the whole way; of several each goes a quarter of it. With a ``seed`` they begin at a random
    place within reach, without at the picture.

    Raises:
        BadInput: epsilon outside of ``EPSILONS``, no steps, or too many.
    """

    epsilon: int
    steps: int = 1
    seed: int | None = None

    def __post_init__(self) -> None:
        if self.epsilon not in EPSILONS:
            raise BadInput(
                f"noise: epsilon must be {EPSILONS[0]} to {EPSILONS[-1]} of 255, got {self.epsilon}"
            )
        if not 1 <= self.steps <= MOST_STEPS:
            raise BadInput(f"noise: wanted 1 to {MOST_STEPS} steps, got {self.steps}")

    @property
    def step(self) -> float:
        """How far one step goes, in bytes of a pixel."""
        return float(self.epsilon) if self.steps == 1 else self.epsilon / 4


@dataclass(frozen=True, slots=True, eq=False)
class AnswerGradient:
    """The loss of one class, and its gradient by the network's input."""

    label: int
    loss: float
    gradient: Array


@dataclass(frozen=True, slots=True, eq=False)
class Noise:
    """A picture with noise, and what it did.

    Attributes:
        pixels: what the network sees, uint8 ``(H, W, C)``: whole bytes, at most epsilon from the picture.
        label: the class the noise leads away from.
        before: the loss -log p(label) of the picture.
        after: that of ``pixels``.
    """

    pixels: Pixels
    label: int
    before: float
    after: float


def noisy(
    graph: Graph,
    parameters: Params,
    spec: InputSpec,
    pixels: Pixels,
    attack: Attack,
    *,
    each_step: Callable[[], None] = lambda: None,
) -> Noise:
    """Lead a network away from its own answer.

    Steps are taken in real numbers and projected onto what lies within epsilon of the picture and between
    black and white; the last place is rounded to whole bytes, which leaves neither, as the bounds are whole.

    Args:
        pixels: what the network sees, uint8 ``(spec.height, spec.width, spec.channels)``.
        each_step: called before every step; what it raises ends the work.

    Raises:
        BadInput: the network does not end in classes.
        ShapeError: the pixels are not of its size.
    """
    origin = pixels.astype(np.float32)
    low = np.maximum(origin - attack.epsilon, 0)
    high = np.minimum(origin + attack.epsilon, 255)
    clean = answer_gradient(graph, parameters, scale_pixels(origin, spec))
    place = origin
    if attack.seed is not None:
        start = np.random.default_rng(attack.seed).uniform(-attack.epsilon, attack.epsilon, origin.shape)
        place = np.clip(origin + start.astype(np.float32), low, high)
    for _ in range(attack.steps):
        each_step()
        uphill = answer_gradient(graph, parameters, scale_pixels(place, spec), clean.label).gradient
        place = np.clip(place + np.float32(attack.step) * np.sign(_as_pixels(uphill, spec)), low, high)
    made = np.rint(place).astype(np.uint8)
    after = answer_gradient(graph, parameters, scale_pixels(made, spec), clean.label)
    return Noise(made, clean.label, clean.loss, after.loss)


def answer_gradient(graph: Graph, parameters: Params, x: Array, label: int | None = None) -> AnswerGradient:
    """How the loss -log p(label) changes with the network's input; the label is its own answer by default.

    A softmax or sigmoid at the end and the logarithm are differentiated as one, which never divides by a
    probability of zero.

    Shape:
        x: ``(1, C, H, W)``, float32 or float64; the gradient has its shape and type.

    Raises:
        BadInput: the network does not end in classes, or there is no such class.
        ShapeError, GraphError: as ``forward``.
    """
    entry = check_input(graph, x)
    found = ending(graph)
    if found.function not in _LOSSES or len(graph.shapes[graph.output]) != 2:
        kind = graph[graph.output].layer.kind
        raise BadInput(f"noise: wanted a network that ends in classes, this one ends in {kind!r}")
    records = {record.node.name: record for record in forward(graph, parameters, x)}
    given = records[found.scores].output
    scores = given.reshape(1, -1)
    label = int(scores[0].argmax()) if label is None else label
    if not 0 <= label < scores.shape[1]:
        raise BadInput(f"noise: the class must be 0 to {scores.shape[1] - 1}, got {label}")
    loss, seed = _LOSSES[found.function](scores, label)
    seeds = {found.scores: seed.reshape(given.shape)}
    back = backward(graph, parameters, records, seeds, nodes=[entry.name], params=False)
    return AnswerGradient(label, loss, back.nodes[entry.name])


def _softmax_loss(scores: Array, label: int) -> tuple[float, Array]:
    return softmax_cross_entropy(scores, np.array([label]))


def _sigmoid_loss(scores: Array, label: int) -> tuple[float, Array]:
    """-log sigmoid(score) and its gradient, sigmoid(score) - 1, without overflow at either end."""
    score = scores[0, label]
    seed = np.zeros_like(scores)
    seed[0, label] = -np.exp(-np.logaddexp(0, score))
    return float(np.logaddexp(0, -score)), seed


_LOSSES = {"softmax": _softmax_loss, "sigmoid": _sigmoid_loss}


def _as_pixels(gradient: Array, spec: InputSpec) -> Array:
    """From ``(1, C, H, W)`` in the network's order of colours to ``(H, W, C)`` in that of the picture.

    Only its sign is used, so the scale, which is above zero, is left as it is.
    """
    ordered = gradient[0][::-1] if spec.order == "BGR" else gradient[0]
    return np.moveaxis(ordered, 0, 2)
