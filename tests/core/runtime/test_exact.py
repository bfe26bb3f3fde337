"""The exact mode gives the shift lab's own bits, and moves with its input."""

import re
from pathlib import Path

import numpy as np
import pytest

from cnn_core.equivariance import Lab
from cnn_core.graph import Graph, Node
from cnn_core.layers import Conv2d, GlobalAvgPool2d, Input, MaxPool2d, ReLU
from cnn_core.models import MODELS
from cnn_core.runtime import compile_plan
from cnn_core.runtime.chooser import ROWS
from tests.core.runtime.test_plan import image, outputs, parameters_of

TOLD = re.compile(r"^\| `(\w+)` \| ([\d.e-]+) \| (yes|no) \|$", re.MULTILINE)


@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.seed is None])
def test_every_model_has_the_bits_of_the_shift_lab(name):
    graph = MODELS[name].build(5)
    parameters, x = parameters_of(graph), image(graph)
    lab = Lab(graph, parameters)
    baseline = lab.baseline(x)
    found = outputs(compile_plan(graph, parameters, x.shape, exact=True), x)
    assert lab.nodes
    for node in lab.nodes:
        assert np.array_equal(baseline.maps(node), found[node][0]), node


@pytest.mark.parametrize("moved", [1, 2, 5])
def test_a_map_that_is_moved_with_its_zeros_keeps_every_bit_and_its_mean(moved):
    nodes = [
        Node("input", Input(shape=(3, 40, 39))),
        Node("conv", Conv2d(3, 21, (3, 3), padding=(1, 1, 1, 1), bias=False), ("input",)),
        Node("relu", ReLU(), ("conv",)),
        Node("pool", MaxPool2d((2, 2), (1, 1)), ("relu",)),
        Node("mean", GlobalAvgPool2d(), ("pool",)),
    ]
    graph = Graph(nodes)
    parameters, x = parameters_of(graph), image(graph)
    x[:, :, :10], x[:, :, 30:], x[:, :, :, :10], x[:, :, :, 29:] = 0, 0, 0, 0
    plan = compile_plan(graph, parameters, x.shape, exact=True)
    before, after = outputs(plan, x), outputs(plan, np.roll(x, (moved, -moved), (2, 3)))
    for name in ("conv", "relu", "pool"):
        assert np.array_equal(after[name], np.roll(before[name], (moved, -moved), (2, 3))), name
    assert np.array_equal(after["mean"], before["mean"])


def test_the_document_tells_every_kernels_error():
    text = (Path(__file__).resolve().parents[3] / "docs" / "performance.md").read_text()
    told = {name: (float(error), same == "yes") for name, error, same in TOLD.findall(text)}
    assert told == {kernel.__name__: (kernel.error, kernel.exact) for _, kernel in ROWS}
