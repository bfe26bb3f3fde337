"""The live socket: what it answers, and that the newest state wins."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from websockets.sync.client import ClientConnection

from cnn_core.equivariance import Lab
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor
from tests.api.live import Live
from tests.api.pictures import pixels
from tests.api.sockets import answer, answers, ask, next_message, sample, socket
from tests.api.test_equivariance import measured

LAYERS = [{"node": "conv_1_2", "channel": 5}, {"node": "max_pool_2", "channel": 3}]


@pytest.fixture
def cat(live: Live) -> dict[str, Any]:
    return {"model": "tiny_vgg", "image": sample(live)}


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(message["type"] for message in messages))


def test_the_numbers_are_those_of_http(live: Live, cat: dict[str, Any]) -> None:
    nodes = [{"node": layer["node"]} for layer in LAYERS]
    names = [layer["node"] for layer in LAYERS]
    with socket(live) as connection:
        for seq, shift in enumerate(
            [
                {"dx": 3, "dy": -2},
                {"dx": 3, "dy": 1, "border": "reflect", "pooling": "blur3"},
                {"dx": 40, "size": 80, "crop": [3, 5, 90]},
            ]
        ):
            found = answer(connection, seq, **cat, **shift, layers=nodes)
            wanted = measured(live, cat["image"], **shift, nodes=names)

            numbers = [{key: layer[key] for key in wanted["nodes"][0]} for layer in found["layers"]]
            assert numbers == wanted["nodes"]
            for key in ("crop", "size", "border", "pooling", "changes", "probabilities", "dx", "dy"):
                assert found[key] == wanted[key], key


@pytest.mark.parametrize("border", ["trained", "wrap"])
def test_a_channel_left_open_is_the_one_that_makes_most_of_its_colours(
    live: Live, cat: dict[str, Any], border: Any
) -> None:
    model = load_model("tiny_vgg")
    baseline = Lab(model.graph, model.parameters, border).baseline(
        to_tensor(pixels(live, cat["image"]), model.spec)
    )
    nodes = ["conv_1_2", "max_pool_2"]
    with socket(live) as connection:
        layers = [{"node": node, "channel": None} for node in nodes]
        found = answer(connection, 1, **cat, border=border, dx=5, layers=layers)

    for node, layer in zip(nodes, found["layers"], strict=True):
        still = baseline.maps(node)
        spread = [float(plane.std() / abs(plane).max()) for plane in still if plane.any()]
        chosen = still[layer["channel"]]
        assert float(chosen.std() / abs(chosen).max()) == max(spread)
        np.testing.assert_array_equal(layer["scale"], [chosen.min(), chosen.max()])


@pytest.mark.parametrize(
    "movement",
    [{"dx": 3, "dy": -2}, {"transform": "rotate", "angle": 30.0}, {"transform": "scale", "factor": 0.8}],
    ids=["shift", "rotate", "scale"],
)
def test_the_maps_are_the_cores(live: Live, cat: dict[str, Any], movement: dict[str, Any]) -> None:
    model = load_model("tiny_vgg")
    lab = Lab(model.graph, model.parameters, "reflect")
    baseline = lab.baseline(to_tensor(pixels(live, cat["image"]), model.spec))
    nodes = ["input", *(layer["node"] for layer in LAYERS)]
    if "angle" in movement:
        wanted = baseline.rotate(30.0, nodes)
    elif "factor" in movement:
        wanted = baseline.scale(0.8, nodes)
    else:
        wanted = baseline.shift(3, -2, nodes)

    with socket(live) as connection:
        found = answer(connection, 1, **cat, **movement, border="reflect", layers=LAYERS)

    for layer, choice in zip(found["layers"], LAYERS, strict=True):
        core = wanted.layers[layer["node"]]
        first, after = core.first[choice["channel"]], core.after[choice["channel"]]
        still = baseline.maps(layer["node"])
        mask = layer["compared_mask"]
        shape = first.shape
        assert layer["shape"] == list(core.first.shape)
        assert layer["error"] == core.error
        assert layer["scale"] == [still[choice["channel"]].min(), still[choice["channel"]].max()]
        assert layer["layer_scale"] == [still.min(), still.max()]
        np.testing.assert_array_equal(layer["shifted_input"].reshape(shape), first)
        np.testing.assert_array_equal(layer["shifted_map"].reshape(shape), after)
        np.testing.assert_array_equal(mask.reshape(shape), core.kept)
    exposed = ~wanted.layers["input"].kept
    np.testing.assert_array_equal(found["exposed"].reshape(64, 64), exposed)


def test_the_picture_is_what_the_network_gets(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        still = answer(connection, 1, **cat)["picture"].reshape(64, 64, 4)
        moved = answer(connection, 2, **cat, dx=10, dy=-4, border="wrap")

    model = load_model("tiny_vgg")
    seen = to_tensor(pixels(live, cat["image"]), model.spec)[0].transpose(1, 2, 0)
    np.testing.assert_allclose(still[..., :3], seen * 255, atol=0.51)
    assert (still[..., 3] == 255).all()
    np.testing.assert_array_equal(moved["picture"].reshape(64, 64, 4), np.roll(still, (-4, 10), (0, 1)))
    assert moved["exposed"] is None


def test_in_wrap_a_stride_one_layer_is_exactly_zero_everywhere(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        found = answer(connection, 1, **cat, dx=13, dy=7, border="wrap", layers=LAYERS)
    conv, pool = found["layers"]

    assert conv["error"] == 0.0
    assert conv["exact"]
    assert conv["compared"] == 10 * 64 * 64
    np.testing.assert_array_equal(conv["shifted_input"], conv["shifted_map"])
    assert conv["compared_mask"] is None
    assert not pool["exact"]


def test_the_curve_has_every_shift_and_is_that_of_single_shifts(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        ask(connection, 1, **cat, dx=3, dy=1, layers=LAYERS, curve=4)
        messages = answers(connection, 1)
    points = [point for message in messages if message["type"] == "curve" for point in message["points"]]

    assert kinds(messages) == ["result", "curve", "done"]
    assert [point["dx"] for point in points] == [0, 1, -1, 2, -2, 3, -3, 4, -4]
    for point in points:
        one = measured(live, cat["image"], dx=point["dx"], dy=1, nodes=[layer["node"] for layer in LAYERS])
        assert point["errors"] == [node["error"] for node in one["nodes"]]
        assert point["exact"] == [node["exact"] for node in one["nodes"]]
        assert point["probabilities"] == one["probabilities"]["after"]


def test_a_curve_is_that_of_its_own_layers(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        for seq, names in enumerate((["conv_1_1"], ["max_pool_1"], ["max_pool_1", "conv_1_1"])):
            ask(connection, seq, **cat, layers=[{"node": name} for name in names], curve=1)
            curve = [message for message in answers(connection, seq) if message["type"] == "curve"]
            one = measured(live, cat["image"], dx=1, nodes=names)
            assert curve[1]["points"][0]["errors"] == [node["error"] for node in one["nodes"]]


def test_points_and_rows_come_once_while_what_they_belong_to_lasts(live: Live, cat: dict[str, Any]) -> None:
    def counted(seq: int, **state: Any) -> tuple[int, int]:
        ask(connection, seq, **cat, **state, layers=LAYERS, curve=2, sweep=1)
        found = kinds_of(answers(connection, seq))
        return found.count("curve"), found.count("sweep")

    def kinds_of(messages: list[dict[str, Any]]) -> list[str]:
        return [message["type"] for message in messages]

    with socket(live) as connection:
        assert counted(1) == (5, 3)
        assert counted(2, dx=5) == (0, 0)
        assert counted(3, dx=5, dy=1) == (5, 0)
        assert counted(4, border="reflect") == (5, 3)
        assert counted(5) == (5, 3)
    with socket(live) as connection:
        assert counted(1) == (5, 3)


@pytest.mark.parametrize(
    ("kind", "names", "trained"),
    [
        ("pooling", ["max", "average", "blur3", "blur5", "strided"], ["max"]),
        ("border", ["trained", "zeros", "wrap", "reflect"], ["trained"]),
    ],
)
def test_every_variant_is_compared(
    live: Live, cat: dict[str, Any], kind: str, names: list[str], trained: list[str]
) -> None:
    nodes = [layer["node"] for layer in LAYERS]
    chosen = {"border": "wrap", "pooling": "blur3"}
    with socket(live) as connection:
        ask(connection, 1, **cat, **chosen, dx=1, layers=LAYERS, variants=True)
        variants = [message for message in answers(connection, 1) if message["type"] == kind]

    assert [variant[kind] for variant in variants] == names
    assert [variant[kind] for variant in variants if variant["trained"]] == trained
    for variant in variants:
        one = {**chosen, kind: variant[kind]}
        assert variant["layers"] == measured(live, cat["image"], dx=1, nodes=nodes, **one)["nodes"]


def test_a_border_that_is_the_trained_one_is_said_to_be(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        layers = [{"node": "stem_conv"}]
        ask(connection, 1, **{**cat, "model": "resnet_random"}, dx=1, layers=layers, variants=True)
        borders = [message for message in answers(connection, 1) if message["type"] == "border"]
    assert [each["border"] for each in borders if each["trained"]] == ["trained", "zeros"]
    assert borders[0]["layers"] == borders[1]["layers"]


def test_the_sweep_is_that_of_http(live: Live, cat: dict[str, Any]) -> None:
    body = {**cat, "border": "wrap", "max_shift": 3}
    wanted = live.client.post("/api/equivariance/sweep", json=body).json()
    with socket(live) as connection:
        ask(connection, 1, **cat, border="wrap", sweep=3)
        rows = [message for message in answers(connection, 1) if message["type"] == "sweep"]

    assert [row["dy"] for row in rows] == list(range(-3, 4))
    assert [row["top"] for row in rows] == wanted["top"]
    assert [row["probability"] for row in rows] == wanted["probability"]
    assert [row["summary"] for row in rows] == [None] * 6 + [wanted["summary"]]


def test_a_fully_connected_layer_changes_though_the_maps_only_move(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        for seq, dx in enumerate((0, 8)):
            ask(connection, seq, **cat, dx=dx, border="wrap", contrast=True)
            _, contrast, _ = answers(connection, seq)
            assert contrast["type"] == "contrast"
            assert contrast["inputs"] == 3 * 64 * 64
            assert contrast["other"] != "Cat"
            assert contrast["unrelated"] > 0
            assert np.array_equal(contrast["moved"], contrast["rest"]) is (dx == 0)
            rest, moved = contrast["rest"].astype(float), contrast["moved"].astype(float)
            change = np.linalg.norm(moved - rest) / np.linalg.norm(rest)
            assert contrast["change"] == pytest.approx(change)
            assert len(moved) == contrast["outputs"]
            assert (contrast["change"] > contrast["unrelated"] / 10) is (dx != 0)


def test_of_many_states_at_once_the_last_is_answered_and_few_others(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        for seq in range(200):
            ask(connection, seq, **cat, dx=seq % 60, border="wrap", layers=LAYERS, curve=16)
        results = []
        while (message := next_message(connection))["type"] != "done":
            if message["type"] == "result":
                results.append(message)

    assert message["seq"] == results[-1]["seq"] == 199
    assert results[-1]["dx"] == 199 % 60
    assert len(results) < 100
    assert [result["seq"] for result in results] == sorted({result["seq"] for result in results})


def test_a_long_answer_is_given_up_for_a_newer_state(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        ask(connection, 1, **cat, layers=LAYERS, border="reflect", curve=32, sweep=8, variants=True)
        assert next_message(connection)["type"] == "result"
        ask(connection, 2, **cat, dx=1)
        older = newer_than_one(connection)
        assert [message["seq"] for message in answers(connection, 2)] == [2]

    assert "done" not in older
    assert "sweep" not in older


def newer_than_one(connection: ClientConnection) -> list[str]:
    """What still comes about the first state; the first message about the second is taken, too."""
    found = []
    while (message := next_message(connection))["seq"] == 1:
        found.append(message["type"])
    assert message["type"] == "result"
    return found
