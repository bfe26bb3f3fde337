"""Networks of other programs, from ONNX files: read within limits, translated, compared.

The onnx package takes a moment to load, so it is loaded with the first name that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_core.onnx_import.limits import Limits

if TYPE_CHECKING:
    from cnn_core.onnx_import.build import ImportedModel, import_model
    from cnn_core.onnx_import.summary import inspect_model

__all__ = ["ImportedModel", "Limits", "import_model", "inspect_model"]


def __getattr__(name: str) -> Any:
    """What needs the onnx package."""
    if name in ("ImportedModel", "import_model"):
        from cnn_core.onnx_import import build

        return getattr(build, name)
    if name == "inspect_model":
        from cnn_core.onnx_import.summary import inspect_model

        return inspect_model
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
