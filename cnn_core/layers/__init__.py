"""Every layer kind; importing this fills ``LAYERS``."""

from cnn_core.layers.activation import HardSwish, LeakyReLU, ReLU, Sigmoid, SiLU, Softmax, Tanh
from cnn_core.layers.angles import (
    Acos,
    Acosh,
    Asin,
    Asinh,
    Atan,
    Atanh,
    Cos,
    Cosh,
    Sin,
    Sinh,
    Tan,
)
from cnn_core.layers.arithmetic import Divide, Maximum, Minimum, Subtract
from cnn_core.layers.base import LAYERS, Layer, layer_from_config, register_layer
from cnn_core.layers.blur import BlurPool2d
from cnn_core.layers.constant import (
    AddConstant,
    ConstantMinus,
    ConstantOver,
    DivideByConstant,
    MaxConstant,
    MinConstant,
    MultiplyConstant,
    PowerByConstant,
    PRelu,
)
from cnn_core.layers.conv import Conv2d
from cnn_core.layers.conv_transpose import ConvTranspose2d
from cnn_core.layers.dense import Dense, Dropout, Flatten
from cnn_core.layers.fixed import Fixed
from cnn_core.layers.functions import (
    Abs,
    Clip,
    Elu,
    Exp,
    HardSigmoid,
    Log,
    LogSoftmax,
    Power,
    Softplus,
    Sqrt,
)
from cnn_core.layers.input import Input
from cnn_core.layers.layer_norm import GroupNorm2d, InstanceNorm2d, LayerNorm
from cnn_core.layers.local_response import LocalResponseNorm
from cnn_core.layers.merge import Add, Concat, Multiply
from cnn_core.layers.norm import BatchNorm2d
from cnn_core.layers.order import TopK
from cnn_core.layers.pick import Gather, Pad, Repeat, Slice
from cnn_core.layers.piecewise import (
    Above,
    Ceil,
    Celu,
    Floor,
    Round,
    Selu,
    Shrink,
    Sign,
    Softsign,
    ThresholdedRelu,
    Truncate,
)
from cnn_core.layers.pool import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from cnn_core.layers.product import Choose, Product
from cnn_core.layers.quantised import Levels
from cnn_core.layers.rearrange import Rearrange
from cnn_core.layers.reduce import ReduceMax, ReduceMean, ReduceMin, ReduceProd, ReduceSum
from cnn_core.layers.resize import Resize2d
from cnn_core.layers.smooth import Erf, Gelu, GeluTanh, Mish, Swish

__all__ = [
    "LAYERS",
    "Above",
    "Abs",
    "Acos",
    "Acosh",
    "Add",
    "AddConstant",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "AvgPool2d",
    "BatchNorm2d",
    "BlurPool2d",
    "Ceil",
    "Celu",
    "Choose",
    "Clip",
    "Concat",
    "ConstantMinus",
    "ConstantOver",
    "Conv2d",
    "ConvTranspose2d",
    "Cos",
    "Cosh",
    "Dense",
    "Divide",
    "DivideByConstant",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Fixed",
    "Flatten",
    "Floor",
    "Gather",
    "Gelu",
    "GeluTanh",
    "GlobalAvgPool2d",
    "GroupNorm2d",
    "HardSigmoid",
    "HardSwish",
    "Input",
    "InstanceNorm2d",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "Levels",
    "LocalResponseNorm",
    "Log",
    "LogSoftmax",
    "MaxConstant",
    "MaxPool2d",
    "Maximum",
    "MinConstant",
    "Minimum",
    "Mish",
    "Multiply",
    "MultiplyConstant",
    "PRelu",
    "Pad",
    "Power",
    "PowerByConstant",
    "Product",
    "ReLU",
    "Rearrange",
    "ReduceMax",
    "ReduceMean",
    "ReduceMin",
    "ReduceProd",
    "ReduceSum",
    "Repeat",
    "Resize2d",
    "Round",
    "Selu",
    "Shrink",
    "SiLU",
    "Sigmoid",
    "Sign",
    "Sin",
    "Sinh",
    "Slice",
    "Softmax",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Subtract",
    "Swish",
    "Tan",
    "Tanh",
    "ThresholdedRelu",
    "TopK",
    "Truncate",
    "layer_from_config",
    "register_layer",
]
