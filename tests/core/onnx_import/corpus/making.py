"""Small networks in the ways in which exporters write them: one of each kind, all made here."""

from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.core.onnx_import.files import model, node, weights

OPENS: dict[str, Callable[[], ModelProto]] = {}
"""Networks that open and are verified in every layer."""


def opens(made: Callable[[], ModelProto]) -> Callable[[], ModelProto]:
    OPENS[made.__name__] = made
    return made


def floats(name: str, values: Any) -> TensorProto:
    return numpy_helper.from_array(np.asarray(values, np.float32), name)


def behind_a_convolution(nodes: Any, initializers: Any = (), **options: Any) -> ModelProto:
    """Operators that read c (1, 4, 6, 6), a convolution of the picture."""
    first = node("Conv", "x w", "c")
    return model([first, *nodes], [weights("w", 4, 3, 3, 3), *initializers], **options)


def domains(made: ModelProto, *names: str) -> ModelProto:
    made.opset_import.extend(helper.make_opsetid(name, 1) for name in names)
    return made
