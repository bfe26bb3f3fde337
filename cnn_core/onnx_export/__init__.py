"""Networks of this package as ONNX files, for every other program that reads them."""

from cnn_core.onnx_export.model import OPSET, export_model

__all__ = ["OPSET", "export_model"]
