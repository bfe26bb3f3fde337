"""Maps of another size."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cnn_core.errors import ShapeError
from cnn_core.layers.base import (
    Array,
    Example,
    Explanation,
    Forward,
    Gradients,
    Layer,
    Params,
    Shape,
    Term,
    register_layer,
)
from cnn_core.layers.common import cell_term, check_map, check_options
from cnn_core.ops.resize import COORDINATES, MODES, ROUNDINGS, Sampling, resize2d, resize2d_vjp, resize_matrix
from cnn_core.ops.windows import Pair

__all__ = ["Resize2d"]


@register_layer("resize2d")
@dataclass(frozen=True)
class Resize2d(Layer):
    """Every map as ``size``: the nearest value, or a mean of the two or four nearest along each side.

    ``scale`` is what coordinates are divided by, (0, 0) stands for the ratio of the sizes; ``coordinates``
    and ``rounding`` have ONNX's names, ``cubic``, ``outside`` and ``antialias`` are told at ``Sampling``;
    ``rows`` and ``columns`` are the part of the map that ``tf_crop_and_resize`` takes.

    Shape:
        in: ``(N, C, H, W)``, out: ``(N, C, *size)``.

    Raises:
        ShapeError: a size below 1, a negative scale, an unknown name.
    """

    size: Pair
    mode: str = "nearest"
    coordinates: str = "half_pixel"
    rounding: str = "round_prefer_floor"
    scale: tuple[float, float] = (0.0, 0.0)
    cubic: float = -0.75
    outside: bool = True
    antialias: bool = False
    rows: tuple[float, float] = (0.0, 1.0)
    columns: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        """Check the options."""
        check_options("resize2d", 1, size=self.size)
        if min(self.scale) < 0 or not all(map(np.isfinite, self.scale)):
            raise ShapeError(f"resize2d: scale must not be negative, got {self.scale}")
        known = {"mode": MODES, "coordinates": COORDINATES, "rounding": ROUNDINGS}
        for name, values in known.items():
            if getattr(self, name) not in values:
                raise ShapeError(
                    f"resize2d: {name} must be one of {', '.join(values)}, got {getattr(self, name)!r}"
                )

    def infer_shape(self, *inputs: Shape) -> Shape:
        """``(N, C, *size)``."""
        return (*check_map("resize2d", inputs)[:2], *self.size)

    def _matrices(self, source: Shape) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        how = Sampling(self.mode, self.coordinates, self.rounding, self.cubic, self.outside, self.antialias)
        rows, columns = (
            resize_matrix(
                source[axis + 2],
                self.size[axis],
                self.scale[axis] or self.size[axis] / source[axis + 2],
                how,
                (self.rows, self.columns)[axis],
            )
            for axis in (0, 1)
        )
        return rows, columns

    @property
    def _copies(self) -> bool:
        return self.mode == "nearest" and self.coordinates != "tf_crop_and_resize"

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        """Resize."""
        (x,) = inputs
        return Forward(resize2d(x, *self._matrices(x.shape), nearest=self._copies))

    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        """To every value by its share."""
        return Gradients((resize2d_vjp(grad, *self._matrices(inputs[0].shape)),))

    def field(self, *inputs: Shape) -> None:
        """No window of one size: ``reads`` says what is read."""

    def reads(self, source: Shape) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """What has a share."""
        rows, columns = self._matrices(source)
        return rows != 0, columns != 0

    def explain(
        self, params: Params, inputs: tuple[Array, ...], output: Array, index: tuple[int, ...]
    ) -> Explanation:
        """A copy of the nearest value, or the values around with their shares as a kernel."""
        (x,), (channel, row, column) = inputs, index
        rows, columns = (
            matrix[at] for matrix, at in zip(self._matrices(x.shape), (row, column), strict=True)
        )
        value = float(output[0][index])
        i, j = np.flatnonzero(rows), np.flatnonzero(columns)
        if not len(i) or not len(j):
            return Explanation(value, "constant", ())
        if self._copies:
            return Explanation(value, "copy", (cell_term(0, x, (channel, int(i[0]), int(j[0]))),))
        kernel = np.outer(rows[i], columns[j])
        patch = x[0, channel][np.ix_(i, j)]
        products = patch.astype(np.float64) * kernel
        term = Term(0, channel, int(i[0]), int(j[0]), patch, products, float(products.sum()), kernel)
        return Explanation(value, "sum", (term,))

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Both modes, every kind of coordinates and rounding, larger and smaller."""
        yield Example(cls((4, 6)), ((2, 2, 2, 3),))
        yield Example(cls((2, 2), rounding="floor", coordinates="asymmetric"), ((1, 1, 4, 5),))
        yield Example(cls((5, 3), rounding="ceil", coordinates="align_corners"), ((1, 2, 2, 4),))
        yield Example(cls((2, 3), rounding="floor", coordinates="tf_half_pixel_for_nn"), ((1, 1, 4, 4),))
        yield Example(cls((3, 5), rounding="round_prefer_ceil"), ((1, 1, 2, 2),))
        yield Example(cls((4, 5), "linear"), ((2, 2, 2, 3),))
        yield Example(cls((3, 5), "linear", "align_corners"), ((1, 1, 2, 3),))
        yield Example(cls((3, 1), "linear", "pytorch_half_pixel"), ((1, 1, 2, 2),))
        yield Example(cls((3, 2), "linear", "asymmetric", scale=(1.7, 0.6)), ((1, 2, 2, 4),))
        yield Example(cls((4, 5), "cubic"), ((1, 2, 3, 4),))
        yield Example(cls((3, 2), "cubic", "align_corners", cubic=-0.5, outside=False), ((1, 1, 5, 6),))
        yield Example(cls((2, 3), "cubic", antialias=True, outside=False), ((1, 1, 5, 6),))
        yield Example(
            cls((3, 4), "linear", "tf_crop_and_resize", rows=(0.1, 0.7), columns=(0.4, 1.3)), ((1, 1, 5, 6),)
        )
        yield Example(cls((2, 3), "linear", "half_pixel_symmetric", scale=(0.7, 1.4)), ((1, 1, 4, 2),))
