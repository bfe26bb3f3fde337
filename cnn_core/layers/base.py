"""What a layer is: a frozen description that can infer, run, differentiate and explain itself.

A layer holds configuration only; its parameters travel beside it as ``{"weight": ..., "bias": ...}``.
Shapes are whole tensors, batch axis first: ``(N, C, H, W)`` for maps, ``(N, F)`` for vectors.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import UnsupportedOperator

__all__ = [
    "LAYERS",
    "Array",
    "ChannelStep",
    "Cost",
    "Example",
    "Explanation",
    "FieldStep",
    "Forward",
    "Gradients",
    "Layer",
    "Params",
    "Shape",
    "Term",
    "layer_from_config",
    "register_layer",
]

Array = NDArray[Any]
Shape = tuple[int, ...]
Params = Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Forward:
    """One layer's forward pass: its output and whatever its backward pass wants to remember."""

    output: Array
    saved: Any = None
    updates: Mapping[str, Array] = field(default_factory=dict)
    """New values of parameters that are not trained but tracked (running mean of a batch norm)."""


@dataclass(frozen=True, slots=True)
class Gradients:
    """Gradients of the loss: one per input, in input order, and one per trainable parameter."""

    inputs: tuple[Array, ...]
    params: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one sample costs: trained numbers held, and multiply-adds done."""

    parameters: int = 0
    macs: int = 0


@dataclass(frozen=True, slots=True)
class FieldStep:
    """How far one output value looks into its input, per axis ``(vertical, horizontal)``.

    Output index ``i`` reads input indices ``i*stride - padding + k*dilation`` for ``k < size``.
    A ``None`` in place of a FieldStep means: every output value sees the whole input.
    """

    size: tuple[int, int] = (1, 1)
    stride: tuple[int, int] = (1, 1)
    padding: tuple[int, int] = (0, 0)
    """Rows added above, columns added at the left."""
    dilation: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class ChannelStep:
    """Which channels of an input an output channel reads; a value of a vector is a channel of its own.

    Channel ``c`` reads ``inputs`` of them, from ``(c - offset) // outputs * inputs`` on, as far as there are
    so many. A ``None`` in place of a ChannelStep means: any of them.
    """

    outputs: int = 1
    inputs: int = 1
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Term:
    """One contribution to an output value: a patch of one input channel, and what became of it.

    ``patch[i, j]`` is the input at row ``y + i*step[0]``, column ``x + j*step[1]`` of ``channel``;
    where ``inside`` is False the cell is padding. ``products`` is what is added up (patch times kernel
    where there is a kernel), ``sum`` their sum in float64.
    """

    source: int
    """Which of the layer's inputs the patch comes from, counted from 0."""
    channel: int
    y: int
    x: int
    patch: Array
    products: Array
    sum: float
    kernel: Array | None = None
    inside: Array | None = None
    """Same shape as patch; None where every cell is inside."""
    step: tuple[int, int] = (1, 1)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The arithmetic behind one output value.

    ``operation`` says how ``terms`` make ``value``: ``sum`` (of terms + bias), ``max``, ``min``, ``mean``,
    ``product``, ``copy``, ``function`` (of the terms in their order), ``affine`` (batch norm), ``softmax``,
    ``constant`` (no terms).
    ``constants`` names every further number in the formula (mean, variance, gamma, divisor, slope ...).
    """

    value: float
    operation: str
    terms: tuple[Term, ...]
    bias: float | None = None
    constants: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Example:
    """A configured layer with input shapes it accepts: fuel for the contract tests over ``LAYERS``."""

    layer: Layer
    inputs: tuple[Shape, ...]


@dataclass(frozen=True)
class Layer(ABC):
    """Base of every layer kind: subclasses are frozen dataclasses of configuration, nothing else."""

    kind: ClassVar[str]

    @abstractmethod
    def infer_shape(self, *inputs: Shape) -> Shape:
        """Output shape for these input shapes.

        Raises:
            ShapeError: the inputs do not fit; the message says what was wanted.
        """

    def parameter_shapes(self) -> dict[str, Shape]:
        """Name and shape of every parameter, those that are tracked rather than trained included."""
        return {}

    def tracked(self) -> frozenset[str]:
        """Names among the parameters that training updates without a gradient."""
        return frozenset()

    def init(self, rng: np.random.Generator) -> dict[str, Array]:
        """Fresh float32 parameters (He et al. 2015 for weights that feed a rectifier)."""
        return {}

    @abstractmethod
    def forward(
        self,
        params: Params,
        *inputs: Array,
        training: bool = False,
        rng: np.random.Generator | None = None,
    ) -> Forward:
        """Run the layer; ``rng`` is needed only by layers that draw (dropout) while training."""

    @abstractmethod
    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """Vector-Jacobian product: from the gradient of the output to those of inputs and parameters.

        ``done`` is what ``forward`` returned; the pass is the training one if that one was.
        """

    def backward_inputs(
        self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array
    ) -> tuple[Array, ...]:
        """Only the gradients of the inputs, where nobody asks for more: for layers that save work by it."""
        return self.backward(params, inputs, done, grad).inputs

    def backward_params(
        self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array
    ) -> Mapping[str, Array]:
        """Only the gradients of the parameters."""
        return self.backward(params, inputs, done, grad).params

    def cost(self, *inputs: Shape) -> Cost:
        """Parameters trained, and multiply-adds for one sample of these input shapes.

        Convolutions and dense layers alone count multiply-adds, as published figures do.
        """
        return Cost()

    def field(self, *inputs: Shape) -> FieldStep | None:
        """How far one output value sees into each input; None: all of it.

        Along an axis of length 1 that is broadcast every output index reads index 0, and along an axis
        that inputs are joined on, indices count from where the input begins.
        """
        return FieldStep()

    def channel_steps(self, *inputs: Shape) -> tuple[ChannelStep | None, ...]:
        """Which channels of each input an output channel reads: here its own, or the one that is repeated."""
        if not inputs:
            return ()
        count = self.infer_shape(*inputs)[1]
        return tuple(ChannelStep(count if shape[1] == 1 else 1) for shape in inputs)

    def origin(self, source: Shape) -> NDArray[np.intp] | None:
        """For layers that copy: which value of the input's sample, counted in C order, each output value is.

        -1 where it is a constant. None, the default: it computes, and ``field`` or ``reads`` says from what.

        Shape:
            one sample of the output.
        """
        return None

    def reads(self, source: Shape) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """For layers whose windows no FieldStep describes: which rows, and which columns, are read for which.

        Shape:
            ``(H', H)`` and ``(W', W)``: output by input.
        """
        return None

    @abstractmethod
    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """The terms of ``output[0][index]`` (index without the batch axis); value is that very number."""

    def config(self) -> dict[str, Any]:
        """Configuration as plain JSON values; ``layer_from_config(kind, config)`` brings it back."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    @classmethod
    @abstractmethod
    def examples(cls) -> Iterable[Example]:
        """Configurations that together cover every option of the layer, small enough to differentiate."""


LAYERS: dict[str, type[Layer]] = {}
"""Every layer kind by name."""

_L = TypeVar("_L", bound=type[Layer])


def register_layer(kind: str) -> Callable[[_L], _L]:
    """Class decorator: make a layer known as ``kind``; a name can be taken once."""

    def register(cls: _L) -> _L:
        if kind in LAYERS:
            raise ValueError(f"layer kind {kind!r} is already {LAYERS[kind].__name__}")
        cls.kind = kind
        LAYERS[kind] = cls
        return cls

    return register


def layer_from_config(kind: str, config: Mapping[str, Any]) -> Layer:
    """Rebuild a layer from its kind and ``config()``; lists become tuples.

    Raises:
        UnsupportedOperator: no such kind, or an option the kind does not have.
    """
    if kind not in LAYERS:
        raise UnsupportedOperator(f"unknown layer kind {kind!r}; known: {', '.join(sorted(LAYERS))}")
    known = {f.name for f in dataclasses.fields(LAYERS[kind])}
    if extra := sorted(set(config) - known):
        wrong, right = ", ".join(map(repr, extra)), ", ".join(sorted(known)) or "none"
        raise UnsupportedOperator(f"{kind}: unknown option {wrong}; known: {right}")
    return LAYERS[kind](**{name: _frozen(value) for name, value in config.items()})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value
