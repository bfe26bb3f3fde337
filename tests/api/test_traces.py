"""Traces over HTTP are the core's own numbers, bit for bit."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_core import load_model, trace
from cnn_core.doubt import doubt
from cnn_core.models import ImageTrace
from cnn_core.preprocess import Crop
from tests.api.live import Live, frames, values
from tests.api.pictures import noise, uploaded

PICTURE = noise(90, 130, seed=5)


@pytest.fixture(scope="module")
def image(live: Live) -> str:
    return uploaded(live, PICTURE)


@pytest.fixture(scope="module")
def address(image: str) -> str:
    return f"/api/traces/tiny_vgg/{image}"


@pytest.fixture(scope="module")
def expected(live: Live) -> ImageTrace:
    # While the server runs, so that BLAS is under the same limits.
    return trace(load_model("tiny_vgg"), PICTURE)


def npy(content: bytes) -> NDArray[Any]:
    return np.load(io.BytesIO(content), allow_pickle=False)


def test_the_summary_has_every_class_and_every_layer(
    live: Live, address: str, image: str, expected: ImageTrace
) -> None:
    told = live.client.get(address).json()

    assert (told["model"], told["image"]) == ("tiny_vgg", image)
    assert [(entry["label"], entry["probability"]) for entry in told["top"]] == expected.top(10)
    assert told["crop"] == {"left": 20, "top": 0, "width": 90, "height": 90}
    assert [node["name"] for node in told["nodes"]] == list(expected.outputs)
    assert told["milliseconds"] > 0
    found = doubt(expected.output)
    own = {"entropy": found.entropy, "margin": found.margin, "unsure": found.unsure}
    assert told["doubt"] == {"rule": "entropy", **own, "opinion": None, "first": told["top"][0]}
    assert told["doubt"]["margin"] == told["top"][0]["probability"] - told["top"][1]["probability"]
    for node in told["nodes"]:
        output = expected[node["name"]].output[0]
        assert node["shape"] == list(output.shape)
        assert (node["min"], node["max"]) == (output.min(), output.max())
        assert node["mean"] == pytest.approx(output.mean(dtype=np.float64))
        assert node["std"] == pytest.approx(output.std(dtype=np.float64))
        assert node["zero_fraction"] == pytest.approx(float((output == 0).mean()))


def test_every_layer_comes_bit_for_bit(live: Live, address: str, expected: ImageTrace) -> None:
    for node, output in expected.outputs.items():
        answer = live.client.get(f"{address}/nodes/{node}")
        assert answer.headers["content-type"] == "application/x-npy"
        array = npy(answer.content)
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, output[0], strict=True)


def test_one_channel_is_one_map(live: Live, address: str, expected: ImageTrace) -> None:
    answer = live.client.get(f"{address}/nodes/conv_1_2", params={"channel": 7})

    np.testing.assert_array_equal(npy(answer.content), expected["conv_1_2"].output[0, 7], strict=True)


def test_exact_frames_are_the_layers_themselves(live: Live, address: str, expected: ImageTrace) -> None:
    answer = live.client.get(f"{address}/frames")
    *layers, (last, _) = frames([answer.content])

    assert answer.headers["content-type"] == "application/vnd.convscope.frames"
    assert [header["node"] for header, _ in layers] == list(expected.outputs)
    for index, (header, payload) in enumerate(layers):
        output = expected.outputs[header["node"]][0]
        assert (header["index"], header["count"]) == (index, len(layers))
        assert header["bytes"] % 4 == 0
        assert header["kind"] == expected.model.graph[header["node"]].layer.kind
        assert (header["min"], header["max"]) == (output.min(), output.max())
        np.testing.assert_array_equal(values(header, payload), output)
    assert last["done"] is True
    assert [(entry["label"], entry["probability"]) for entry in last["top"]] == expected.top(10)
    assert last["crop"] == {"left": 20, "top": 0, "width": 90, "height": 90}
    assert last["doubt"] == live.client.get(address).json()["doubt"]


def test_eight_bit_frames_are_within_half_a_step(live: Live, address: str, expected: ImageTrace) -> None:
    answer = live.client.get(f"{address}/frames", params={"encoding": "uint8"})
    *layers, _ = frames([answer.content])

    for header, payload in layers:
        output = expected.outputs[header["node"]][0]
        error = np.abs(values(header, payload) - output).max()
        assert header["scale"] == pytest.approx((float(output.max()) - float(output.min())) / 255)
        assert error <= header["scale"] / 2 * (1 + 1e-9)
        assert header["bytes"] % 4 == 0
        assert len(payload) == header["bytes"] < output.size + 4


def test_a_crop_is_what_the_network_sees(live: Live, address: str) -> None:
    told = live.client.get(address, params={"crop": "10,5,70"}).json()
    answer = live.client.get(f"{address}/nodes/input", params={"crop": "10,5,70"})
    wanted = trace(load_model("tiny_vgg"), PICTURE, Crop(10, 5, 70, 70))

    assert told["crop"] == {"left": 10, "top": 5, "width": 70, "height": 70}
    np.testing.assert_array_equal(npy(answer.content), wanted["input"].output[0])


@pytest.mark.parametrize(
    ("node", "position"),
    [
        ("conv_1_1", (3, 0, 0)),
        ("conv_1_2", (9, 31, 59)),
        ("relu_1_1", (2, 11, 12)),
        ("max_pool_1", (4, 29, 29)),
        ("conv_2_2", (0, 13, 7)),
        ("flatten", (1689, 0, 0)),
        ("output", (6, 0, 0)),
        ("input", (2, 63, 0)),
        ("softmax", (1, 0, 0)),
    ],
)
def test_the_arithmetic_of_a_value_adds_up(
    live: Live, address: str, expected: ImageTrace, node: str, position: tuple[int, int, int]
) -> None:
    asked = dict(zip(("channel", "y", "x"), position, strict=True))
    told = live.client.get(f"{address}/explain/{node}", params=asked).json()
    output = expected.outputs[node][0]

    assert told["value"] == float(output[position[: output.ndim]])
    assert {key: told[key] for key in asked} == asked
    assert told["node"] == node
    if told["operation"] == "sum":
        total = math.fsum(term["sum"] for term in told["terms"]) + (told["bias"] or 0)
        assert total == pytest.approx(told["value"], rel=1e-4, abs=1e-5)
    for term in told["terms"]:
        check_term(term, expected)
    box = told["field"]
    assert 0 <= box["top"] < box["bottom"] <= 64
    assert 0 <= box["left"] < box["right"] <= 64


def check_term(term: dict[str, Any], expected: ImageTrace) -> None:
    """The patch is cut from the node it names, and its products add up."""
    patch, products = np.array(term["patch"]), np.array(term["products"])
    assert term["sum"] == pytest.approx(products.sum(), rel=1e-5, abs=1e-6)
    if term["kernel"] is not None:
        np.testing.assert_allclose(products, patch * np.array(term["kernel"]), rtol=1e-5, atol=1e-7)
    source = expected.outputs[term["node"]][0]
    if source.ndim == 3:
        height, width = patch.shape
        (step_y, step_x), y, x = term["step"], term["y"], term["x"]
        cut = source[term["channel"], y : y + height * step_y : step_y, x : x + width * step_x : step_x]
        np.testing.assert_array_equal(patch.astype(np.float32), cut)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nodes/conv_1_1?channel=10", "channel must be 0 to 9"),
        ("/nodes/conv_1_1?channel=-1", "channel must be 0 to 9"),
        ("/nodes/conv_1_1?channel=many", "channel"),
        ("/explain/conv_1_1?channel=0&y=62&x=0", "y must be 0 to 61"),
        ("/explain/max_pool_2?channel=0&y=0&x=13", "x must be 0 to 12"),
        ("/explain/output?channel=10", "channel must be 0 to 9"),
        ("/explain/output?channel=1&y=1", "y must be 0 to 0"),
        ("/frames?encoding=float64", "'float32' or 'uint8'"),
        ("?crop=80,0,90", "leaves the image, which is 130 x 90 pixels"),
        ("?crop=-1,0,50", "leaves the image"),
        ("?crop=0,0,0", "at least 1 pixel"),
        ("?crop=0,0", "left,top,width"),
        ("?crop=a,b,c", "left,top,width"),
        ("?crop=0.5,0,50", "left,top,width"),
        ("?crop=99999999999999999999,0,50", "left,top,width"),
        ("?crop=", "left,top,width"),
    ],
)
def test_values_out_of_range_are_422_and_name_the_range(
    live: Live, address: str, path: str, said: str
) -> None:
    answer = live.client.get(address + path)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_unknown_models_images_and_nodes_are_404_and_list_what_exists(
    live: Live, address: str, image: str
) -> None:
    node = live.client.get(f"{address}/nodes/conv_7_7")
    explained = live.client.get(f"{address}/explain/conv_7_7")
    model = live.client.get(f"/api/traces/lenet/{image}")
    gone = live.client.get(f"/api/traces/tiny_vgg/{'0' * 32}/frames")

    assert {node.status_code, explained.status_code, model.status_code, gone.status_code} == {404}
    assert "conv_1_1, relu_1_1" in node.json()["detail"]
    assert "conv_1_1, relu_1_1" in explained.json()["detail"]
    assert "tiny_vgg" in model.json()["detail"]
    assert "upload it again" in gone.json()["detail"]
    # what a person reads has neither ids nor a list of everything
    assert "0" * 32 not in gone.text
    assert "Espresso" not in gone.text
