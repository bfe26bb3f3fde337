"""Passes of whole graphs by training plans, against the plain operators."""

import numpy as np
import pytest

from cnn_core.errors import BadInput, BadRecipe, GraphError, ShapeError
from cnn_core.graph import Graph, Node, backward, forward
from cnn_core.layers import (
    Add,
    BatchNorm2d,
    Conv2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Input,
    MaxPool2d,
    ReLU,
    SiLU,
    Softmax,
)
from cnn_core.models import MODELS
from cnn_core.runtime.training_plan import TrainingPlan
from cnn_core.runtime.training_plans import TrainingPlans
from cnn_core.training.losses import logits_node
from cnn_core.training.resizing import resized

BATCH = 5


def branched():
    """A residual block, a node read three times, a layer without a unit, a norm, a pool and a dropout."""
    return Graph(
        [
            Node("input", Input(shape=(3, 9, 8))),
            Node("stem", Conv2d(3, 4, (3, 3), padding=(1, 1, 1, 1), bias=False), ("input",)),
            Node("norm", BatchNorm2d(4), ("stem",)),
            Node("relu", ReLU(), ("norm",)),
            Node("conv", Conv2d(4, 4, (3, 2), padding=(1, 1, 1, 0)), ("relu",)),
            Node("silu", SiLU(), ("relu",)),
            Node("sum", Add(), ("conv", "silu", "relu")),
            Node("beside", ReLU(), ("sum",)),
            Node("again", Add(), ("sum", "beside", "silu", "sum")),
            Node("relu_2", ReLU(), ("again",)),
            Node("pool", MaxPool2d((2, 2)), ("relu_2",)),
            Node("dropout", Dropout(0.3), ("pool",)),
            Node("strided", Conv2d(4, 6, (3, 3), (2, 2), (1, 1, 1, 1)), ("dropout",)),
            Node("mean", GlobalAvgPool2d(), ("strided",)),
            Node("flatten", Flatten(), ("mean",)),
            Node("dense", Dense(6, 3), ("flatten",)),
            Node("softmax", Softmax(), ("dense",)),
        ]
    )


def start(graph, dtype=np.float64, batch=BATCH):
    """Parameters, a batch and a seed for its scores."""
    rng = np.random.default_rng(4)
    parameters = {name: value.astype(dtype) for name, value in graph.init(rng).items()}
    x = rng.standard_normal((batch, *graph.shapes[graph.inputs[0].name][1:])).astype(dtype)
    seed = rng.standard_normal((batch, *graph.shapes[logits_node(graph)][1:])).astype(dtype)
    return parameters, x, {logits_node(graph): seed}


def plainly(graph, parameters, x, seeds, training=True, **options):
    """Outputs and gradients by the plain operators."""
    run = forward(graph, parameters, x, training=training, rng=np.random.default_rng(1))
    records = {record.node.name: record for record in run}
    return records, backward(graph, parameters, records, seeds, **options)


def planned(plan, parameters, x, seeds, **options):
    """Gradients by a plan."""
    plan.forward(parameters, x, np.random.default_rng(1))
    return plan.backward(parameters, seeds, **options)


def close(found, wanted, limit):
    """Every value, as a share of the largest of all."""
    assert found.keys() == wanted.keys()
    largest = max((np.abs(value).max() for value in wanted.values()), default=0)
    for name, value in wanted.items():
        assert found[name].shape == value.shape, name
        assert np.abs(found[name] - value).max() <= limit * largest, name


def small_version(name):
    graph = MODELS[name].build(3)
    try:
        return resized(graph, 16)
    except BadRecipe:
        return graph


@pytest.mark.parametrize("name", [name for name, made in MODELS.items() if made.seed is None])
def test_every_architecture_that_trains_has_the_gradients_of_the_plain_operators(name):
    """In float64, where what differs is the code; in float32 rounding, judged by float64."""
    graph = small_version(name)
    parameters, x, seeds = start(graph, batch=3)
    records, right = plainly(graph, parameters, x, seeds, nodes=())
    plan = TrainingPlan(graph, x.shape, dtype=np.float64)
    found = planned(plan, parameters, x, seeds)
    close(found.params, right.params, 1e-9)
    close({n: plan.output(n) for n in seeds}, {n: records[n].output for n in seeds}, 1e-10)
    wanted = {f"{n}.{key}": v for n, r in records.items() for key, v in r.done.updates.items()}
    close(plan.updates, wanted, 1e-10)

    parameters, x, seeds = start(graph, np.float32, batch=3)
    single = planned(TrainingPlan(graph, x.shape), parameters, x, seeds)
    _, plain = plainly(graph, parameters, x, seeds, nodes=())
    ours, theirs, length = (
        np.sqrt(sum(np.square(value - given(key)).sum() for key, value in right.params.items()))
        for given in (single.params.get, plain.params.get, lambda key: 0)
    )
    assert ours <= max(4 * theirs, 2e-6 * length)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("keep", [True, False])
def test_a_branched_graph_and_the_gradients_of_its_nodes(training, keep):
    graph = branched()
    parameters, x, seeds = start(graph)
    seeds["pool"] = np.ones((BATCH, 4, 4, 4))
    asked = ["input", "relu", "sum", "again", "pool", "softmax"]
    records, right = plainly(graph, parameters, x, seeds, training, nodes=asked)
    plan = TrainingPlan(graph, x.shape, training=training, keep=keep, dtype=np.float64)
    found = planned(plan, parameters, x, seeds, nodes=asked)
    close(found.params, right.params, 1e-11)
    close(found.nodes, right.nodes, 1e-11)
    shown = [node.name for node in graph] if keep else ["relu", "silu", "relu_2", "softmax"]
    close({n: plan.output(n) for n in shown}, {n: records[n].output for n in shown}, 1e-12)


def test_what_is_left_out_or_asked_besides_changes_no_bit():
    graph = branched()
    parameters, x, seeds = start(graph, np.float32)
    alone = planned(TrainingPlan(graph, x.shape), parameters, x, seeds)
    names = [node.name for node in graph]
    watched = planned(TrainingPlan(graph, x.shape, keep=True), parameters, x, seeds, nodes=names)
    assert all(np.array_equal(alone.params[name], value) for name, value in watched.params.items())


@pytest.mark.parametrize("training", [True, False])
def test_without_parameters_the_gradients_of_nodes_keep_their_bits(training):
    graph = branched()
    parameters, x, seeds = start(graph, np.float32)
    plan = TrainingPlan(graph, x.shape, training=training)
    both = planned(plan, parameters, x, seeds, nodes=["input", "stem"])
    kept = {name: value.copy() for name, value in both.nodes.items()}
    alone = planned(plan, parameters, x, seeds, nodes=["input", "stem"], params=False)
    assert not alone.params
    assert all(np.array_equal(alone.nodes[name], value) for name, value in kept.items())


def test_the_same_bits_whatever_the_plan_did_before():
    graph = branched()
    parameters, x, seeds = start(graph, np.float32)
    plan = TrainingPlan(graph, x.shape)
    fresh = planned(plan, parameters, x, seeds)
    kept = {name: value.copy() for name, value in fresh.params.items()}
    planned(plan, {name: 2 * value for name, value in parameters.items()}, x[::-1], seeds, nodes=["relu"])
    later = planned(plan, parameters, x, seeds)
    assert all(np.array_equal(later.params[name], value) for name, value in kept.items())
    assert all(np.array_equal(fresh.params[name], value) for name, value in kept.items())


def test_memory_stops_growing_after_the_first_pass():
    graph = branched()
    parameters, x, seeds = start(graph, np.float32)
    plan = TrainingPlan(graph, x.shape)
    planned(plan, parameters, x, seeds)
    taken = plan.nbytes
    for _ in range(3):
        planned(plan, parameters, x, seeds)
    assert plan.nbytes == taken
    assert taken < TrainingPlan(graph, x.shape, keep=True).nbytes + 3 * 4 * BATCH * 4 * 9 * 8


def test_what_nothing_leads_to_has_a_gradient_of_zeros():
    graph = branched()
    parameters, x, _ = start(graph, np.float32)
    found = planned(
        TrainingPlan(graph, x.shape), parameters, x, {"relu": np.ones((BATCH, 4, 9, 8))}, nodes=["dense"]
    )
    assert not found.nodes["dense"].any()
    assert not found.params["dense.weight"].any()
    assert found.params["stem.weight"].any()


def test_what_does_not_fit_is_named():
    graph = branched()
    parameters, x, seeds = start(graph, np.float32)
    plan = TrainingPlan(graph, x.shape)
    with pytest.raises(ShapeError, match=r"training plan: x must be \(5, 3, 9, 8\), got \(4, 3, 9, 8\)"):
        plan.forward(parameters, x[:4])
    with pytest.raises(ShapeError, match="node 'input': x must be"):
        TrainingPlan(graph, (5, 3, 8, 8))
    with pytest.raises(BadInput, match="NaN"):
        plan.forward(parameters, np.full_like(x, np.nan))
    plan.forward(parameters, x, np.random.default_rng(1))
    with pytest.raises(ShapeError, match="node 'dense': its gradient must be"):
        plan.backward(parameters, {"dense": seeds["dense"][:2]})
    with pytest.raises(GraphError, match="no node 'denser'"):
        plan.backward(parameters, {"denser": seeds["dense"]})
    with pytest.raises(GraphError, match="no node 'denser'"):
        plan.backward(parameters, seeds, nodes=["denser"])


def test_plans_are_lent_to_one_at_a_time_and_used_again():
    plans = TrainingPlans(branched())
    with plans.lent((5, 3, 9, 8)) as one, plans.lent((5, 3, 9, 8)) as two:
        assert one is not two
    with plans.lent((5, 3, 9, 8)) as again, plans.lent((4, 3, 9, 8)) as smaller:
        assert again in (one, two)
        assert smaller.shape == (4, 3, 9, 8)
