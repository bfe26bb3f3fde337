"""Networks of other programs, from ONNX files: read within limits, translated, compared."""

from cnn_core.onnx_import.build import ImportedModel, import_model
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.summary import inspect_model

__all__ = ["ImportedModel", "Limits", "import_model", "inspect_model"]
