"""Every layer kind; importing this fills ``LAYERS``."""

from cnn_core.layers.activation import HardSwish, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Tanh
from cnn_core.layers.base import LAYERS, Layer, layer_from_config, register_layer
from cnn_core.layers.blur import BlurPool2d
from cnn_core.layers.conv import Conv2d
from cnn_core.layers.dense import Dense, Dropout, Flatten
from cnn_core.layers.input import Input
from cnn_core.layers.merge import Add, Concat, Multiply
from cnn_core.layers.norm import BatchNorm2d
from cnn_core.layers.pool import AvgPool2d, GlobalAvgPool2d, MaxPool2d

__all__ = [
    "LAYERS",
    "Add",
    "AvgPool2d",
    "BatchNorm2d",
    "BlurPool2d",
    "Concat",
    "Conv2d",
    "Dense",
    "Dropout",
    "Flatten",
    "GlobalAvgPool2d",
    "HardSwish",
    "Input",
    "Layer",
    "LeakyReLU",
    "MaxPool2d",
    "Multiply",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Tanh",
    "layer_from_config",
    "register_layer",
]
