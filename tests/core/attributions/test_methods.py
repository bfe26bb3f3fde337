"""What every method keeps to, whichever it is."""

import numpy as np
import pytest

from cnn_core.attributions import (
    METHODS,
    Case,
    Lrp,
    ask_channel,
    ask_class,
    ask_pair,
    ask_value,
    finish,
    layers_with_places,
    method_from,
)
from cnn_core.attributions.base import register_method
from cnn_core.errors import BadInput, GraphError, UnsupportedOperator
from tests.core.attributions.cases import dense_blocks, residual, toy, zoo


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("network", ["tiny_vgg", "mlp", "lenet5", "efficientnet"])
def test_a_method_gives_a_map_of_the_image_or_says_which_node_stands_in_its_way(network, name):
    case, method = zoo(network), METHODS[name]().quick()
    if (obstacle := method.obstacle(case)) is not None:
        with pytest.raises(UnsupportedOperator, match=obstacle[:20]):
            finish(method.explain(case))
        return
    found = finish(method.explain(case))
    assert found.map.shape == case.x.shape[2:]
    assert np.isfinite(found.map).all()
    assert found.map.any()


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_how_far_it_is_and_can_be_stopped(name):
    case = toy(residual(), dtype=np.float32)
    told = list(METHODS[name]().explain(case))
    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[-1].done == told[-1].total
    stopped = METHODS[name]().explain(case)
    next(stopped)
    stopped.close()
    with pytest.raises(StopIteration):
        next(stopped)


@pytest.mark.parametrize("name", METHODS)
def test_a_method_comes_back_from_its_options(name):
    for method in (METHODS[name](), METHODS[name]().quick()):
        assert method_from(name, method.options()) == method


@pytest.mark.parametrize("name", METHODS)
def test_asked_the_other_way_round_the_gradient_turns_its_sign(name):
    """Two of a kind: a method that only looks at the image cannot."""
    case = toy(residual(), dtype=np.float32)
    there, back = (
        Case(case.graph, case.parameters, case.x, ask_pair(case.graph, a, b)) for a, b in ((0, 2), (2, 0))
    )
    first, second = (finish(METHODS[name]().explain(each)).map for each in (there, back))
    if name in ("gradient", "gradient_times_input", "smooth_grad", "integrated_gradients", "lrp", "grad_cam"):
        np.testing.assert_allclose(first, -second, atol=1e-5)
    elif name == "edges_only":
        np.testing.assert_array_equal(first, second)


def test_the_nodes_without_a_rule_are_named():
    assert Lrp().obstacle(zoo("lenet5")) == "LRP has no rule for Tanh (tanh_4)."
    assert Lrp().obstacle(zoo("efficientnet")) == "LRP has no rule for SiLU (head_silu)."
    assert METHODS["grad_cam"]().obstacle(zoo("mlp")).startswith("Ask in a later layer")
    assert METHODS["guided_backprop"]().obstacle(zoo("lenet5")).endswith("none lies before this answer.")


def test_a_question_about_a_channel_needs_only_what_leads_to_it():
    whole = toy(dense_blocks()).graph
    case = toy(dense_blocks())
    case = Case(whole, case.parameters, case.x, ask_channel(whole, "grow", 2))
    assert [node.name for node in case.graph] == ["input", "stem", "norm", "relu", "grow"]
    assert layers_with_places(case.graph) == ("stem", "norm", "relu")
    output = case.records["grow"].output
    assert case.value == pytest.approx(float(output[0, 2].mean()))
    at = Case(whole, case.parameters, case.x, ask_channel(whole, "grow", 2, (3, 4)))
    assert at.value == pytest.approx(float(output[0, 2, 3, 4]))


def test_answers_are_told_as_shares_of_all_or_of_two():
    case = toy(residual())
    shares = np.exp(case.records["output"].output[0])
    shares /= shares.sum()
    assert case.answer == pytest.approx(shares[1])
    pair = Case(case.graph, case.parameters, case.x, ask_pair(case.graph, 1, 0))
    assert pair.answer == pytest.approx(shares[1] / (shares[1] + shares[0]))


@pytest.mark.parametrize(
    ("ask", "wrong", "message"),
    [
        (lambda graph: ask_class(graph, 3), BadInput, "a class from 0 to 2, got 3"),
        (lambda graph: ask_pair(graph, 1, 1), BadInput, "two classes, got 1 twice"),
        (lambda graph: ask_channel(graph, "input", 0), BadInput, "input is the image itself"),
        (lambda graph: ask_channel(graph, "conv", 5), BadInput, "conv has channels 0 to 4, got 5"),
        (lambda graph: ask_channel(graph, "conv", 0, (9, 0)), BadInput, r"values \(5, 4, 4\)"),
        (lambda graph: ask_value(graph, "output", (0, 0)), BadInput, r"values \(3,\)"),
        (lambda graph: ask_channel(graph, "nowhere", 0), GraphError, "no node 'nowhere'"),
        (lambda _: method_from("heat"), UnsupportedOperator, "no method 'heat'; methods: gradient"),
        (lambda _: method_from("rise", {"mask": 3}), UnsupportedOperator, "unknown 'mask'; known: masks"),
        (lambda _: method_from("rise", {"masks": 0}), BadInput, "rise: masks must be at least 1, got 0"),
        (lambda _: method_from("rise", {"seen": 0.0}), BadInput, "seen must be above 0"),
        (lambda _: method_from("smooth_grad", {"sigma": "much"}), BadInput, "sigma must be at least 0"),
        (lambda _: method_from("integrated_gradients", {"start": "pink"}), BadInput, "black, grey or blur"),
        (lambda _: method_from("occlusion", {"fill": "pink"}), BadInput, "black, grey or blur"),
    ],
)
def test_what_cannot_be_asked_is_named(ask, wrong, message):
    with pytest.raises(wrong, match=message):
        ask(residual())


@pytest.mark.parametrize("name", ["grad_cam", "layer_cam"])
def test_a_layer_without_places_is_refused(name):
    with pytest.raises(BadInput, match=f"{name}: layer must be one of .*stem.*, got 'flatten'"):
        finish(method_from(name, {"layer": "flatten"}).explain(toy(residual())))


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="'rise' is already Rise"):
        register_method("rise", "RISE")(METHODS["lrp"])
