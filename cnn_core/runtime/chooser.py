"""Which kernel computes which node: the first row that fits."""

from __future__ import annotations

from cnn_core.layers import (
    Add,
    BatchNorm2d,
    Clip,
    Concat,
    Conv2d,
    Dense,
    Flatten,
    GlobalAvgPool2d,
    MaxPool2d,
    Multiply,
    ReLU,
    Sigmoid,
    SiLU,
)
from cnn_core.layers.base import Layer
from cnn_core.runtime.compiled.loading import functions
from cnn_core.runtime.kernels.base import Kernel, Site
from cnn_core.runtime.kernels.batch_norm import ScaleShift
from cnn_core.runtime.kernels.clip import ClipRows
from cnn_core.runtime.kernels.compiled import (
    CompiledClip,
    CompiledDepthwise,
    CompiledGate,
    CompiledRelu,
    CompiledScaleShift,
    CompiledSigmoid,
)
from cnn_core.runtime.kernels.conv_1x1 import Conv1x1
from cnn_core.runtime.kernels.conv_columns import ConvColumns
from cnn_core.runtime.kernels.conv_exact import ConvExact
from cnn_core.runtime.kernels.conv_filters import ConvFilters
from cnn_core.runtime.kernels.conv_planes import ConvPlanes
from cnn_core.runtime.kernels.conv_rows import ConvRows
from cnn_core.runtime.kernels.copy import ConcatCopy, FlattenCopy
from cnn_core.runtime.kernels.dense import DenseOutputs
from cnn_core.runtime.kernels.depthwise import Depthwise
from cnn_core.runtime.kernels.global_mean import GlobalMean
from cnn_core.runtime.kernels.global_mean_sorted import GlobalMeanSorted
from cnn_core.runtime.kernels.max_pool import MaxPoolRows, MaxPoolStacked
from cnn_core.runtime.kernels.merge import MergeRows
from cnn_core.runtime.kernels.plain import Plain
from cnn_core.runtime.kernels.relu import ReluRows
from cnn_core.runtime.kernels.sigmoid import SigmoidRows
from cnn_core.runtime.kernels.winograd import WinogradF2, WinogradF4

__all__ = ["ROWS", "choose"]

ROWS: tuple[tuple[type[Layer], type[Kernel]], ...] = (
    (Conv2d, CompiledDepthwise),
    (Conv2d, Depthwise),
    (Conv2d, ConvPlanes),
    (Conv2d, Conv1x1),
    (Conv2d, WinogradF4),
    (Conv2d, WinogradF2),
    (Conv2d, ConvFilters),
    (Conv2d, ConvColumns),
    (Conv2d, ConvRows),
    (Conv2d, ConvExact),
    (BatchNorm2d, CompiledScaleShift),
    (BatchNorm2d, ScaleShift),
    (ReLU, CompiledRelu),
    (ReLU, ReluRows),
    (Clip, CompiledClip),
    (Clip, ClipRows),
    (Sigmoid, CompiledSigmoid),
    (Sigmoid, SigmoidRows),
    (SiLU, CompiledSigmoid),
    (SiLU, SigmoidRows),
    (Add, MergeRows),
    (Multiply, CompiledGate),
    (Multiply, MergeRows),
    (MaxPool2d, MaxPoolStacked),
    (MaxPool2d, MaxPoolRows),
    (GlobalAvgPool2d, GlobalMean),
    (GlobalAvgPool2d, GlobalMeanSorted),
    (Concat, ConcatCopy),
    (Flatten, FlattenCopy),
    (Dense, DenseOutputs),
)


def choose(site: Site, *, exact: bool = False, winograd: bool = False, compiled: bool = True) -> Kernel:
    """The kernel for a node; the plain operator where none fits.

    Args:
        exact: only kernels that give every place of a map the same sums in the same order.
        winograd: also kernels that round more than the plain operator.
        compiled: also kernels of compiled functions, once these are loaded.
    """
    compiled = compiled and functions() is not None
    for layer, kernel in ROWS:
        allowed = kernel.exact if exact else winograd or not kernel.approximate
        allowed = allowed and (compiled or not kernel.compiled)
        if allowed and type(site.layer) is layer and kernel.fits(site):
            return kernel(site)
    return Plain(site)
