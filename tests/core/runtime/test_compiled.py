"""Plans of compiled functions: the values of those of NumPy alone, and the same bits however they are cut."""

import importlib.util

import numpy as np
import pytest

from cnn_core.graph import forward
from cnn_core.layers import Clip, Conv2d, GlobalAvgPool2d, Multiply, ReLU, Sigmoid, SiLU
from cnn_core.models.blocks import Builder
from cnn_core.preprocess import InputSpec
from cnn_core.runtime import PlanCache, compile_plan, stages
from cnn_core.runtime.compiled import load, loading
from cnn_core.runtime.compiled.passes import Pass, joined
from cnn_core.runtime.places import Place, Tensor
from cnn_core.runtime.reentry import Reentry
from tests.core.runtime.test_plan import image, parameters_of

pytestmark = pytest.mark.usefixtures("compiled_functions")

VALUES = [0.0, -0.0, 1.5, -3.0, 7.0, 88.8, -88.0, 104.0, -104.0, 1e38, -1e38, np.inf, -np.inf, np.nan]


def gated():
    """Depthwise, batch norm with each activation behind it, a gate."""
    net = Builder(InputSpec(channels=3, height=13, width=11))
    net.conv_act("stem", 20, 3, activation=("silu", SiLU))
    net.conv_act("depthwise", 20, 3, stride=2, groups=20, activation=("clip", Clip))
    maps = net.last
    net.add("squeeze", GlobalAvgPool2d())
    net.add("excite", Conv2d(20, 20, (1, 1)))
    net.add("gate", Sigmoid())
    net.add("scaled", Multiply(), maps, "gate")
    net.conv_act("wide", 17, 3, activation=("relu", ReLU))
    return net.finish()


GRAPH = gated()
PARAMETERS = parameters_of(GRAPH)


def outputs(plan, x, known=None):
    return {record.node.name: np.array(record.output) for record in plan.records(x, known)}


def same_bits(one, other):
    return all(np.array_equal(one[name].view(np.uint32), other[name].view(np.uint32)) for name in one)


def kernels(plan):
    return {type(kernel).__name__ for kernel in plan.layout.kernels.values()}


@pytest.mark.parametrize("batch", [1, 3])
def test_a_plan_of_compiled_functions_has_the_values_of_the_plain_operators_in_float64(batch):
    x = image(GRAPH, batch)
    wide = {name: value.astype(np.float64) for name, value in PARAMETERS.items()}
    wanted = {record.node.name: record.output for record in forward(GRAPH, wide, x.astype(np.float64))}
    for compiled in (True, False):
        plan = compile_plan(GRAPH, PARAMETERS, x.shape, compiled=compiled)
        assert any(name.startswith("Compiled") for name in kernels(plan)) is compiled
        for name, output in outputs(plan, x).items():
            np.testing.assert_allclose(output, wanted[name], atol=3e-6 * np.abs(wanted[name]).max())


def test_the_bits_are_the_same_wherever_a_run_is_entered_again_and_the_values_whoever_shares_it(monkeypatch):
    monkeypatch.setattr(stages, "LEAST_WORK", 0)
    x = image(GRAPH)
    plan = compile_plan(GRAPH, PARAMETERS, x.shape, threads=1)
    whole, names = outputs(plan, x), [node.name for node in GRAPH]
    shared = compile_plan(GRAPH, PARAMETERS, x.shape, threads=3)
    assert max(map(len, shared.strips)) > 1
    found = outputs(shared, x)
    # a matrix product of fewer rows may add in another order
    for name in names:
        np.testing.assert_allclose(found[name], whole[name], atol=1e-6 * np.abs(whole[name]).max())
    for name in names[1:-1]:
        known = {each: whole[each] for each in names[: names.index(name)]}
        assert same_bits(outputs(plan, x, known), whole)
        again = Reentry(plan, name, [GRAPH.output])
        again.start(x)
        again.run()
        assert np.array_equal(again[GRAPH.output], whole[GRAPH.output])


def test_an_edited_network_keeps_the_functions_that_its_plan_has():
    plan = compile_plan(GRAPH, PARAMETERS, (1, 3, 13, 11))
    changed = {**PARAMETERS, "stem_norm.bias": PARAMETERS["stem_norm.bias"] + 1}
    assert kernels(plan.edited(GRAPH, changed)) == kernels(plan)
    plain = compile_plan(GRAPH, PARAMETERS, (1, 3, 13, 11), compiled=False)
    assert kernels(plain.edited(GRAPH, changed)) == kernels(plain)


def test_the_exact_order_takes_no_compiled_function():
    plan = compile_plan(GRAPH, PARAMETERS, (1, 3, 13, 11), exact=True)
    assert not any(name.startswith("Compiled") for name in kernels(plan))


def map_of(values):
    """One image of a row whose pixels are these, a channel each."""
    place = Place((1, 1, 1, len(values)), "NHWC")
    tensor = Tensor(np.zeros(place.size, np.float32), place)
    tensor.inside.reshape(-1)[:] = values
    return tensor.inside


@pytest.mark.parametrize("layer", [SiLU(), Sigmoid(), ReLU(), Clip(), Clip(None, 1.0), Clip(-2.0, None)])
def test_what_is_not_finite_stays_what_it_is_without_compiled_functions(layer):
    x = np.array(VALUES, np.float32).reshape(1, 1, 1, -1)
    net = Builder(InputSpec(channels=1, height=1, width=len(VALUES)))
    net.add("it", layer)
    graph = net.finish()
    found = []
    for compiled in (True, False):
        plan = compile_plan(graph, {}, x.shape, compiled=compiled)
        memory, _ = plan.lend()
        np.copyto(memory.tensors["input"].nchw, x)
        for tasks in memory.tasks(plan):
            plan.step(tasks)
        found.append(memory.tensors["it"].nchw.copy())
    np.testing.assert_allclose(*found, rtol=3e-7, atol=1e-36)


@pytest.mark.parametrize("second", ["silu", "within"])
def test_two_passes_as_one_write_the_bits_of_both(second):
    rng = np.random.default_rng(0)
    values = 9 * rng.standard_normal(37)
    scale, shift = (rng.standard_normal(37).astype(np.float32) for _ in range(2))
    bounds = (np.float32(-1), np.float32(6)) if second == "within" else ()

    def passes():
        x, between, last = map_of(values), map_of(0 * values), map_of(0 * values)
        return [Pass("scale_shift", x, between, scale, shift), Pass(second, between, last, *bounds)]

    apart, together = passes(), passes()
    made = joined(together)
    assert len(made) == 1
    for call in (*apart, *made):
        call()
    for one, other in zip(apart, together, strict=True):
        assert one.out.any()
        assert np.array_equal(one.out.view(np.uint32), other.out.view(np.uint32))
    assert len(joined([apart[0], together[1]])) == 2


def test_a_model_keeps_the_functions_that_its_first_plan_could_have(monkeypatch):
    cache = PlanCache(0)
    monkeypatch.setattr(loading, "_loaded", [])
    before = cache.get("early", GRAPH, PARAMETERS, (1, 3, 13, 11))
    monkeypatch.undo()
    assert kernels(cache.get("early", GRAPH, PARAMETERS, (1, 3, 13, 11))) == kernels(before)
    late = kernels(cache.get("late", GRAPH, PARAMETERS, (1, 3, 13, 11)))
    assert late != kernels(before)
    cache.forget("early")
    assert kernels(cache.get("early", GRAPH, PARAMETERS, (1, 3, 13, 11))) == late


def test_without_numba_all_is_done_by_numpy(monkeypatch):
    monkeypatch.setattr(loading, "_loaded", [])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert not load()
    assert not any(
        name.startswith("Compiled") for name in kernels(compile_plan(GRAPH, PARAMETERS, (1, 3, 13, 11)))
    )


def test_behind_the_page_another_process_compiles_before_this_one_loads(monkeypatch):
    asked = []

    def run(command, **options):
        assert loading.functions() is None
        asked.append(command)

    monkeypatch.setattr(loading, "_loaded", [])
    monkeypatch.setattr(loading.subprocess, "run", run)
    loading.load_behind().join()
    assert len(asked) == 1
    assert loading.functions() is not None
