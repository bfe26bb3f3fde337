"""One table: an ONNX operator, and how it becomes layers.

Reference: ONNX operator schemas, https://onnx.ai/onnx/operators/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnn_core.onnx_import.operators.arithmetic import ARITHMETIC
from cnn_core.onnx_import.operators.deciding import DECIDING
from cnn_core.onnx_import.operators.einsum import EINSUM
from cnn_core.onnx_import.operators.foreign import FOREIGN
from cnn_core.onnx_import.operators.matrix import MATRIX
from cnn_core.onnx_import.operators.normalize import NORMALIZE
from cnn_core.onnx_import.operators.ordering import ORDERING
from cnn_core.onnx_import.operators.picking import PICKING
from cnn_core.onnx_import.operators.pointwise import POINTWISE
from cnn_core.onnx_import.operators.quantised import QUANTISED
from cnn_core.onnx_import.operators.reducing import REDUCING
from cnn_core.onnx_import.operators.resize import RESIZE
from cnn_core.onnx_import.operators.scattered import SCATTERED
from cnn_core.onnx_import.operators.shaping import SHAPING
from cnn_core.onnx_import.operators.windows import WINDOWS
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.values import Value

__all__ = ["OPERATORS"]

OPERATORS: Mapping[str, Callable[[Step], Value | tuple[Value, ...]]] = {
    **ARITHMETIC,
    **DECIDING,
    **EINSUM,
    **FOREIGN,
    **MATRIX,
    **NORMALIZE,
    **ORDERING,
    **PICKING,
    **POINTWISE,
    **QUANTISED,
    **REDUCING,
    **RESIZE,
    **SCATTERED,
    **SHAPING,
    **WINDOWS,
}
"""By operator, those of other domains with its name: from its inputs to its output, or outputs."""
