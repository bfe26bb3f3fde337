"""What several layer families share: checks of shapes and options, initial weights, terms of one value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array, ChannelStep, Explanation, FieldStep, Layer, Shape, Term

__all__ = [
    "cell_term",
    "check_inputs",
    "check_map",
    "check_options",
    "copied_channels",
    "explain_cell",
    "explain_copy",
    "explain_repeated",
    "field_along",
    "he_normal",
    "one",
]


def check_options(kind: str, least: int, **options: int | Iterable[int]) -> None:
    """Hold whole-number options, or tuples of them, against the least value allowed.

    Raises:
        ShapeError: one is smaller.
    """
    for name, value in options.items():
        values = (value,) if isinstance(value, int) else tuple(value)
        if any(number < least for number in values):
            raise ShapeError(f"{kind}: {name} must be at least {least}, got {value}")


def check_inputs(kind: str, inputs: tuple[Shape, ...], least: int = 1, most: int | None = 1) -> None:
    """Hold the number of inputs against what the layer takes; ``most`` None means any number.

    Raises:
        ShapeError: there are too few or too many.
    """
    if len(inputs) < least or (most is not None and len(inputs) > most):
        wanted = f"{least}" if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        raise ShapeError(f"{kind}: wanted {wanted} input{'s' * (wanted != '1')}, got {len(inputs)}")


def one(kind: str, inputs: tuple[Shape, ...]) -> Shape:
    """The shape of a layer's only input.

    Raises:
        ShapeError: there are none or several.
    """
    check_inputs(kind, inputs, 1, 1)
    return inputs[0]


def check_map(kind: str, inputs: tuple[Shape, ...], channels: int | None = None) -> Shape:
    """The shape of a layer's only input, which must be ``(N, channels, H, W)``.

    Raises:
        ShapeError: it is not.
    """
    shape = one(kind, inputs)
    if len(shape) != 4 or (channels is not None and shape[1] != channels):
        raise ShapeError(f"{kind}: x must be (N, {channels or 'C'}, H, W), got {shape}")
    return shape


def copied_channels(layer: Layer, source: Shape) -> tuple[ChannelStep | None]:
    """Which channels a layer that copies reads: their own, if every channel is made of the same one alone."""
    origin = layer.origin(source)
    assert origin is not None, f"{layer.kind} copies nothing"
    per_channel = int(np.prod(source[2:]))
    read = origin.reshape(len(origin), -1) // per_channel
    own = (origin.reshape(len(origin), -1) < 0) | (read == np.arange(len(origin))[:, np.newaxis])
    return (ChannelStep() if own.all() and len(origin) <= source[1] else None,)


def field_along(axes: tuple[int, ...], shape: Shape) -> FieldStep | None:
    """What a value made of all along some axes reads: all of a vector; of a map the same place, or a side."""
    if len(shape) != 4:
        return None
    rows, columns = (2 in axes, 3 in axes)
    size = (shape[2] if rows else 1, shape[3] if columns else 1)
    return FieldStep(size, (int(not rows), int(not columns)))


def he_normal(rng: np.random.Generator, shape: Shape) -> Array:
    """Float32 weights with variance 2 / fan-in, the fan-in being all axes but the first.

    Reference: He et al. 2015, Delving Deep into Rectifiers, section 2.2.
    """
    fan_in = int(np.prod(shape[1:]))
    weights: Array = rng.standard_normal(shape) * np.sqrt(2 / fan_in)
    return weights.astype(np.float32)


def cell_term(source: int, x: Array, index: tuple[int, ...]) -> Term:
    """One input value as a 1x1 term; a value of a flat vector counts as a channel of one cell."""
    channel, y, column = (*index, 0, 0)[:3]
    value = x[0][index]
    patch = np.array([[value]], x.dtype)
    return Term(source, channel, y, column, patch=patch, products=patch.astype(np.float64), sum=float(value))


def explain_cell(
    operation: str, x: Array, output: Array, index: tuple[int, ...], **constants: float
) -> Explanation:
    """An output value that comes from the one input value at the same place."""
    return Explanation(float(output[0][index]), operation, (cell_term(0, x, index),), constants=constants)


def explain_repeated(
    operation: str, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
) -> Explanation:
    """An output value of one value of each input, in order; along axes of length 1 inputs are repeated."""
    terms = tuple(
        cell_term(source, x, tuple(i if n > 1 else 0 for i, n in zip(index, x.shape[1:], strict=True)))
        for source, x in enumerate(inputs)
    )
    return Explanation(float(output[0][index]), operation, terms)


def explain_copy(layer: Layer, x: Array, output: Array, index: tuple[int, ...]) -> Explanation:
    """An output value of a layer that copies: the input value it came from, or a constant without a term."""
    origin = layer.origin(x.shape)
    assert origin is not None, f"{layer.kind} copies nothing"
    value, place = float(output[0][index]), int(origin[index])
    if place < 0:
        return Explanation(value, "constant", ())
    source = tuple(int(i) for i in np.unravel_index(place, x.shape[1:]))
    return Explanation(value, "copy", (cell_term(0, x, source),))
