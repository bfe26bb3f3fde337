"""Small networks served in place of the real ones: one with a layer of every kind, one that overflows."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from fastapi import FastAPI

from app.services.model_store import ModelStore
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import (
    Add,
    AvgPool2d,
    BatchNorm2d,
    BlurPool2d,
    Concat,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    HardSwish,
    Input,
    LeakyReLU,
    MaxPool2d,
    Multiply,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from cnn_core.models import Card, Model
from cnn_core.preprocess import InputSpec

LABELS = ("red", "green", "blue")


def every_kind() -> Model:
    """Strided, padded, dilated, depthwise and 1x1 convolutions, and every other layer, on 3x12x11."""
    graph = Graph(
        [
            Node("input", Input(shape=(3, 12, 11))),
            Node("stem", Conv2d(3, 4, (3, 3), stride=(2, 1), padding=(1, 1, 1, 0)), ("input",)),
            Node("norm", BatchNorm2d(4), ("stem",)),
            Node("relu", ReLU(), ("norm",)),
            Node("depthwise", Conv2d(4, 4, (3, 3), (1, 1), (2, 2, 2, 2), (2, 2), groups=4), ("relu",)),
            Node("leaky", LeakyReLU(0.2), ("depthwise",)),
            Node("skip", Add(), ("relu", "leaky")),
            Node("narrow", Conv2d(4, 2, (1, 1), groups=2, bias=False), ("skip",)),
            Node("silu", SiLU(), ("narrow",)),
            Node("max_pool", MaxPool2d((3, 3), stride=(1, 1), padding=(1, 1, 1, 1)), ("leaky",)),
            Node("blur_pool", BlurPool2d(3, stride=1), ("silu",)),
            Node("fork", Concat(), ("blur_pool", "max_pool")),
            Node("squeeze", GlobalAvgPool2d(), ("fork",)),
            Node("excite", Conv2d(6, 6, (1, 1)), ("squeeze",)),
            Node("gate", Sigmoid(), ("excite",)),
            Node("gated", Multiply(), ("fork", "gate")),
            Node("hard_swish", HardSwish(), ("gated",)),
            Node("avg_pool", AvgPool2d((3, 2), (2, 2), (1, 0, 1, 1), ceil_mode=True), ("hard_swish",)),
            Node("shares", Softmax(axis=1), ("avg_pool",)),
            Node("flatten", Flatten(), ("shares",)),
            Node("dropout", Dropout(), ("flatten",)),
            Node("hidden", Dense(6 * 4 * 5, 5), ("dropout",)),
            Node("tanh", Tanh(), ("hidden",)),
            Node("hidden_relu", ReLU(), ("tanh",)),
            Node("output", Dense(5, 3), ("hidden_relu",)),
            Node("softmax", Softmax(), ("output",)),
        ]
    )
    rng = np.random.default_rng(11)
    drawn = {name: value + rng.normal(0, 0.3, value.shape) for name, value in graph.init(rng).items()}
    drawn["norm.running_var"] = rng.uniform(0.5, 2, 4)
    return _model("every_kind", graph, {name: value.astype(np.float32) for name, value in drawn.items()})


def infinite() -> Model:
    """A pool whose dilated window straddles a map too small for it: every cell is padding."""
    graph = Graph(
        [
            Node("input", Input(shape=(3, 2, 2))),
            Node("pool", MaxPool2d((2, 2), padding=(1, 1, 1, 1), dilation=(3, 3)), ("input",)),
            Node("flatten", Flatten(), ("pool",)),
        ]
    )
    return _model("infinite", graph, {})


def install(*models: Model) -> Callable[[FastAPI], None]:
    """What ``served(prepare=...)`` takes to serve these models alone."""
    named = {model.name: model for model in models}

    def prepare(app: FastAPI) -> None:
        services = app.state.services
        services.models = ModelStore(services.pool, list(named), named.__getitem__)

    return prepare


def _model(name: str, graph: Graph, parameters: dict[str, np.ndarray]) -> Model:
    card = Card(name, architecture="", data="", licence="", command="", seed=0, epochs=0)
    channels, height, width = graph.shapes["input"][1:]
    return Model(name, name.title(), graph, parameters, LABELS, InputSpec(channels, height, width), card)
