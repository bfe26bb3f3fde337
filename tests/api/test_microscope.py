"""Reach, gradients, chosen maps and channels in numbers are the core's own, in few bytes."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from app.payloads.reach import reach_schema
from app.routes import values as value_routes
from cnn_core import load_model, trace
from cnn_core.graph import effective_field, field_box, projective_field
from cnn_core.models import ImageTrace
from tests.api import graphs
from tests.api.live import Live, frames, served, values
from tests.api.pictures import noise, uploaded

PICTURE = noise(80, 70, seed=6)


@pytest.fixture(scope="module")
def address(live: Live) -> str:
    return f"/api/traces/tiny_vgg/{uploaded(live, PICTURE)}"


@pytest.fixture(scope="module")
def expected(live: Live) -> ImageTrace:
    # While the server runs, so that BLAS is under the same limits.
    return trace(load_model("tiny_vgg"), PICTURE)


def npy(content: bytes) -> NDArray[Any]:
    return np.load(io.BytesIO(content), allow_pickle=False)


def painted(node: dict[str, Any], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """The places as a page paints them."""
    places = np.zeros(shape, bool)
    if node["runs"] is not None:
        for first, length in node["runs"]:
            places.reshape(-1)[first : first + length] = True
    elif (box := node["box"]) is not None:
        places[box["top"] : box["bottom"], box["left"] : box["right"]] = True
    return places


@pytest.mark.parametrize(("y", "x"), [(0, 0), (11, 10), (6, 5), (11, 0)])
def test_what_a_pixel_reaches_can_be_painted_exactly(y: int, x: int) -> None:
    model = graphs.every_kind()
    with served(prepare=graphs.install(model)) as live:
        told = live.client.get("/api/models/every_kind/reach", params={"y": y, "x": x}).json()

    assert (told["y"], told["x"]) == (y, x)
    wanted = projective_field(model.graph, y, x)
    assert [node["name"] for node in told["nodes"]] == list(wanted)
    for node in told["nodes"]:
        places = wanted[node["name"]]
        np.testing.assert_array_equal(painted(node, places.shape), places)
        assert node["count"] == places.sum()
        assert (node["box"] is None) == (node["count"] == 0)


def test_reach_is_a_box_for_maps_and_runs_for_what_has_holes(live: Live) -> None:
    told = live.client.get("/api/models/tiny_vgg/reach?y=30&x=2").json()
    nodes = {node["name"]: node for node in told["nodes"]}

    assert nodes["input"] == {
        "name": "input",
        "box": {"top": 30, "left": 2, "bottom": 31, "right": 3},
        "count": 1,
        "runs": None,
    }
    assert nodes["conv_1_2"]["box"] == {"top": 26, "left": 0, "bottom": 31, "right": 3}
    assert (nodes["conv_1_2"]["count"], nodes["conv_1_2"]["runs"]) == (15, None)
    assert nodes["output"]["box"] == {"top": 0, "left": 0, "bottom": 10, "right": 1}
    # max_pool_2 is reached in rows 4 to 7 of column 0: four runs of one in each of ten channels
    assert nodes["max_pool_2"]["box"] == {"top": 4, "left": 0, "bottom": 8, "right": 1}
    assert nodes["flatten"]["runs"] == [[c * 169 + row * 13, 1] for c in range(10) for row in range(4, 8)]


def test_a_pixel_that_reaches_nothing_has_no_box() -> None:
    dropped = reach_schema(4, 0, {"pool": np.zeros((2, 2), bool)}).nodes

    assert [node.model_dump() for node in dropped] == [
        {"name": "pool", "box": None, "count": 0, "runs": None}
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("y=64&x=0", "y must be 0 to 63 in the model's input, got 64"),
        ("y=0&x=-1", "x must be 0 to 63"),
        ("y=0", "'x'"),
        ("y=top&x=0", "'y'"),
    ],
)
def test_a_pixel_outside_of_the_input_is_422(live: Live, query: str, said: str) -> None:
    answer = live.client.get(f"/api/models/tiny_vgg/reach?{query}")

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_alternatives_make_weight_sharing_a_number(live: Live) -> None:
    nodes = {node["name"]: node for node in live.client.get("/api/models/tiny_vgg").json()["nodes"]}

    assert nodes["conv_1_2"]["parameter_count"] == 910
    assert nodes["conv_1_2"]["alternatives"] == {"locally_connected": 3_276_000, "dense": 1_383_876_000}
    kinds = {node["kind"] for node in nodes.values() if node["alternatives"] is not None}
    assert kinds == {"conv2d"}


@pytest.mark.parametrize("node", ["conv_1_1", "max_pool_2", "flatten", "output"])
def test_the_gradient_is_the_cores_and_zero_outside_of_the_field(
    live: Live, address: str, expected: ImageTrace, node: str
) -> None:
    graph, parameters, output = expected.model.graph, expected.model.parameters, expected.outputs[node][0]
    # the largest value: no rectifier holds it at zero
    index = tuple(int(i) for i in np.unravel_index(output.argmax(), output.shape))
    place = dict(zip(("channel", "y", "x"), index, strict=False))
    found = npy(live.client.get(f"{address}/gradient/{node}", params=place).content)

    wanted = effective_field(graph, parameters, expected.outputs, node, index)
    np.testing.assert_array_equal(found, wanted, strict=True)
    assert (found.shape, found.dtype) == ((3, 64, 64), np.float32)
    box = field_box(graph, node, index)
    assert found[:, box.top : box.bottom, box.left : box.right].any()
    found[:, box.top : box.bottom, box.left : box.right] = 0
    assert not found.any()


def test_a_gradient_is_computed_once_for_all_who_ask(
    live: Live, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def counted(*arguments: Any) -> NDArray[Any]:
        calls.append("called")
        together.wait()
        return effective_field(*arguments)

    together = Event()
    monkeypatch.setattr(value_routes, "effective_field", counted)
    live.client.get(address)
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(live.client.get, f"{address}/gradient/conv_2_2?channel=1") for _ in range(4)]
        Event().wait(0.3)
        together.set()
        answers = {each.result().content for each in asked}

    assert (len(calls), len(answers)) == (1, 1)


def test_only_the_layers_asked_for_are_sent(live: Live, address: str, expected: ImageTrace) -> None:
    answer = live.client.get(f"{address}/frames", params={"nodes": "max_pool_1,input"})
    *layers, (last, _) = frames([answer.content])

    assert [header["node"] for header, _ in layers] == ["input", "max_pool_1"]
    assert [(header["index"], header["count"]) for header, _ in layers] == [(0, 14), (5, 14)]
    for header, payload in layers:
        np.testing.assert_array_equal(values(header, payload), expected.outputs[header["node"]][0])
    assert last["done"] is True
    assert [(entry["label"], entry["probability"]) for entry in last["top"]] == expected.top(10)


@pytest.mark.parametrize("nodes", ["conv_1_1,conv_9", "", "conv_1_1,", " conv_1_1"])
def test_frames_of_an_unknown_layer_are_404(live: Live, address: str, nodes: str) -> None:
    answer = live.client.get(f"{address}/frames", params={"nodes": nodes})

    assert answer.status_code == 404
    assert "nodes: input, conv_1_1" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("channels", "numbers"),
    [("0-3", [0, 1, 2, 3]), ("9", [9]), ("7,2,4-5", [7, 2, 4, 5]), ("0-9", list(range(10)))],
)
def test_some_maps_come_in_the_order_asked(
    live: Live, address: str, expected: ImageTrace, channels: str, numbers: list[int]
) -> None:
    for node in ("conv_1_2", "output"):
        answer = live.client.get(f"{address}/nodes/{node}", params={"channels": channels})
        wanted = expected.outputs[node][0][numbers]
        np.testing.assert_array_equal(npy(answer.content), wanted, strict=True)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("channels=0-10", "channels must be 0 to 9 at node 'conv_1_1', got 10"),
        ("channels=0-999999999", "channels must be 0 to 9"),
        ("channels=5-2", "go upwards"),
        ("channels=1,0-3", "name none twice"),
        ("channels=-1", "0-31"),
        ("channels=", "0-31"),
        ("channels=1,", "0-31"),
        ("channels=1-2-3", "0-31"),
        ("channels=٣", "0-31"),
        ("channels=1&channel=1", "cannot both be given"),
    ],
)
def test_channels_that_cannot_be_are_422(live: Live, address: str, query: str, said: str) -> None:
    answer = live.client.get(f"{address}/nodes/conv_1_1?{query}")

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


@pytest.mark.parametrize("node", ["input", "relu_1_1", "max_pool_2", "output"])
def test_channels_are_compared_as_numpy_does_in_double_precision(
    live: Live, address: str, expected: ImageTrace, node: str
) -> None:
    told = live.client.get(f"{address}/channels/{node}").json()
    output = expected.outputs[node][0]
    maps = output.reshape(len(output), -1).astype(np.float64)

    assert told.pop("node") == node
    assert told.keys() == {"min", "max", "mean", "variance", "zero_fraction"}
    assert (told["min"], told["max"]) == (maps.min(axis=1).tolist(), maps.max(axis=1).tolist())
    np.testing.assert_allclose(told["mean"], maps.mean(axis=1), rtol=1e-13)
    np.testing.assert_allclose(told["variance"], maps.var(axis=1), rtol=1e-11, atol=1e-25)
    assert told["zero_fraction"] == (maps == 0).mean(axis=1).tolist()


@pytest.mark.parametrize("what", ["channels", "gradient", "explain", "nodes"])
def test_an_unknown_node_is_404_and_lists_what_exists(live: Live, address: str, what: str) -> None:
    answer = live.client.get(f"{address}/{what}/conv_7_7")

    assert answer.status_code == 404
    assert "conv_1_1, relu_1_1" in answer.json()["detail"]


def test_a_gradient_outside_of_the_map_is_422_and_names_the_bounds(live: Live, address: str) -> None:
    answer = live.client.get(f"{address}/gradient/conv_1_1?channel=0&y=62")

    assert answer.status_code == 422
    assert "y must be 0 to 61 at node 'conv_1_1', got 62" in answer.json()["detail"]
