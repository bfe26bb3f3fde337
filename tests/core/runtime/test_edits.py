"""Edits: a network with some numbers changed, run by the very plan of the network as it was."""

import gc

import numpy as np
import pytest

from cnn_core.errors import BadInput, GraphError
from cnn_core.graph import Graph, Node, backward, explain, forward
from cnn_core.graph.edits import Edit, Region, edited, edited_nodes, goes_round, untouched
from cnn_core.layers import LAYERS, Add, Concat, Conv2d, Dropout, Input, ReLU
from cnn_core.models import load_model, model_names
from cnn_core.runtime import PlanCache, compile_plan
from tests.core.graph.networks import branching, doubled, finished
from tests.core.runtime.test_plan import image, parameters_of

TWO = (Region(0, 0, 1, 1), Region(2, 1, 4, 3))


def outputs(plan, x, known=None):
    return {record.node.name: record.output for record in plan.records(x, known)}


def same_bits(a, b):
    return np.array_equal(np.ascontiguousarray(a).view(np.uint32), np.ascontiguousarray(b).view(np.uint32))


class Bench:
    """A network, its plan and its outputs for two images."""

    def __init__(self, graph, parameters):
        self.graph, self.parameters = graph, parameters
        self.x, self.other = image(graph), image(graph, seed=2)
        self.plan = compile_plan(graph, parameters, self.x.shape)
        self.before = outputs(self.plan, self.x)

    def run(self, *edits, resumed=True):
        graph, parameters = edited(self.graph, self.parameters, edits)
        plan = self.plan.edited(graph, parameters)
        known = None
        if resumed:
            reached = untouched(graph, edited_nodes(graph, self.parameters, parameters))
            known = {name: self.before[name] for name in reached}
        return outputs(plan, self.x, known)


def branching_bench():
    graph = branching()
    return Bench(graph, parameters_of(graph))


def zoo(name):
    model = load_model(name)
    return Bench(model.graph, model.parameters)


@pytest.mark.parametrize("name", [*model_names(), "branching"])
def test_an_edit_that_changes_nothing_leaves_every_bit(name):
    """Every node of the network by what it gave; a kernel by its own numbers; and no node computed again."""
    bench = branching_bench() if name == "branching" else zoo(name)
    own = [Edit(each, "replace", value=output[0]) for each, output in bench.before.items()]
    weights = [
        Edit(each, "scale", value=1.0) for each in bench.graph.shapes if f"{each}.weight" in bench.parameters
    ]
    for edits in ([own[len(own) // 2]], own[1:], weights):
        for resumed in (False, True):
            after = bench.run(*edits, resumed=resumed)
            assert all(same_bits(after[each], bench.before[each]) for each in after), edits[0]


@pytest.mark.parametrize("example", [e for layer in LAYERS.values() for e in layer.examples()], ids=str)
def test_every_kind_can_be_replaced_by_its_own_output(example):
    nodes = [Node(f"in_{i}", Input(shape=shape[1:])) for i, shape in enumerate(example.inputs)]
    if len(nodes) != 1 or example.layer.kind == "input":
        return
    graph = Graph([*nodes, Node("layer", example.layer, ("in_0",)), Node("after", ReLU(), ("layer",))])
    parameters = {name: np.abs(value) + 0.5 for name, value in parameters_of(graph).items()}
    bench = Bench.__new__(Bench)
    bench.graph, bench.parameters = graph, parameters
    some = np.abs(image(graph)) + 0.5
    bench.plan = compile_plan(graph, parameters, some.shape)
    # inverse functions of angles are there below 1 or from 1 on alone
    for bench.x in (some, some / some.max() / 2, some + 1):
        bench.before = outputs(bench.plan, bench.x)
        if np.isfinite(bench.before["layer"]).all():
            break
    after = bench.run(Edit("layer", "replace", value=bench.before["layer"][0]))
    assert all(same_bits(after[each], bench.before[each]) for each in after)
    muted = bench.run(Edit("layer", "fill", (0,), 0.25))
    assert (muted["layer"][:, 0] == 0.25).all()
    assert same_bits(muted["layer"][:, 1:], bench.before["layer"][:, 1:])
    assert same_bits(bench.before["in_0"], muted["in_0"])


@pytest.mark.parametrize("name", [*model_names(), "branching"])
def test_a_layer_taken_whole_from_another_photo_gives_its_answer(name):
    """Where nothing goes round it; else only together with what does, which is named."""
    bench = branching_bench() if name == "branching" else zoo(name)
    other = outputs(bench.plan, bench.other)
    ways = {node.name: goes_round(bench.graph, node.name) for node in bench.graph if node.inputs}
    for chosen in (
        [each for each, round_it in ways.items() if not round_it],
        [each for each, round_it in ways.items() if round_it],
    ):
        for each in {chosen[len(chosen) // 2], chosen[-1]} if chosen else ():
            taken = [Edit(source, "replace", value=other[source][0]) for source in (each, *ways[each])]
            after = bench.run(*taken)
            assert same_bits(after[bench.graph.output], other[bench.graph.output]), (each, ways[each])
            if ways[each]:
                alone = bench.run(taken[0])
                assert not same_bits(alone[bench.graph.output], other[bench.graph.output]), each


def test_what_goes_round_a_layer_is_named():
    graph = branching()
    found = {
        name: goes_round(graph, name) for name in ("stem", "relu", "body", "narrow", "squeeze", "output")
    }
    assert found == {
        "stem": (),
        "relu": (),
        "body": ("relu",),
        "narrow": ("wide",),
        "squeeze": ("fork",),
        "output": (),
    }
    resnet = load_model("resnet").graph
    assert goes_round(resnet, "block_2_2_conv") == ("block_2_shortcut_norm",)
    with pytest.raises(GraphError, match="'stam'"):
        goes_round(graph, "stam")


@pytest.mark.parametrize("name", ["branching", "resnet", "resnet_blur"])
def test_muting_a_branch_leaves_the_shortcut_alone(name):
    bench = branching_bench() if name == "branching" else zoo(name)
    for node in (node for node in bench.graph if isinstance(node.layer, Add)):
        branch = max(node.inputs, key=[each.name for each in bench.graph].index)
        (shortcut,) = (each for each in node.inputs if each != branch)
        after = bench.run(Edit(branch, "mute"))
        assert (after[branch] == 0).all()
        assert same_bits(after[shortcut], bench.before[shortcut])
        assert np.array_equal(after[node.name], bench.before[shortcut])


def test_edits_leave_the_network_that_they_are_made_of_alone():
    bench = branching_bench()
    kept = {name: value.copy() for name, value in bench.parameters.items()}
    edits = [
        Edit("stem", "set", (1, 0), np.eye(3), "weight"),
        Edit("relu", "mute", (2,)),
        Edit("norm", "scale", (), 3.0),
    ]
    changed = bench.run(*edits)
    assert not np.array_equal(changed["softmax"], bench.before["softmax"])
    assert all(same_bits(kept[name], bench.parameters[name]) for name in kept)
    again = outputs(bench.plan, bench.x)
    assert all(same_bits(again[name], bench.before[name]) for name in again)
    _, parameters = edited(bench.graph, bench.parameters, edits)
    assert parameters["output.weight"] is bench.parameters["output.weight"]
    assert bench.graph["relu"].layer == ReLU()


def test_a_run_from_the_first_edited_node_is_the_run_of_a_plan_made_anew():
    bench = branching_bench()
    for edits in (
        [Edit("wide", "set", (2, 1, 0, 1), 0.75, "weight")],
        [Edit("skip", "fill", (1,), -1.5, region=Region(1, 2, 4, 7)), Edit("narrow", "swap", (0, 1))],
        [Edit("fork", "mute", (1,)), Edit("dropout", "fill", (4,), 2.0)],
        [Edit("input", "fill", (0,), 0.5, region=Region(0, 0, 2, 2))],
    ):
        graph, parameters = edited(bench.graph, bench.parameters, edits)
        fresh = outputs(compile_plan(graph, parameters, bench.x.shape), bench.x)
        plain = {record.node.name: record.output for record in forward(graph, parameters, bench.x)}
        after = bench.run(*edits)
        for name, value in after.items():
            assert same_bits(value, fresh[name]), name
            np.testing.assert_allclose(value, plain[name], atol=1e-5)


def parts_of_others():
    """A concatenation's parts lie in it, and a dropout hands on what it is given."""
    nodes = [
        Node("input", Input(shape=(2, 6, 6))),
        Node("a", Conv2d(2, 2, kernel_size=(1, 1)), ("input",)),
        Node("b", Conv2d(2, 3, kernel_size=(1, 1)), ("input",)),
        Node("drop", Dropout(0.5), ("a",)),
        Node("drop_again", Dropout(0.5), ("drop",)),
        Node("both", Concat(), ("drop_again", "b")),
        Node("a_later", ReLU(), ("a",)),
        Node("sum", Add(), ("a_later", "drop_again")),
        Node("mixed", Add(), ("a", "drop")),
        Node("wider", Concat(), ("both", "b")),
        Node("last", ReLU(), ("both",)),
    ]
    return Graph(nodes)


def test_a_node_that_shows_another_s_memory_is_edited_alone():
    graph = parts_of_others()
    bench = Bench(graph, parameters_of(graph))
    for edit, alone in (
        (Edit("both", "mute", (0, 4)), {"input", "a", "b", "drop", "drop_again", "a_later", "sum", "mixed"}),
        (Edit("drop", "fill", (1,), 9.0), {"input", "a", "b", "a_later"}),
    ):
        graph, parameters = edited(bench.graph, bench.parameters, [edit])
        plain = {record.node.name: record.output for record in forward(graph, parameters, bench.x)}
        after = bench.run(edit)
        for name, value in after.items():
            np.testing.assert_allclose(value, plain[name], atol=1e-6, err_msg=name)
            assert same_bits(value, bench.before[name]) == (name in alone), name


def test_edits_one_after_another_run_in_the_same_memory():
    """Whatever was edited before leaves nothing behind, and what is still shown is not written over."""
    bench = branching_bench()
    del bench.before["input"]
    bench.before = {name: output.copy() for name, output in bench.before.items()}
    gc.collect()
    kinds = (
        [Edit("stem", "set", (1, 0), np.eye(3), "weight")],
        [Edit("relu", "mute", (2,)), Edit("input", "fill", (1,), 0.5)],
        [],
        [Edit("wide", "scale", (0,), 3.0), Edit("leaky", "fill", (1,), -1.0, region=Region(0, 1, 2, 2))],
        [Edit("dropout", "fill", (2,), 1.0)],
        [Edit("output", "mute", (1,))],
    )
    graph, parameters = edited(bench.graph, bench.parameters, kinds[1])
    second = bench.plan.edited(graph, parameters)
    apart = compile_plan(graph, parameters, bench.x.shape)
    for edits in kinds:
        graph, parameters = edited(bench.graph, bench.parameters, edits)
        wanted = outputs(compile_plan(graph, parameters, bench.x.shape), bench.x)
        found = outputs(apart.edited(graph, parameters), bench.x)
        assert all(same_bits(found[name], wanted[name]) for name in wanted), edits
    addresses = []
    for start in (bench.plan, second, bench.plan):
        for edits in kinds:
            graph, parameters = edited(bench.graph, bench.parameters, edits)
            wanted = outputs(compile_plan(graph, parameters, bench.x.shape), bench.x)
            found = outputs(start.edited(graph, parameters), bench.x)
            assert all(same_bits(found[name], wanted[name]) for name in wanted), edits
            addresses.append(found["stem"].ctypes.data)
            del found
    shared = [address for address, edits in zip(addresses, kinds * 3, strict=True) if edits is not kinds[4]]
    assert len(set(shared)) == 1
    shown = outputs(bench.plan.edited(*edited(bench.graph, bench.parameters, kinds[0])), bench.x)
    kept = {name: output.copy() for name, output in shown.items()}
    outputs(bench.plan.edited(*edited(bench.graph, bench.parameters, kinds[3])), bench.x)
    assert all(same_bits(shown[name], kept[name]) for name in kept)


def test_a_plan_of_edits_counts_what_it_does_not_share():
    bench = branching_bench()
    whole = bench.plan.nbytes
    one = bench.plan.edited(*edited(bench.graph, bench.parameters, [Edit("stem", "mute", (0,))]))
    assert 0 < one.nbytes < whole / 2
    cache = PlanCache(10**9)
    cache.get("edited", one.graph, edited(bench.graph, bench.parameters, [])[1], bench.x.shape, bench.plan)
    assert cache.nbytes >= bench.plan.nbytes, "the plan that it shares memory with is held too"


def test_gradients_of_an_edited_network_are_difference_quotients():
    graph, parameters = branching(), None
    parameters = doubled(parameters_of(graph))
    edits = [Edit("relu", "fill", (1,), 0.3), Edit("skip", "fill", (0,), 1.0, region=Region(0, 0, 3, 3))]
    graph, parameters = edited(graph, parameters, [*edits, Edit("stem", "scale", (0,), 0.5)])
    x = image(graph).astype(np.float64)
    records = finished(forward(graph, parameters, x))
    seed = np.zeros_like(records["output"].output)
    seed[0, 1] = 1.0
    slopes = backward(graph, parameters, records, {"output": seed}).nodes["input"]
    for place in ((0, 0, 1, 1), (0, 1, 6, 5), (0, 1, 3, 0)):
        step = np.zeros_like(x)
        step[place] = 1e-6
        ends = [
            finished(forward(graph, parameters, x + way * step))["output"].output[0, 1] for way in (1, -1)
        ]
        assert slopes[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, abs=1e-6)


def test_several_regions_are_filled_and_nothing_beside_them():
    bench = branching_bench()
    after = bench.run(Edit("skip", "fill", (1,), -1.5, region=TWO))["skip"][0]
    wanted = bench.before["skip"][0].copy()
    wanted[1, 0:1, 0:1] = wanted[1, 2:4, 1:3] = -1.5
    assert np.array_equal(after, wanted)


def test_a_replaced_value_is_told_as_a_constant_and_its_neighbour_as_before():
    bench = branching_bench()
    edit = Edit("narrow", "fill", (1,), 4.5, region=Region(2, 2, 3, 3))
    graph, parameters = edited(bench.graph, bench.parameters, [edit])
    after = bench.run(edit)
    told = explain(graph, parameters, after, "narrow", (1, 2, 2))
    assert (told.operation, told.value, told.terms) == ("constant", 4.5, ())
    assert explain(graph, parameters, after, "narrow", (1, 2, 3)).operation == "sum"


@pytest.mark.parametrize(
    ("edit", "error", "words"),
    [
        (Edit("stam", "mute"), GraphError, "'stam'"),
        (Edit("stem", "mute", (4,)), BadInput, "0 to 3, got 4"),
        (Edit("stem", "set", (0, 0), np.ones((2, 2)), "weight"), BadInput, r"\(3, 3\), got \(2, 2\)"),
        (Edit("stem", "set", (0, 0), np.full((3, 3), np.nan), "weight"), BadInput, "finite"),
        (Edit("stem", "set", (0,), 1e9, "bias"), BadInput, "larger than"),
        (Edit("stem", "set", (0,), 1.0, "gamma"), BadInput, "parameters: weight, bias"),
        (Edit("relu", "scale", (0,), 2.0), BadInput, "no weights to scale"),
        (Edit("body", "swap", (0, 1)), BadInput, "one group"),
        (Edit("stem", "swap", (1, 1)), BadInput, "two different"),
        (Edit("relu", "fill", (0,), 1.0, region=Region(0, 0, 9, 2)), BadInput, "8 rows and 7 columns"),
        (Edit("relu", "replace", (0,), np.ones((1, 8, 6))), BadInput, r"\(1, 8, 7\)"),
        (Edit("relu", "replace", (0,), np.ones((1, 1, 1)), region=TWO), BadInput, "one region, got 2"),
        (Edit("norm", "set", (0,), -1.0, "running_var"), BadInput, "variance"),
        (Edit("stem", "scale", (0,)), BadInput, "takes a value"),
    ],
    ids=str,
)
def test_a_bad_edit_is_named(edit, error, words):
    graph = branching()
    with pytest.raises(error, match=words) as caught:
        edited(graph, parameters_of(graph), [edit])
    assert str(edit) in str(caught.value)
