"""What kernels of single values share: they follow whatever made their input, strip by strip."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from cnn_core.layers.base import Array
from cnn_core.runtime.kernels.base import Call, Kernel, Reach, Site
from cnn_core.runtime.places import Strip, Tensor

__all__ = ["Pointwise"]


class Pointwise(Kernel):
    """A function of the values at one place, from element operations: no rounding depends on the place."""

    exact = True
    reach: ClassVar[Reach] = "value"

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Always: element operations take any order of axes, if it is one order."""
        return set(site.sources) == {site.order}

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """The calls on the strip's own values."""
        out = output.strip(strip)
        return self.calls(tuple(x.strip(strip) for x in inputs), out, strip, scratch[: out.size])

    @abstractmethod
    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """The calls that fill ``out``."""
