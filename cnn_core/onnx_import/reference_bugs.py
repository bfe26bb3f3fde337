"""Where the reference evaluator of the onnx package is wrong, and what it is given instead: one table.

Every row was seen in the version it names. A test holds each of them against the evaluator that is installed,
so that a row goes when its bug does.
"""

from __future__ import annotations

from dataclasses import dataclass

from onnx.reference.op_run import OpRun

from cnn_core.onnx_import.reference_more import BatchNormalization, ConvTranspose, Pad, Resize, Upsample
from cnn_core.onnx_import.reference_ops import LRN, Conv, LogSoftmax, MaxPool, Softmax

__all__ = ["BUGS", "Bug", "operators"]


@dataclass(frozen=True, slots=True)
class Bug:
    """An operator that is wrong in operator sets from ``first`` up to ``last``; ``seen`` in this version."""

    instead: type[OpRun]
    first: int
    last: int
    seen: str
    what: str


_NEWEST = 10_000

BUGS: tuple[Bug, ...] = (
    Bug(Conv, 1, _NEWEST, "1.23", "takes gigabytes for one large map"),
    Bug(MaxPool, 1, _NEWEST, "1.23", "ceil mode with padding gives too large an output"),
    Bug(LRN, 1, _NEWEST, "1.23", "goes through the images where it should go through the channels"),
    Bug(Softmax, 1, 12, "1.23", "knows nothing of the axes taken together, nor of the axis 1 by default"),
    Bug(LogSoftmax, 1, 12, "1.23", "as Softmax"),
    Bug(BatchNormalization, 1, 13, "1.23", "mixes the batch's statistics in, or cannot be called"),
    Bug(Upsample, 1, 9, "1.23", "knows no linear mode, nor scales as an attribute"),
    Bug(Resize, 10, 10, "1.23", "expects the inputs of operator set 11"),
    Bug(ConvTranspose, 1, _NEWEST, "1.23", "groups with dilation, and output_shape, cannot be computed"),
    Bug(Pad, 1, _NEWEST, "1.23", "cannot take anything away"),
)
"""By operator; besides, it takes the nodes of a file in its order, which need not be one of computation."""


def operators(opset: int) -> list[type[OpRun]]:
    """What the evaluator is to use in place of its own, in this operator set."""
    return [bug.instead for bug in BUGS if bug.first <= opset <= bug.last]
