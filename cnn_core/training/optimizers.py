"""Gradient descent as pure functions: parameters, gradients and state in, new ones out.

State is a flat dict of arrays, so that a checkpoint can hold it as it is. Weight decay is decoupled
from the gradient (Loshchilov and Hutter, 'Decoupled Weight Decay Regularization', 2019) and leaves
one-dimensional parameters alone: biases, and the scales of norms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from cnn_core.layers.base import Array, Params

__all__ = ["AdamW", "Optimizer", "Sgd", "average", "clip_by_norm"]

State = dict[str, Array]


class Optimizer(Protocol):
    """A rule that turns gradients into new parameters."""

    def init(self, parameters: Params) -> State:
        """The state before the first step."""

    def step(
        self, parameters: Params, gradients: Params, state: Mapping[str, Array], rate: float
    ) -> tuple[dict[str, Array], State]:
        """New parameters and new state; arguments stay as they are."""


@dataclass(frozen=True, slots=True)
class Sgd:
    """Stochastic gradient descent with momentum, in PyTorch's form.

    ``v <- m v + g``, ``p <- p (1 - rate decay) - rate (g + m v)``; without ``nesterov`` the last term is
    ``rate v`` (Polyak 1964).

    Reference: Sutskever et al., 'On the importance of initialization and momentum', 2013.
    """

    momentum: float = 0.9
    weight_decay: float = 5e-4
    nesterov: bool = True

    def init(self, parameters: Params) -> State:
        """Velocities of zero."""
        return {f"velocity.{name}": np.zeros_like(value) for name, value in parameters.items()}

    def step(
        self, parameters: Params, gradients: Params, state: Mapping[str, Array], rate: float
    ) -> tuple[dict[str, Array], State]:
        """New parameters and velocities."""
        new: dict[str, Array] = {}
        moved: State = {}
        for name, value in parameters.items():
            gradient = gradients[name]
            velocity = self.momentum * state[f"velocity.{name}"] + gradient
            moved[f"velocity.{name}"] = velocity
            change = gradient + self.momentum * velocity if self.nesterov else velocity
            new[name] = _decayed(value, rate, self.weight_decay) - rate * change
        return new, moved


@dataclass(frozen=True, slots=True)
class AdamW:
    """Adam with decoupled weight decay, in PyTorch's form.

    ``m <- b1 m + (1-b1) g``, ``v <- b2 v + (1-b2) g^2``,
    ``p <- p (1 - rate decay) - rate m' / (sqrt(v') + epsilon)``, m' and v' corrected for their start at zero.

    Reference: Kingma and Ba, 'Adam', 2015; Loshchilov and Hutter, 2019.
    """

    beta1: float = 0.9
    beta2: float = 0.99
    epsilon: float = 1e-8
    weight_decay: float = 1e-3

    def init(self, parameters: Params) -> State:
        """Moments of zero, and no step taken."""
        state: State = {"steps": np.zeros((), np.int64)}
        for name, value in parameters.items():
            state[f"mean.{name}"] = np.zeros_like(value)
            state[f"square.{name}"] = np.zeros_like(value)
        return state

    def step(
        self, parameters: Params, gradients: Params, state: Mapping[str, Array], rate: float
    ) -> tuple[dict[str, Array], State]:
        """New parameters and moments."""
        steps = state["steps"] + 1
        mean_scale = 1 / (1 - self.beta1 ** int(steps))
        square_scale = 1 / (1 - self.beta2 ** int(steps))
        new: dict[str, Array] = {}
        moved: State = {"steps": np.asarray(steps)}
        for name, value in parameters.items():
            gradient = gradients[name]
            mean = self.beta1 * state[f"mean.{name}"] + (1 - self.beta1) * gradient
            square = self.beta2 * state[f"square.{name}"] + (1 - self.beta2) * gradient**2
            moved[f"mean.{name}"], moved[f"square.{name}"] = mean, square
            change = mean * mean_scale / (np.sqrt(square * square_scale) + self.epsilon)
            new[name] = _decayed(value, rate, self.weight_decay) - rate * change
        return new, moved


def _decayed(value: Array, rate: float, decay: float) -> Array:
    return value * (1 - rate * decay) if value.ndim > 1 else value


def clip_by_norm(gradients: Params, limit: float) -> tuple[dict[str, Array], float]:
    """Gradients scaled down together where their joint length exceeds ``limit``, and that length.

    Reference: Pascanu et al., 'On the difficulty of training recurrent neural networks', 2013.
    """
    norm = float(np.sqrt(sum(float(np.vdot(g, g)) for g in gradients.values())))
    scale = min(1.0, limit / norm) if norm > 0 else 1.0
    return {name: gradient * scale for name, gradient in gradients.items()}, norm


def average(previous: Params, parameters: Params, decay: float, step: int) -> dict[str, Array]:
    """Exponential moving average of weights after ``step`` (from 0), which forgets its start faster.

    ``d = min(decay, (1 + step) / (10 + step))``, ``a <- d a + (1 - d) p``.

    Reference: Polyak and Juditsky, 1992; the warm-up is that of TensorFlow's ExponentialMovingAverage.
    """
    keep = min(decay, (1 + step) / (10 + step))
    return {name: keep * previous[name] + (1 - keep) * value for name, value in parameters.items()}
