"""What the checks of a map measure."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from cnn_core.attributions import (
    Case,
    EdgesOnly,
    Gradient,
    GradientTimesInput,
    adds_up,
    beats,
    blurred,
    cascade,
    filled,
    film,
    finish,
    forgets,
    random_map,
    rank_correlation,
    ranks,
    stages,
)
from cnn_core.attributions.base import Attribution, Promise
from cnn_core.attributions.cascade import Memory, random_networks
from cnn_core.attributions.trust import Film
from cnn_core.errors import BadInput
from cnn_core.models import load_model
from tests.core.attributions.cases import residual, toy, zoo


def played(case, picture, steps):
    return finish(film(case, picture, steps))


def test_a_sum_that_misses_its_promise_is_found():
    case = toy(residual())
    honest = finish(GradientTimesInput().explain(case))
    assert adds_up(case, honest)
    assert adds_up(case, finish(Gradient().explain(case))) is None
    broken = Attribution(honest.map * 1.01 + 0.01, 1, honest.promise)
    assert adds_up(case, broken) is False
    near = Promise(honest.total * (1 + 1e-3), {})
    assert adds_up(case, Attribution(honest.map, 1, near))


def test_a_film_begins_and_ends_where_it_says():
    case = zoo("tiny_vgg")
    shown = played(case, finish(EdgesOnly().explain(case)).map, 8)
    assert shown.pixels.tolist() == [512 * i for i in range(9)]
    ends = {
        "photo": (case.x, shown.deletion[0], shown.insertion[-1]),
        "grey": (filled(case.x, case.levels, "grey"), shown.deletion[-1]),
        "blur": (blurred(case.x), shown.insertion[0]),
    }
    for image, *told in ends.values():
        answer = Case(case.graph, case.parameters, image, case.question).answer
        assert told == pytest.approx([answer] * len(told), rel=1e-4)


def test_a_film_takes_the_strongest_pixels_first():
    case = zoo("tiny_vgg")
    picture = random_map((64, 64), seed=5)
    shown = played(case, picture, 4)
    image = case.x.copy()
    strongest = np.argsort(-picture.ravel())[:1024]
    image.reshape(3, -1)[:, strongest] = case.levels.grey.reshape(3, 1)
    answer = Case(case.graph, case.parameters, image, case.question).answer
    assert shown.deletion[1] == pytest.approx(answer, rel=1e-4)


def test_areas_are_those_under_the_curves():
    shown = Film(np.array([0, 2, 4]), np.array([1.0, 0.5, 0.0]), np.array([0.0, 1.0, 1.0]))
    assert shown.areas == (0.5, 0.75)
    better = Film(shown.pixels, shown.deletion * 0.9, np.array([0.1, 1.0, 1.0]))
    half = Film(shown.pixels, shown.deletion * 0.9, shown.insertion)
    assert beats(better, shown)
    assert not beats(half, shown)


def test_ranks_count_from_the_strongest_and_the_first():
    assert ranks(np.array([[1.0, 3.0], [3.0, -5.0]])).tolist() == [[2, 0], [1, 3]]


def test_rank_correlation_is_spearmans():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, (6, 6)), rng.standard_normal((6, 6))
    assert rank_correlation(a, b) == pytest.approx(spearmanr(a, b, axis=None).statistic)
    assert rank_correlation(b, b) == pytest.approx(1)
    assert rank_correlation(b, -b) == pytest.approx(-1)
    assert rank_correlation(b, np.zeros((6, 6))) == 0


def test_networks_become_random_from_the_top_until_nothing_is_left():
    model = load_model("resnet_random")
    graph = model.graph
    trained = {name: value + 1 for name, value in model.parameters.items()}
    groups = stages(graph)
    assert len(groups) == 6
    assert groups[0][0] == "output"
    assert groups[-1][-1] == "stem_conv"
    seen = list(random_networks(graph, trained, seed=1))
    assert [node for node, _ in seen] == [group[-1] for group in groups]
    for stage, (_, parameters) in enumerate(seen, 1):
        drawn = {node for group in groups[:stage] for node in group}
        for name, value in parameters.items():
            wanted = model.parameters if name.rsplit(".", 1)[0] in drawn else trained
            np.testing.assert_array_equal(value, wanted[name], err_msg=name)


def test_what_asks_no_network_forgets_nothing():
    case = toy(residual(), dtype=np.float32)
    methods = {"edges_only": EdgesOnly(), "gradient": Gradient()}
    found = [m for m in cascade(case, methods, seeds=2, most=3) if isinstance(m, Memory)]
    assert [(m.seed, m.stage, m.method) for m in found[:3]] == [
        (0, 1, "edges_only"),
        (0, 1, "gradient"),
        (0, 2, "edges_only"),
    ]
    assert [m.correlation for m in found if m.method == "edges_only"] == pytest.approx([1] * 6)
    assert max(m.correlation for m in found if m.method == "gradient" and m.stage == 3) < 0.9


def test_a_cascade_may_leave_out_stages_but_not_the_last():
    case = toy(residual(), dtype=np.float32)
    methods = {"gradient": Gradient()}
    whole, part = (
        [m for m in cascade(case, methods, seeds=1, most=5, every=n) if isinstance(m, Memory)] for n in (1, 2)
    )
    assert part == whole[::2]
    assert [m.stage for m in part] == [1, 3, 5]


def test_several_networks_make_a_line_and_a_band():
    rows = [
        ("a", 0, 1, "top", 0.8),
        ("a", 0, 2, "stem", 0.1),
        ("a", 1, 1, "top", 0.6),
        ("a", 1, 2, "stem", 0.3),
    ]
    found = forgets([Memory(*row) for row in rows])
    assert found.mean == (1.0, pytest.approx(0.7), pytest.approx(0.2))
    assert found.low == (1.0, 0.6, 0.1)
    assert found.high == (1.0, 0.8, 0.3)
    assert found.forgotten
    assert not forgets([Memory("a", 0, 1, "stem", 0.31)]).forgotten


@pytest.mark.parametrize("wrong", [{"seeds": 0}, {"most": 0}, {"every": 0}])
def test_a_cascade_of_nothing_is_refused(wrong):
    with pytest.raises(BadInput, match="must be at least 1, got 0"):
        list(cascade(toy(residual()), {}, **wrong))
