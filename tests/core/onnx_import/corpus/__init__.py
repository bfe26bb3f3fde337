"""Small networks in the ways in which exporters write them: one of each kind, all made here."""

from tests.core.onnx_import.corpus import axes, exported, inputs, operators, quantised, structure
from tests.core.onnx_import.corpus.making import OPENS

__all__ = ["OPENS", "axes", "exported", "inputs", "operators", "quantised", "structure"]
