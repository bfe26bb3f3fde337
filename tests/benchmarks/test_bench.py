"""``convscope bench``: what it compares is checked, what it prints was measured; no time is judged."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from xml.etree import ElementTree

import numpy as np
import pytest

from app.bench.forward import EXACT, NUMPY, OURS, measure_net
from app.bench.growth import STEPS, _measured
from app.bench.measure import SLOW_ROUNDS, busy_with_others, differences, interleaved, ratios, spread
from app.bench.nets import NETS
from app.bench.peers import PEERS, Peer
from app.bench.report import Machine
from app.bench.training import measure_step
from app.pictures.growth_plot import Growth, draw_growth
from cnn_core.graph import forward
from tests.server import COMMAND, PATIENCE

SVG = "{http://www.w3.org/2000/svg}"


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("squeezenet", 1_235_496),
        ("resnet18", 11_689_512),
        ("vgg16", 138_357_544),
        ("efficientnet_b0", 5_288_548),
    ],
)
def test_the_networks_have_as_many_parameters_as_published(name: str, published: int) -> None:
    graph = NETS[name][1]()
    shapes = graph.parameter_shapes()
    trained = {key: shape for key, shape in shapes.items() if key not in graph.tracked()}
    assert sum(int(np.prod(shape)) for shape in trained.values()) == published


def test_json_holds_everyone_who_took_part() -> None:
    done = bench("tiny_vgg", "--rounds", "2", "--peers", "im2col,onnx_reference", "--no-training", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert set(told["machine"]["versions"]) >= {"python", "numpy"}
    (net,) = told["forward"]
    assert list(net["seconds"]) == [OURS, EXACT, NUMPY, "im2col", "onnx_reference"]
    assert net["ratios"][OURS]["median"] == 1
    assert all(0 < each["low"] <= each["median"] <= each["high"] for each in net["seconds"].values())
    assert all(difference < 1e-5 for difference in net["difference"].values())
    assert told["training"] == []


def test_the_table_names_everyone_and_the_machine() -> None:
    done = bench("tiny_vgg", "--rounds", "1", "--peers", "im2col")
    assert done.returncode == 0, done.stderr
    for wanted in (
        "sgemm",
        "ours, Winograd allowed",
        "ours, as the page shows",
        "textbook im2col",
        "Meanwhile",
    ):
        assert wanted in done.stdout


@pytest.mark.parametrize("arguments", [("nothing",), ("tiny_vgg", "--peers", "nobody")])
def test_an_unknown_name_is_a_line_with_the_known_ones(arguments: tuple[str, ...]) -> None:
    done = bench(*arguments)
    assert done.returncode == 2
    assert "there are" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_peer_with_other_numbers_stops_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(graph, parameters, x, threads):  # type: ignore[no-untyped-def]
        outputs = {record.node.name: record.output for record in forward(graph, parameters, x)}
        outputs["relu_2_2"] = outputs["relu_2_2"] * np.float32(1.001)
        return lambda: outputs

    monkeypatch.setitem(PEERS, "wrong", Peer("wrong", (), wrong))
    with pytest.raises(ValueError, match="outputs of wrong for Tiny VGG, batch 1"):
        measure_net("tiny_vgg", ["wrong"], 1, 1, 1e9)


def test_a_step_of_ours_is_measured_without_any_peer() -> None:
    found = measure_step("train_tiny_vgg", [], 1, 2)
    assert list(found.seconds) == ["ours"]
    assert found.ratios["ours"].median == 1


def test_everyone_has_a_turn_in_every_round_but_the_slow() -> None:
    calls: Counter[str] = Counter()
    turns = {name: lambda name=name: calls.update([name]) for name in ("quick", "slow")}
    taken = interleaved(turns, 4, ["slow"])
    assert {name: len(values) for name, values in taken.items()} == {"quick": 4, "slow": SLOW_ROUNDS}
    assert calls["slow"] == SLOW_ROUNDS
    assert calls["quick"] > 2 * 4


def test_ratios_are_those_of_the_rounds_and_not_of_the_medians() -> None:
    assert ratios([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]).median == 2
    assert spread([1.0, 2.0, 3.0, 4.0, 5.0]) == spread([5.0, 4.0, 3.0, 2.0, 1.0])


def test_the_difference_is_that_of_the_worst_node_by_its_largest_value() -> None:
    wanted = {"a": np.array([10.0, 0.0]), "b": np.array([1.0, 0.0])}
    assert differences({"a": np.array([10.0, 0.1]), "b": np.array([1.0, 0.5])}, wanted) == 0.5
    assert differences({"a": np.array([9.0, 0.0])}, wanted) == pytest.approx(0.1)


def test_what_others_took_is_known_afterwards() -> None:
    with busy_with_others() as others:
        sum(range(10**6))
    assert others.share >= -0.5


@pytest.fixture(scope="module")
def grown() -> list[Growth]:
    here = Machine("a processor", 1, {"numpy": "2"}, 1e9, 1e9, 1e9)
    return [_measured(name, value, here) for name, values in STEPS.items() for value in values[:2]]


def test_peak_memory_is_above_the_activations_and_grows(grown: list[Growth]) -> None:
    for small, large in zip(grown[::2], grown[1::2], strict=True):
        assert small.peak_bytes > small.activation_bytes
        assert large.activation_bytes > small.activation_bytes
        assert large.roofline > small.roofline


def test_the_plot_draws_every_size(grown: list[Growth]) -> None:
    drawn = ElementTree.fromstring(draw_growth(grown, ["a note & another"]))
    assert len(drawn.findall(f"{SVG}circle")) == 4 * len(grown)
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert "a note & another" in texts
    for row in grown:
        assert str(row.value) in texts
