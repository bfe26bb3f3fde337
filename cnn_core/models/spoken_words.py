"""Spoken words: a network that listens, by looking at the log-mel spectrogram of a second of sound.

Reference: Sainath and Parada 2015, 'Convolutional neural networks for small-footprint keyword spotting', for
convolutions over time and pitch; Warden 2018, 'Speech Commands', arXiv:1804.03209, for the words.
"""

from __future__ import annotations

from cnn_core.graph.graph import Graph
from cnn_core.layers import MaxPool2d
from cnn_core.models.base import register_model
from cnn_core.models.blocks import Builder
from cnn_core.preprocess import InputSpec

__all__ = ["spoken_words"]

SPEC = InputSpec(channels=1, height=64, width=96, mean=(35 / 110,), std=(25 / 110,), takes="sound")
"""64 bands of pitch, 96 frames of 10 ms; a byte of the spectrogram becomes ``(decibels + 75) / 25``."""

LABELS = ("down", "go", "left", "no", "off", "on", "right", "stop", "up", "yes")


@register_model(
    "spoken_words",
    title="Spoken words",
    spec=SPEC,
    labels=LABELS,
    shows="Hears ten words: a second of sound is a picture too, of pitch over time.",
)
def spoken_words(classes: int) -> Graph:
    """Convolution 5x5 with stride 2, four of 3x3, max pool 2 after the second and fourth, means, dense.

    Each has a batch norm and ReLU. Sides: 64x96 -> 32x48 -> 16x24 -> 8x12.
    With ten classes 100,578 parameters.
    """
    net = Builder(SPEC)
    net.conv_act("conv_1", 24, 5, stride=2)
    net.conv_act("conv_2", 24, 3)
    net.add("max_pool_1", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)))
    net.conv_act("conv_3", 48, 3)
    net.conv_act("conv_4", 64, 3)
    net.add("max_pool_2", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)))
    net.conv_act("conv_5", 96, 3)
    return net.classify(classes)
