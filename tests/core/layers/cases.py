"""Every example of every registered layer, with random numbers to run it on."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from cnn_core.layers import LAYERS
from cnn_core.ops.angles import ANGLES


@dataclass(frozen=True)
class Case:
    """A layer with arrays to feed it and float64 parameters."""

    layer: Any
    inputs: tuple[np.ndarray, ...]
    params: dict[str, np.ndarray]

    def forward(self, inputs=None, params=None, training=False):
        """The layer's forward pass, drawing the same numbers every time."""
        return self.layer.forward(
            self.params if params is None else params,
            *(self.inputs if inputs is None else inputs),
            training=training,
            rng=np.random.default_rng(7),
        )

    def as_type(self, dtype):
        """The same numbers in another precision."""
        return Case(
            self.layer,
            tuple(x.astype(dtype) for x in self.inputs),
            {name: value.astype(dtype) for name, value in self.params.items()},
        )


POSITIVE = {"log", "power", "power_by_constant", "sqrt"}
"""Kinds that are defined for numbers above 0, whatever their options."""

AWAY_FROM_ZERO = {"constant_over", "divide", "divide_by_constant"}
"""Kinds that divide: near 0 no difference quotient is their derivative."""


DOWN = {"minimum", "min_constant", "reduce_min"}
"""Kinds that notice only what becomes smaller."""


GENEROUS = {"choose", "product", "top_k"}
"""Kinds that say they see more than what changes them: which that is depends on the values."""


def push(kind, values, by):
    """Values moved so far that the kind must notice."""
    if kind in ("above", "sign"):
        values *= -1
    else:
        values += -by if kind in DOWN else by


def build(example, seed=0):
    """Generic values: spread over both sides of every kink, no two alike, variances above 0."""
    rng = np.random.default_rng(seed)
    # an input node reads the tensor it describes
    shapes = example.inputs or (example.layer.infer_shape(),)
    inputs = tuple(2 * rng.standard_normal(shape) for shape in shapes)
    params = {name: rng.standard_normal(shape) for name, shape in example.layer.parameter_shapes().items()}
    if example.layer.kind in POSITIVE:
        inputs = tuple(np.abs(x) + 0.1 for x in inputs)
    if example.layer.kind in ANGLES:
        # where every one of its functions is defined, far from any pole
        above = 1.1 + np.abs(inputs[0])
        inputs = (above if example.layer.kind == "acosh" else 0.9 * np.tanh(inputs[0]),)
    if example.layer.kind in AWAY_FROM_ZERO:
        inputs = tuple(x + np.copysign(0.5, x) for x in inputs)
        params = {name: np.asarray(value + np.copysign(0.5, value)) for name, value in params.items()}
    if "running_var" in params:
        params["running_var"] = np.abs(params["running_var"]) + 0.1
    return Case(example.layer, inputs, params)


def all_examples():
    """One pytest parameter per layer kind and example."""
    return [
        pytest.param(example, id=f"{kind}-{number}")
        for kind, layer in sorted(LAYERS.items())
        for number, example in enumerate(layer.examples())
    ]


every_example = pytest.mark.parametrize("example", all_examples())
