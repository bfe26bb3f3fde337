"""A small network with a layer that waits to be let through, counts its runs, or fails."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from fastapi import FastAPI

from app.services.model_store import ModelStore
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Flatten, GlobalAvgPool2d, Input, ReLU, Softmax
from cnn_core.layers.base import Array, Forward, Params
from cnn_core.models import Card, Model
from cnn_core.preprocess import InputSpec
from tests.api.live import PATIENCE

LABELS = ("red", "green", "blue")


@dataclass
class Gate:
    """Closed until a test opens it."""

    opened: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    runs: int = 0
    error: Exception | None = None

    def open(self) -> None:
        self.opened.set()

    def wait_for_entry(self) -> None:
        assert self.entered.acquire(timeout=PATIENCE), "nobody came to the gate"


@dataclass(frozen=True)
class GatedReLU(ReLU):
    """ReLU behind a gate."""

    gate: Gate = field(default_factory=Gate)

    def forward(
        self, params: Params, *inputs: Array, training: bool = False, rng: np.random.Generator | None = None
    ) -> Forward:
        self.gate.runs += 1
        self.gate.entered.release()
        assert self.gate.opened.wait(PATIENCE), "the gate stayed closed"
        if self.gate.error is not None:
            raise self.gate.error
        return super().forward(params, *inputs, training=training, rng=rng)

    def config(self) -> dict[str, Any]:
        return {}


def model(gate: Gate, after: Gate | None = None) -> Model:
    """input -> before -> gated -> after -> pool -> flatten -> softmax, on 3x8x8."""
    open_gate = Gate()
    open_gate.open()
    layers = [
        ("input", Input(shape=(3, 8, 8))),
        ("before", ReLU()),
        ("gated", GatedReLU(gate=gate)),
        ("after", GatedReLU(gate=after or open_gate)),
        ("pool", GlobalAvgPool2d()),
        ("flatten", Flatten()),
        ("softmax", Softmax()),
    ]
    sources: list[tuple[str, ...]] = [(), *((name,) for name, _ in layers[:-1])]
    graph = Graph(Node(name, layer, source) for (name, layer), source in zip(layers, sources, strict=True))
    card = Card(
        title="Gated", architecture="", data="", licence="", command="", seed=0, epochs=0, validation=None
    )
    return Model("gated", "Gated", graph, {}, LABELS, InputSpec(3, 8, 8), card)


def install(gate: Gate, after: Gate | None = None) -> Any:
    """What ``served(prepare=...)`` takes to serve this model alone."""

    def prepare(app: FastAPI) -> None:
        services = app.state.services
        services.models = ModelStore(services.pool, ["gated"], lambda _: model(gate, after))

    return prepare
