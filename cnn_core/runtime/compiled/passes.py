"""One pass of a compiled function over a strip, and two that become one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from numpy.lib.stride_tricks import as_strided

from cnn_core.layers.base import Array
from cnn_core.runtime.compiled.loading import function
from cnn_core.runtime.kernels.base import Call

__all__ = ["Pass", "flat", "joined", "of_whole_rows"]

JOINED = {("scale_shift", "silu"): "scale_shift_silu", ("scale_shift", "within"): "scale_shift_within"}


class Pass:
    """A call of a compiled function from ``x`` to ``out``, maps whose rows lie in one piece each."""

    def __init__(self, name: str, x: Array, out: Array, *constants: Any) -> None:
        self.name, self.x, self.out, self.constants = name, x, out, constants
        images, rows = out.shape[:2]
        self._function = function(name)
        self._arguments = (*_map(x), *_map(out), images, rows, out[0, 0].size, *constants)

    def __call__(self) -> None:
        """Make it."""
        self._function(*self._arguments)

    def then(self, other: Pass) -> Pass | None:
        """This and the other in one pass that writes the outputs of both; None if there is none."""
        name = JOINED.get((self.name, other.name))
        if name is None or not _same(self.out, other.x):
            return None
        return Pass(name, self.x, self.out, *self.constants, *_map(other.out), *other.constants)


def joined(calls: Iterable[Call]) -> list[Call]:
    """The calls, each two that follow one another and can be one pass as one."""
    made: list[Call] = []
    for call in calls:
        before = made[-1] if made else None
        both = before.then(call) if isinstance(before, Pass) and isinstance(call, Pass) else None
        if both is None:
            made.append(call)
        else:
            made[-1] = both
    return made


def of_whole_rows(*maps: Array) -> bool:
    """Whether the last two axes of all these lie in one piece."""
    return all(
        x.ndim == 4 and x.strides[3] == x.itemsize and x.strides[2] == x.shape[3] * x.itemsize for x in maps
    )


def flat(x: Array) -> Array:
    """Everything from the first value of a view to its last, as one axis."""
    last = sum((length - 1) * step for length, step in zip(x.shape, x.strides, strict=True))
    return as_strided(x, (last // x.itemsize + 1,), (x.itemsize,))


def _map(x: Array) -> tuple[Any, ...]:
    return (flat(x), *(step // x.itemsize for step in x.strides[:2]))


def _same(one: Array, other: Array) -> bool:
    return (one.ctypes.data, one.shape, one.strides) == (other.ctypes.data, other.shape, other.strides)
