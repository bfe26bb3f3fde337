"""Convolutional networks in NumPy that keep and explain every number.

>>> import numpy as np
>>> from cnn_core import load_model, trace
>>> model = load_model("tiny_vgg")
>>> result = trace(model, np.zeros((64, 64, 3), np.uint8))
>>> result["conv_1_1"].output.shape
(1, 10, 62, 62)
"""

from cnn_core.errors import (
    BadDataset,
    BadInput,
    BadModelFile,
    CnnError,
    GraphError,
    ShapeError,
    TrainingFailed,
    UnknownModel,
    UnsupportedOperator,
)
from cnn_core.graph import Graph, Node, Trace, backward, explain, field_box, forward, receptive_field
from cnn_core.models import Card, ImageTrace, Model, load_model, model_names, trace
from cnn_core.preprocess import Crop, InputSpec, read_image, to_tensor

__all__ = [
    "BadDataset",
    "BadInput",
    "BadModelFile",
    "Card",
    "CnnError",
    "Crop",
    "Graph",
    "GraphError",
    "ImageTrace",
    "InputSpec",
    "Model",
    "Node",
    "ShapeError",
    "Trace",
    "TrainingFailed",
    "UnknownModel",
    "UnsupportedOperator",
    "backward",
    "explain",
    "field_box",
    "forward",
    "load_model",
    "model_names",
    "read_image",
    "receptive_field",
    "to_tensor",
    "trace",
]
