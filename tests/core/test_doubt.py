"""How unsure a network is, from certain to clueless."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.doubt import UNLIKELY_BELOW, UNSURE_ABOVE, counterparts, doubt, second_opinion


def test_a_certain_answer_leaves_no_doubt() -> None:
    found = doubt(np.array([0.0, 1.0, 0.0], np.float32))
    assert (found.entropy, found.margin, found.unsure) == (0.0, 1.0, False)
    assert str(found.entropy) == "0.0"


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_equal_probabilities_are_all_the_doubt_there_is(classes: int) -> None:
    found = doubt(np.full((1, classes), 1 / classes))
    assert found.entropy == pytest.approx(1)
    assert found.margin == 0
    assert found.unsure


def test_a_known_case() -> None:
    found = doubt(np.array([0.25, 0.5, 0.25, 0.0]))
    assert found.entropy == pytest.approx(0.75)
    assert found.margin == 0.25


def test_the_order_of_the_classes_does_not_matter() -> None:
    values = np.random.default_rng(2).dirichlet(np.ones(10))
    assert doubt(values[::-1]).entropy == pytest.approx(doubt(values).entropy)
    assert doubt(values[::-1]).margin == doubt(values).margin


def test_two_classes_alike_are_doubtful_among_two_and_not_among_many() -> None:
    assert doubt(np.array([0.5, 0.5])).unsure
    assert not doubt(np.array([0.5, 0.5] + [0.0] * 8)).unsure


def test_the_bound_itself_is_sure() -> None:
    for share in np.linspace(0.01, 0.5, 200):
        found = doubt(np.array([1 - share, share]))
        assert found.unsure == (found.entropy > UNSURE_ABOVE)


def test_a_network_of_one_class_is_never_in_doubt() -> None:
    assert doubt(np.array([1.0])).margin == 1
    assert not doubt(np.array([1.0])).unsure


NAMES = ["Tiger", "orange", "lesser panda", "tabby", "tiger cat"]


def test_classes_are_matched_by_name_and_by_what_else_they_are_called() -> None:
    assert counterparts(["red_panda", "Orange", "tabby_cat"], NAMES) == ((2,), (1,), (3, 4))


@pytest.mark.parametrize("labels", [[], ["red_panda", "unicorn"], list("0123456789")])
def test_who_knows_less_of_a_class_judges_none_of_them(labels: list[str]) -> None:
    assert counterparts(labels, NAMES) is None


def test_the_support_is_all_that_falls_on_what_the_named_class_is_called() -> None:
    told = second_opinion(np.array([[0.5, 0.2, 0.125, 0.1, 0.075]], np.float32), ((2,), (3, 4)), named=1)
    assert told.support == pytest.approx(0.175)
    assert (told.best, told.probability, told.same) == (0, 0.5, None)
    assert not told.unsure


def test_what_is_seen_is_told_by_the_name_the_first_network_has_for_it() -> None:
    told = second_opinion(np.array([0.1, 0.0, 0.1, 0.0, 0.8]), ((2,), (3, 4)), named=0)
    assert (told.same, NAMES[told.best]) == (1, "tiger cat")


def test_a_name_is_doubted_below_the_bound_and_not_at_it_whatever_other_known_names_get() -> None:
    for support, doubted in ((UNLIKELY_BELOW, False), (UNLIKELY_BELOW * 0.99, True)):
        assert second_opinion(np.array([1 - support, support]), ((0,), (1,)), named=1).unsure == doubted


def test_the_page_doubts_by_the_same_bound() -> None:
    page = Path(__file__).parents[2] / "static/js/geometry/spread.js"
    assert f"UNSURE_ABOVE = {UNSURE_ABOVE};" in page.read_text()
