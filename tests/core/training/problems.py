"""Small pictures and networks for tests of training."""

from __future__ import annotations

import io
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image

from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import BatchNorm2d, Conv2d, Dense, Dropout, Flatten, Input, MaxPool2d, ReLU, Softmax
from cnn_core.preprocess import InputSpec
from cnn_core.training.datasets import Dataset

SPEC = InputSpec(channels=3, height=8, width=8)


def png(colour: tuple[int, int, int], size: tuple[int, int] = (8, 8)) -> bytes:
    """A picture of one colour, as a file; size is (width, height)."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def write_classes(root: Path, counts: dict[str, int], size: tuple[int, int] = (8, 8)) -> Path:
    """Class folders of so many pictures each; every picture has a colour of its own."""
    for row, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True)
        for i in range(count):
            (root / name / f"{name}_{i:02d}.png").write_bytes(png((60 * row, 5 * i, 100), size))
    return root


def stripes(count: int = 60, seed: int = 0) -> Dataset:
    """Horizontal against vertical stripes, with noise: no single pixel tells them apart."""
    rng = np.random.default_rng(seed)
    labels = np.arange(count) % 2
    waves = np.sin(np.arange(8)[None] * 2 + rng.uniform(0, 6, (count, 1)))
    images = np.where(labels[:, None, None] == 0, waves[:, :, None], waves[:, None, :])
    noisy = 128 + 80 * images[..., None] + rng.normal(0, 15, (count, 8, 8, 3))
    names = tuple(f"{'hv'[label]}/{i:03d}" for i, label in enumerate(labels))
    return Dataset(noisy.clip(0, 255).astype(np.uint8), labels, ("h", "v"), names)


def small_network(classes: int = 2) -> Graph:
    """Convolution, rectifier, pooling, dense."""
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("conv", Conv2d(in_channels=3, out_channels=4, kernel_size=(3, 3)), ("input",)),
            Node("relu", ReLU(), ("conv",)),
            Node("pool", MaxPool2d(kernel_size=(2, 2), stride=(2, 2)), ("relu",)),
            Node("flatten", Flatten(), ("pool",)),
            Node("output", Dense(in_features=36, out_features=classes), ("flatten",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )


def normed_network() -> Graph:
    """The same with a batch norm and a dropout: tracked parameters and random draws."""
    return Graph(
        [
            Node("input", Input(shape=(3, 8, 8))),
            Node("conv", Conv2d(in_channels=3, out_channels=4, kernel_size=(3, 3)), ("input",)),
            Node("norm", BatchNorm2d(channels=4), ("conv",)),
            Node("relu", ReLU(), ("norm",)),
            Node("flatten", Flatten(), ("relu",)),
            Node("dropout", Dropout(probability=0.25), ("flatten",)),
            Node("output", Dense(in_features=144, out_features=2), ("dropout",)),
        ]
    )


def deep_network() -> Graph:
    """Three dense layers, whose scores are products of their weights."""
    sizes, nodes = (
        (192, 4, 4, 2),
        [Node("input", Input(shape=(3, 8, 8))), Node("flatten", Flatten(), ("input",))],
    )
    for number, (count, made) in enumerate(pairwise(sizes)):
        nodes.append(Node(f"dense_{number}", Dense(in_features=count, out_features=made), (nodes[-1].name,)))
    return Graph(nodes)
