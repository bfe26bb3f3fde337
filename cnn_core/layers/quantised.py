"""Values rounded to levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cnn_core.errors import ShapeError
from cnn_core.layers.base import Array, Example, register_layer
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops import quantised as ops

__all__ = ["Levels"]


@register_layer("levels")
@dataclass(frozen=True)
class Levels(Pointwise):
    """The nearest of the levels (l - zero) * scale, l from ``least`` to ``most``.

    Raises:
        ShapeError: scale is not above 0, or least is above most.

    Reference: Jacob et al. 2018, Quantization and Training of Neural Networks, section 2.1.
    """

    scale: float = 0.1
    zero: int = 0
    least: int = -128
    most: int = 127

    def __post_init__(self) -> None:
        """Check the options."""
        if not self.scale > 0 or self.least > self.most:
            raise ShapeError(
                f"levels: scale must be above 0 and least not above most, "
                f"got {self.scale}, {self.least} and {self.most}"
            )

    def apply(self, x: Array) -> Array:
        """The function."""
        return ops.levels(x, self.scale, self.zero, self.least, self.most)

    def vjp(self, grad: Array, x: Array, output: Array) -> Array:
        """0: between two levels nothing changes."""
        return ops.levels_vjp(grad)

    @classmethod
    def examples(cls) -> Iterable[Example]:
        """Signed, and unsigned with a zero of its own."""
        yield Example(cls(), ((2, 2, 3, 4),))
        yield Example(cls(0.25, 3, 0, 15), ((2, 5),))
