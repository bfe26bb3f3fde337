"""Kernels that make one pass over memory: compiled functions in the place of several NumPy calls."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import numpy as np

from cnn_core.layers import Clip, Conv2d, SiLU
from cnn_core.layers.base import Array
from cnn_core.runtime.compiled.loading import function
from cnn_core.runtime.compiled.passes import Pass, flat, of_whole_rows
from cnn_core.runtime.kernels.base import Call, Kernel, Site
from cnn_core.runtime.kernels.batch_norm import ScaleShift
from cnn_core.runtime.kernels.clip import ClipRows
from cnn_core.runtime.kernels.depthwise import Depthwise
from cnn_core.runtime.kernels.merge import MergeRows
from cnn_core.runtime.kernels.relu import ReluRows
from cnn_core.runtime.kernels.sigmoid import SigmoidRows
from cnn_core.runtime.kernels.windows import windows
from cnn_core.runtime.places import Strip, Tensor

__all__ = [
    "CompiledClip",
    "CompiledDepthwise",
    "CompiledGate",
    "CompiledRelu",
    "CompiledScaleShift",
    "CompiledSigmoid",
]


class _Compiled(Kernel):
    """What falls back on NumPy's calls where rows do not lie in one piece."""

    compiled: ClassVar[bool] = True
    exact: ClassVar[bool] = False


class CompiledSigmoid(_Compiled, SigmoidRows):
    """Sigmoid and SiLU in one pass, with an exponential that keeps to the registers."""

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One."""
        if not of_whole_rows(inputs[0], out):
            return super().calls(inputs, out, strip, scratch)
        return [Pass("silu" if isinstance(self.site.layer, SiLU) else "sigmoid", inputs[0], out)]


class CompiledGate(_Compiled, MergeRows):
    """Maps times a value for each channel: NumPy's inner loop would end after as many steps as channels."""

    @classmethod
    def fits(cls, site: Site) -> bool:
        """Maps and a gate, channels last."""
        return (
            super().fits(site)
            and len(site.inputs) == 2
            and site.inputs[0] == site.output
            and site.inputs[1][2:] == (1, 1) != site.output[2:]
            and site.order == "NHWC"
        )

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One."""
        x, gate = inputs
        if not of_whole_rows(x, out, gate):
            return super().calls(inputs, out, strip, scratch)
        steps = (step // out.itemsize for step in (*x.strides[:2], *out.strides[:2], gate.strides[0]))
        image, row, out_image, out_row, gate_image = steps
        maps = (flat(x), image, row, flat(out), out_image, out_row, flat(gate), gate_image)
        return [partial(function("gated"), *maps, *out.shape)]


class CompiledRelu(_Compiled, ReluRows):
    """ReLU, which alone wins nothing, but can be one pass with the batch norm before it."""

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One."""
        if not of_whole_rows(inputs[0], out):
            return super().calls(inputs, out, strip, scratch)
        return [Pass("within", inputs[0], out, np.float32(0), np.float32(np.inf))]


class CompiledClip(_Compiled, ClipRows):
    """Both bounds in one pass."""

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One."""
        layer = self.site.layer
        assert isinstance(layer, Clip)
        if not of_whole_rows(inputs[0], out):
            return super().calls(inputs, out, strip, scratch)
        least = -np.inf if layer.least is None else layer.least
        most = np.inf if layer.most is None else layer.most
        return [Pass("within", inputs[0], out, np.float32(least), np.float32(most))]


class CompiledScaleShift(_Compiled, ScaleShift):
    """Product and sum of batch norm in one pass."""

    def calls(self, inputs: tuple[Array, ...], out: Array, strip: Strip, scratch: Array) -> list[Call]:
        """One."""
        if not of_whole_rows(inputs[0], out) or out.shape[2:] != self.scale.shape:
            return super().calls(inputs, out, strip, scratch)
        return [Pass("scale_shift", inputs[0], out, self.scale.reshape(-1), self.shift.reshape(-1))]


class CompiledDepthwise(_Compiled, Depthwise):
    """A pixel's sums stay in the first-level cache until they are complete."""

    def __init__(self, site: Site) -> None:
        Kernel.__init__(self, site)
        weight = site.params["weight"]
        self.cells = np.ascontiguousarray(weight[:, 0].transpose(1, 2, 0)).reshape(-1)
        self.start = np.array(site.params.get("bias", np.zeros(len(weight), np.float32)))

    def bind(self, inputs: tuple[Tensor, ...], output: Tensor, strip: Strip, scratch: Array) -> list[Call]:
        """One call for the strip."""
        return [_Windows(self, inputs[0], output, strip)]


class _Windows:
    def __init__(self, kernel: CompiledDepthwise, x: Tensor, output: Tensor, strip: Strip) -> None:
        layer, out = kernel.site.layer, output.strip(strip)
        assert isinstance(layer, Conv2d)
        # what the windows read, by a view that is not read-only as theirs is
        first = windows(x, layer, strip, out.shape[2], "NYXIJC").ctypes.data - x.whole.ctypes.data
        image, row, column = (step // x.whole.itemsize for step in x.whole.strides[:3])
        self._function = function("depthwise")
        self._arguments = (
            *(flat(x.whole)[first // x.whole.itemsize :], image, row, column),
            *(flat(out), *(step // out.itemsize for step in out.strides[:3])),
            *(kernel.cells, kernel.start, *layer.kernel_size, *layer.stride, *layer.dilation),
            *out.shape,
        )

    def __call__(self) -> None:
        self._function(*self._arguments)
