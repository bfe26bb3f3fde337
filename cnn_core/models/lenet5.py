"""LeNet-5: the network that read the digits on cheques.

Reference: LeCun, Bottou, Bengio and Haffner 1998, Gradient-based learning applied to document recognition,
section II.B and figure 2.
"""

from __future__ import annotations

from cnn_core.graph.graph import Graph
from cnn_core.layers import AvgPool2d, Conv2d, Dense, Flatten, Tanh
from cnn_core.models.base import register_model
from cnn_core.models.blocks import Builder
from cnn_core.preprocess import InputSpec

__all__ = ["lenet5"]

SPEC = InputSpec(channels=1, height=28, width=28)
LABELS = tuple("0123456789")


@register_model(
    "lenet5",
    title="LeNet-5",
    spec=SPEC,
    labels=LABELS,
    shows="The first of them, 1998: reads handwritten digits with tanh and average pooling.",
)
def lenet5(classes: int) -> Graph:
    """5x5 convolutions to 6, 16 and 120 maps, tanh, average pooling between; dense 84, dense, softmax.

    Sides: 28 -> 28 (padded by 2, the paper's 32x32 input) -> 14 -> 10 -> 5 -> 1. Simpler than the paper where
    later practice is: pooling has no trained scale, C3 reads all maps of S2, the output is a softmax.
    """
    net = Builder(SPEC)
    net.add("conv_1", Conv2d(1, 6, kernel_size=(5, 5), padding=(2, 2, 2, 2)))
    net.add("tanh_1", Tanh())
    net.add("avg_pool_1", AvgPool2d(kernel_size=(2, 2)))
    net.add("conv_2", Conv2d(6, 16, kernel_size=(5, 5)))
    net.add("tanh_2", Tanh())
    net.add("avg_pool_2", AvgPool2d(kernel_size=(2, 2)))
    net.add("conv_3", Conv2d(16, 120, kernel_size=(5, 5)))
    net.add("tanh_3", Tanh())
    net.add("flatten", Flatten())
    net.add("dense_1", Dense(in_features=120, out_features=84))
    net.add("tanh_4", Tanh())
    net.add("output", Dense(in_features=84, out_features=classes))
    return net.finish()
