"""Compiled plans: the same numbers as the plain operators, in memory that nobody else is reading."""

import gc
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from cnn_core.errors import BadInput, GraphError, ShapeError
from cnn_core.graph import Graph, Node, Trace, backward, forward
from cnn_core.layers import (
    LAYERS,
    Add,
    Choose,
    Concat,
    Conv2d,
    Dense,
    Divide,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Input,
    Maximum,
    MaxPool2d,
    Minimum,
    Multiply,
    Product,
    ReLU,
    Sigmoid,
    Subtract,
    Tanh,
)
from cnn_core.models import MODELS
from cnn_core.runtime import compile_plan, stages
from cnn_core.runtime.chooser import choose
from cnn_core.runtime.kernels.plain import Plain
from tests.core.layers.cases import build, every_example

MODES = ({}, {"winograd": True}, {"exact": True})
in_every_mode = pytest.mark.parametrize("mode", MODES, ids=["usual", "winograd", "exact"])


OF_SEVERAL_INPUTS = (
    *(Add(), Multiply(), Concat(), Subtract(), Divide(), Maximum(), Minimum()),
    *(Product(), Choose()),
)


def parameters_of(graph, seed=0):
    """Drawn parameters, running statistics and biases included."""
    rng = np.random.default_rng(seed)
    found = graph.init(rng)
    for name, value in found.items():
        if name.endswith("running_var"):
            found[name] = rng.uniform(0.5, 1.5, value.shape).astype(np.float32)
        elif value.ndim == 1 and not name.endswith("weight"):
            found[name] = rng.standard_normal(value.shape).astype(np.float32)
    return found


def image(graph, batch=1, seed=1):
    shape = (batch, *graph.shapes[graph.inputs[0].name][1:])
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def outputs(plan, x):
    return {record.node.name: record.output for record in plan.records(x)}


def check(graph, parameters, x, tolerance=2e-5, **mode):
    """Twice, since the second run finds the memory of the first."""
    wanted = {record.node.name: record.output for record in forward(graph, parameters, x)}
    plan = compile_plan(graph, parameters, x.shape, **mode)
    for _ in range(2):
        records = list(plan.records(x))
        assert [record.node for record in records] == list(graph)
        for record in records:
            other = wanted[record.node.name]
            assert record.output.shape == other.shape
            scale = np.abs(other).max() + 1e-30
            np.testing.assert_allclose(record.output / scale, other / scale, atol=tolerance, rtol=0)
    return plan


def small(*layers, shape=(3, 12, 10)):
    """Input, then one layer after another."""
    nodes = [Node("input", Input(shape=shape))]
    for number, layer in enumerate(layers):
        nodes.append(Node(f"{layer.kind}_{number}", layer, (nodes[-1].name,)))
    return Graph(nodes)


@in_every_mode
@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("name", [name for name, model in MODELS.items() if model.seed is None])
def test_every_model_gives_the_numbers_of_the_plain_operators(name, batch, mode):
    graph = MODELS[name].build(5)
    check(graph, parameters_of(graph), image(graph, batch), **mode)


@in_every_mode
@every_example
def test_every_layer_runs_in_a_plan(example, mode):
    case = build(example).as_type(np.float32)
    if not example.inputs:
        graph = Graph([Node("input", example.layer)])
    elif len(example.inputs) > 1:
        return
    else:
        first = Node("input", Input(shape=example.inputs[0][1:]))
        graph = Graph([first, Node("layer", example.layer, ("input",))])
    parameters = {f"layer.{name}": value for name, value in case.params.items()}
    check(graph, parameters, case.inputs[0], **mode)


@in_every_mode
@pytest.mark.parametrize("layer", OF_SEVERAL_INPUTS, ids=lambda layer: layer.kind)
def test_every_layer_of_several_inputs_runs_in_a_plan(layer, mode):
    first = Node("input", Input(shape=(3, 12, 12)))
    branches = {"gate": ReLU(), "left": Tanh(), "right": Sigmoid()}
    read = tuple(branches) if isinstance(layer, Choose) else ("left", "right")
    nodes = [Node(name, branches[name], ("input",)) for name in read]
    graph = Graph([first, *nodes, Node("layer", layer, read)])
    check(graph, {}, image(graph, 2), **mode)


def test_every_kind_of_layer_is_in_one_of_the_two_above():
    several = {kind for kind, layer in LAYERS.items() if all(len(e.inputs) > 1 for e in layer.examples())}
    assert several == {layer.kind for layer in OF_SEVERAL_INPUTS}


@in_every_mode
def test_branches_shortcuts_gates_and_concatenations(mode):
    pad = (1, 1, 1, 1)
    nodes = [
        Node("input", Input(shape=(3, 13, 11))),
        Node("stem", Conv2d(3, 24, (3, 3), (2, 2), pad), ("input",)),
        Node("relu", ReLU(), ("stem",)),
        Node("left", Conv2d(24, 20, (1, 1)), ("relu",)),
        Node("right", Conv2d(24, 28, (3, 3), padding=pad), ("relu",)),
        Node("right_relu", ReLU(), ("right",)),
        Node("joined", Concat(), ("left", "right_relu", "relu")),
        Node("again", Concat(), ("right_relu", "left")),
        Node("twice", Concat(), ("again", "again")),
        Node("dropout", Dropout(), ("joined",)),
        Node("wide", Conv2d(72, 24, (3, 3), padding=pad), ("dropout",)),
        Node("sum", Add(), ("wide", "relu")),
        Node("pool", MaxPool2d((2, 2)), ("sum",)),
        Node("mean", GlobalAvgPool2d(), ("pool",)),
        Node("narrow", Conv2d(24, 24, (1, 1)), ("mean",)),
        Node("gate", Sigmoid(), ("narrow",)),
        Node("scaled", Multiply(), ("pool", "gate")),
        Node("depthwise", Conv2d(24, 24, (5, 5), padding=(2, 2, 2, 2), groups=24), ("scaled",)),
        Node("grouped", Conv2d(24, 12, (3, 3), groups=3), ("scaled",)),
        Node("flatten", Flatten(), ("grouped",)),
        Node("dense", Dense(12, 5), ("flatten",)),
        Node("dense_relu", ReLU(), ("dense",)),
    ]
    graph = Graph(nodes)
    for batch in (1, 2):
        check(graph, parameters_of(graph), image(graph, batch), **mode)


@pytest.mark.parametrize("height", [5, 6, 7, 10, 11, 15])
def test_a_sum_of_maps_that_came_by_other_strides(height, monkeypatch):
    """Every fourth and every fifth row: of these heights both are equally high, and no strip may cut them."""
    monkeypatch.setattr(stages, "LEAST_WORK", 0)
    graph = Graph(
        [
            Node("input", Input(shape=(2, height, 6))),
            Node("conv", Conv2d(2, 3, (3, 3), padding=(1,) * 4), ("input",)),
            Node("half", MaxPool2d((2, 1)), ("conv",)),
            Node("quarter", MaxPool2d((2, 1)), ("half",)),
            Node("fifth", MaxPool2d((5, 1)), ("conv",)),
            Node("add", Add(), ("quarter", "fifth")),
        ]
    )
    plan = check(graph, parameters_of(graph), image(graph), threads=4)
    assert [len(strips) for strips in plan.strips] == [1]


def test_a_map_of_one_row_and_of_one_pixel():
    for shape in ((3, 1, 9), (3, 1, 1), (3, 9, 1)):
        graph = small(Conv2d(3, 20, (3, 3), padding=(1, 1, 1, 1)), ReLU(), Conv2d(20, 4, (1, 1)), shape=shape)
        check(graph, parameters_of(graph), image(graph, 2))


def test_a_layer_without_a_kernel_falls_back_to_its_plain_operator():
    class Doubled(ReLU):
        """A kind that no kernel knows."""

    graph = small(Conv2d(3, 4, (3, 3)), Doubled())
    plan = check(graph, parameters_of(graph), image(graph))
    assert isinstance(plan.layout.kernels["relu_1"], Plain)


@pytest.mark.parametrize("moved", [1, 2, 5])
def test_the_exact_mode_moves_with_its_input_bit_by_bit(moved):
    graph = small(
        Conv2d(3, 21, (3, 3)), ReLU(), Conv2d(21, 7, (3, 2)), MaxPool2d((2, 2), (1, 1)), shape=(3, 40, 39)
    )
    parameters, rng = parameters_of(graph), np.random.default_rng(5)
    x = rng.standard_normal((1, 3, 40, 39)).astype(np.float32)
    there = rng.standard_normal(x.shape).astype(np.float32)
    there[:, :, moved:, moved:] = x[:, :, :-moved, :-moved]
    plan = compile_plan(graph, parameters, x.shape, exact=True)
    before, after = outputs(plan, x), outputs(plan, there)
    for name in before:
        assert np.array_equal(after[name][:, :, moved:, moved:], before[name][:, :, :-moved, :-moved]), name


def test_the_exact_mode_takes_no_convolution_that_is_not():
    for name, model in MODELS.items():
        graph = model.build(3)
        plan = compile_plan(graph, parameters_of(graph), image(graph).shape, exact=True)
        kernels = [plan.layout.kernels[node.name] for node in graph if isinstance(node.layer, Conv2d)]
        assert all(kernel.exact for kernel in kernels), name


def test_winograd_is_only_for_those_who_ask():
    graph = small(Conv2d(24, 24, (3, 3), padding=(1, 1, 1, 1)), shape=(24, 20, 20))
    for asked in (False, True):
        plan = compile_plan(graph, parameters_of(graph), (1, 24, 20, 20), winograd=asked)
        assert [kernel.approximate for kernel in plan.layout.kernels.values()] == [asked]
    site = plan.layout.kernels["conv2d_0"].site
    assert not choose(site).approximate


def test_what_is_wrong_with_the_input_is_said_at_once():
    graph = small(ReLU())
    plan = compile_plan(graph, {}, (1, 3, 12, 10))
    x = np.zeros((1, 3, 12, 10), np.float32)
    x[0, 1, 2, 3] = np.nan
    with pytest.raises(ShapeError, match=r"x must be \(1, 3, 12, 10\), got \(2, 3, 12, 10\)"):
        plan.records(np.zeros((2, 3, 12, 10), np.float32))
    with pytest.raises(BadInput, match="1 values that are NaN"):
        plan.records(x)
    two = Graph([Node("a", Input(shape=(1,))), Node("b", Input(shape=(1,))), Node("c", Add(), ("a", "b"))])
    with pytest.raises(GraphError, match="one input"):
        compile_plan(two, {}, (1, 1))
    with pytest.raises(ShapeError, match=r"'input': x must be \(N, 3, 12, 10\), got \(1, 4, 12, 10\)"):
        compile_plan(graph, {}, (1, 4, 12, 10))


def test_outputs_of_one_run_stay_while_others_run():
    graph = MODELS["tiny_vgg"].build(4)
    parameters = parameters_of(graph)
    plan = compile_plan(graph, parameters, (1, 3, 64, 64))
    kept = outputs(plan, image(graph, seed=1))
    copies = {name: value.copy() for name, value in kept.items()}
    part = outputs(plan, image(graph, seed=2))["relu_1_1"][0, 3, 5:9]
    held = part.copy()
    for seed in range(3, 9):
        outputs(plan, image(graph, seed=seed))
        gc.collect()
    assert np.array_equal(part, held)
    for name, value in kept.items():
        assert np.array_equal(value, copies[name]), name


def test_memory_is_used_again_once_nobody_shows_it():
    graph = small(Conv2d(3, 4, (3, 3)), ReLU())
    plan = compile_plan(graph, parameters_of(graph), (1, 3, 12, 10))
    addresses = {outputs(plan, image(graph))["relu_1"].ctypes.data for _ in range(5)}
    assert len(addresses) == 1
    first = outputs(plan, image(graph))
    second = outputs(plan, image(graph))
    assert first["relu_1"].ctypes.data != second["relu_1"].ctypes.data


def test_a_run_that_is_given_up_leaves_its_memory_to_the_next():
    graph = small(Conv2d(3, 4, (3, 3)), ReLU())
    plan = compile_plan(graph, parameters_of(graph), (1, 3, 12, 10))
    run = plan.records(image(graph, seed=8))
    next(run)
    del run
    wanted = Trace(graph, parameters_of(graph), image(graph)).output
    np.testing.assert_allclose(outputs(plan, image(graph))["relu_1"], wanted, atol=1e-5)


def test_outputs_cannot_be_written_to():
    graph = small(ReLU())
    found = outputs(compile_plan(graph, {}, (1, 3, 12, 10)), image(graph))
    with pytest.raises(ValueError, match="read-only"):
        found["relu_0"][0, 0, 0, 0] = 1


def test_many_threads_run_one_plan_and_none_sees_anothers_numbers():
    graph = MODELS["vgg"].build(4)
    parameters = parameters_of(graph)
    plan = compile_plan(graph, parameters, (1, 3, 64, 64))
    wanted = [{n: v.copy() for n, v in outputs(plan, image(graph, seed=s)).items()} for s in range(4)]
    start = threading.Barrier(4)

    def work(seed):
        start.wait()
        for _ in range(5):
            found = outputs(plan, image(graph, seed=seed))
            for name, value in found.items():
                np.testing.assert_allclose(value, wanted[seed][name], atol=1e-5, rtol=1e-4)
        return seed

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [0, 1, 2, 3]


def test_the_memory_of_a_run_is_little_more_than_its_outputs():
    for name, model in MODELS.items():
        graph = model.build(10)
        plan = compile_plan(graph, parameters_of(graph), image(graph).shape, winograd=True)
        kept = sum(value.nbytes for value in outputs(plan, image(graph)).values())
        assert plan.trace_nbytes <= 1.2 * kept, name


def test_the_backward_pass_takes_a_plans_records():
    graph = MODELS["resnet"].build(4)
    parameters, x = parameters_of(graph), image(graph)
    seed = {graph.output: np.ones((1, 4), np.float32) * [1, 0, 0, 0]}
    records = {record.node.name: record for record in compile_plan(graph, parameters, x.shape).records(x)}
    plain = {record.node.name: record for record in forward(graph, parameters, x)}
    found = backward(graph, parameters, records, seed).nodes["input"]
    wanted = backward(graph, parameters, plain, seed).nodes["input"]
    np.testing.assert_allclose(found, wanted, atol=1e-4 * np.abs(wanted).max())


def test_a_plan_nobody_wants_any_more_is_freed_without_the_collector():
    graph = small(Conv2d(3, 4, (3, 3)), ReLU())
    gc.collect()
    gc.disable()
    try:
        plan = compile_plan(graph, parameters_of(graph), (1, 3, 12, 10))
        found = outputs(plan, image(graph))
        gone = [weakref.ref(plan), weakref.ref(plan.lend()[0])]
        del found, plan
        assert [ref() for ref in gone] == [None, None]
    finally:
        gc.enable()
