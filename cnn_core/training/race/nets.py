"""Who takes part: a convolutional and a fully connected network of one size, also on shuffled pixels."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.errors import BadRecipe
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import Conv2d, Dense, Flatten, GlobalAvgPool2d, Input, MaxPool2d, ReLU, Softmax
from cnn_core.layers.base import Layer, Shape

__all__ = ["RUNNERS", "Runner", "build_net", "find_runner"]


@dataclass(frozen=True, slots=True)
class Runner:
    """One network of the race: ``kind`` is ``cnn`` or ``mlp``; ``shuffled`` ones see permuted pixels."""

    id: str
    title: str
    kind: str
    shuffled: bool


RUNNERS = (
    Runner("cnn", "CNN", "cnn", False),
    Runner("mlp", "MLP", "mlp", False),
    Runner("cnn-shuffled", "CNN, pixels shuffled", "cnn", True),
    Runner("mlp-shuffled", "MLP, pixels shuffled", "mlp", True),
)

LEAST_SIDE = 18
"""A smaller picture leaves the third convolution no place."""


def find_runner(name: str) -> Runner:
    """The runner of that id.

    Raises:
        BadRecipe: there is none; the message lists those there are.
    """
    for runner in RUNNERS:
        if runner.id == name:
            return runner
    raise BadRecipe(f"race: no net {name!r}; nets: {', '.join(runner.id for runner in RUNNERS)}")


def build_net(kind: str, shape: Shape, classes: int) -> Graph:
    """The network of a kind for pictures ``(C, H, W)``.

    The fully connected one has one hidden layer, as wide as makes it most nearly as large as the other.

    >>> [build_net(kind, (1, 28, 28), 10).total_cost().parameters for kind in ("cnn", "mlp")]
    [6346, 6370]

    Raises:
        BadRecipe: pictures too small for the convolutions.
    """
    if min(shape[1:]) < LEAST_SIDE:
        raise BadRecipe(f"race: pictures must be at least {LEAST_SIDE} pixels high and wide, got {shape[1:]}")
    layers = _digit_cnn if shape[0] == 1 else _photo_cnn
    convolutional = _chain(shape, layers(shape[0], classes))
    if kind == "cnn":
        return convolutional
    values = shape[0] * shape[1] * shape[2]
    # hidden * (values + 1) weights and biases lead in, hidden * classes + classes lead out
    hidden = round((convolutional.total_cost().parameters - classes) / (values + 1 + classes))
    return _chain(shape, _mlp(values, max(2, hidden), classes))


def _digit_cnn(channels: int, classes: int) -> list[tuple[str, Layer]]:
    return [
        ("conv_1", Conv2d(channels, 8, (5, 5))),
        ("relu_1", ReLU()),
        ("pool_1", MaxPool2d((2, 2))),
        ("conv_2", Conv2d(8, 16, (3, 3))),
        ("relu_2", ReLU()),
        ("pool_2", MaxPool2d((2, 2))),
        ("conv_3", Conv2d(16, 32, (3, 3))),
        ("relu_3", ReLU()),
        ("global_pool", GlobalAvgPool2d()),
        ("flatten", Flatten()),
        ("output", Dense(32, classes)),
    ]


def _photo_cnn(channels: int, classes: int) -> list[tuple[str, Layer]]:
    """A first kernel that is large enough to show an edge or a blob of colour."""
    return [
        ("conv_1", Conv2d(channels, 16, (7, 7), stride=(2, 2), padding=(3, 3, 3, 3))),
        ("relu_1", ReLU()),
        ("conv_2", Conv2d(16, 32, (3, 3), padding=(1, 1, 1, 1))),
        ("relu_2", ReLU()),
        ("pool_2", MaxPool2d((2, 2))),
        ("conv_3", Conv2d(32, 64, (3, 3), padding=(1, 1, 1, 1))),
        ("relu_3", ReLU()),
        ("global_pool", GlobalAvgPool2d()),
        ("flatten", Flatten()),
        ("output", Dense(64, classes)),
    ]


def _mlp(values: int, hidden: int, classes: int) -> list[tuple[str, Layer]]:
    return [
        ("flatten", Flatten()),
        ("dense_1", Dense(values, hidden)),
        ("relu_1", ReLU()),
        ("output", Dense(hidden, classes)),
    ]


def _chain(shape: Shape, layers: list[tuple[str, Layer]]) -> Graph:
    nodes, last = [Node("input", Input(shape=shape), ())], "input"
    for name, layer in [*layers, ("softmax", Softmax())]:
        nodes.append(Node(name, layer, (last,)))
        last = name
    return Graph(nodes)
