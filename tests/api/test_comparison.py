"""Two subjects over HTTP: the core's own numbers, and addresses that every route takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.services.cache import ByteLru
from cnn_core import load_model, trace
from cnn_core.comparison import compare, corresponding, untrained
from cnn_core.models import ImageTrace, Model
from cnn_core.preprocess import Crop, crop_pixels, default_crop
from tests.api.classless import maps
from tests.api.graphs import install
from tests.api.live import Live, served
from tests.api.pictures import noise, pixels, uploaded
from tests.api.test_traces import npy

PICTURE, OTHER = noise(90, 130, seed=5), noise(70, 70, seed=6)
TWIN = "tiny_vgg~untrained-1"


@pytest.fixture(scope="module")
def tiny() -> Model:
    return load_model("tiny_vgg")


@pytest.fixture(scope="module")
def image(live: Live) -> str:
    return uploaded(live, PICTURE)


@pytest.fixture(scope="module")
def other(live: Live) -> str:
    return uploaded(live, OTHER)


def compared(live: Live, image: str, model: str = "tiny_vgg", **query: str) -> Any:
    answer = live.client.get(f"/api/traces/{model}/{image}/comparison", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_untrained_twin_is_a_model_like_any_other(live: Live, image: str, tiny: Model) -> None:
    told = live.client.get(f"/api/models/{TWIN}").json()
    assert (told["id"], told["title"]) == (TWIN, "Tiny VGG, untrained")
    assert (told["card"]["seed"], told["card"]["epochs"], told["accuracy"]) == (1, 0, None)
    weight = npy(live.client.get(f"/api/models/{TWIN}/parameters/conv_1_1.weight").content)
    fresh = untrained(tiny.graph, tiny.parameters, 1)
    np.testing.assert_array_equal(weight, fresh["conv_1_1.weight"])
    expected = ImageTrace(Model(TWIN, "", tiny.graph, fresh, tiny.labels, tiny.spec, tiny.card), PICTURE)
    node = npy(live.client.get(f"/api/traces/{TWIN}/{image}/nodes/conv_2_1").content)
    np.testing.assert_array_equal(node, expected["conv_2_1"].output[0])
    assert TWIN not in [model["id"] for model in live.client.get("/api/models").json()]


@pytest.mark.parametrize(
    "name", ["nothing~untrained-1", "tiny_vgg~untrained-", "tiny_vgg~trained-1", f"{TWIN}~untrained-2", "~"]
)
def test_what_is_no_twin_is_not_found(live: Live, name: str) -> None:
    answer = live.client.get(f"/api/models/{name}")
    assert answer.status_code == 404
    assert "tiny_vgg" in answer.json()["detail"]


def test_a_subject_equals_itself_and_every_value_is_counted(live: Live, image: str, tiny: Model) -> None:
    told = compared(live, image)
    values = sum(int(np.prod(shape)) for shape in tiny.graph.shapes.values())
    assert (told["exact"], told["compared"], told["differing"], told["first"]) == (True, values, 0, None)
    assert {layer["relative"] for layer in told["layers"]} == {0.0}
    assert told["answer_a"] == told["answer_b"]


def test_a_subject_is_compared_with_itself_by_running_it_again(
    live: Live, image: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = live.services.traces.outputs

    def broken(subject: Any) -> Any:
        outputs = run(subject)
        changed = outputs["relu_2_1"].copy()
        changed[0, 3, 2, 1] += 1
        return {**outputs, "relu_2_1": changed}

    monkeypatch.setattr(live.services.traces, "outputs", broken)
    told = compared(live, image)
    assert (told["exact"], told["differing"], told["first"]) == (False, 1, "relu_2_1")


@pytest.mark.parametrize("model", ["tiny_vgg", TWIN])
def test_numbers_are_those_of_the_core(live: Live, image: str, other: str, tiny: Model, model: str) -> None:
    told = compared(live, image, model_b=model, image_b=other, crop_b="3,4,60")
    fresh = untrained(tiny.graph, tiny.parameters, 1)
    parameters = fresh if model == TWIN else tiny.parameters
    second = Model("", "", tiny.graph, parameters, tiny.labels, tiny.spec, tiny.card)
    a, b = trace(tiny, PICTURE), trace(second, OTHER, Crop(3, 4, 60, 60))
    found = compare(a.outputs, b.outputs, corresponding(tiny.graph, tiny.graph))
    assert (told["compared"], told["differing"]) == (found.compared, found.differing)
    assert (told["exact"], told["first"]) == (False, "input")
    for layer, expected in zip(told["layers"], found.layers, strict=True):
        assert (layer["a"], layer["b"]) == (expected.pair.a, expected.pair.b)
        assert layer["shape"] == list(tiny.graph.shapes[layer["a"]][1:])
        assert layer["relative"] == expected.found.relative
        assert layer["cosine"] == expected.found.cosine
        assert layer["largest"] == expected.found.largest
        assert layer["differing"] == expected.found.differing
        assert layer["channels"] == expected.found.channels
    assert [(entry["label"], entry["probability"]) for entry in told["answer_b"]] == b.top(10)
    assert [(entry["label"], entry["probability"]) for entry in told["answer_a"]] == a.top(10)


def test_networks_that_share_only_their_input_are_not_equal(live: Live, image: str, tiny: Model) -> None:
    told = compared(live, image, model_b="vgg")
    assert [layer["a"] for layer in told["layers"]] == ["input"]
    assert (told["differing"], told["exact"], told["first"]) == (0, False, None)
    assert told["only_a"] == [node.name for node in tiny.graph][1:]
    assert len(told["only_b"]) == len(load_model("vgg").graph) - 1


def test_what_cannot_be_compared_is_said_in_a_sentence(live: Live, image: str) -> None:
    address = f"/api/traces/tiny_vgg/{image}/comparison"
    for query, status, said in (
        ({"model_b": "nothing"}, 404, "There is no model 'nothing'"),
        ({"image_b": "0" * 32}, 404, "no longer has the image"),
        ({"crop_b": "1,2"}, 422, "left,top,width"),
        ({"crop_b": "1,2,1000"}, 422, "leaves the image"),
    ):
        answer = live.client.get(address, params=query)
        assert answer.status_code == status
        assert said in answer.json()["detail"]


def test_a_comparison_is_not_sent_twice(live: Live, image: str, other: str) -> None:
    address = f"/api/traces/tiny_vgg/{image}/comparison"
    first = live.client.get(address, params={"image_b": other})
    held = {"If-None-Match": first.headers["etag"]}
    assert live.client.get(address, params={"image_b": other}, headers=held).status_code == 304
    assert live.client.get(address, headers=held).status_code == 200


@pytest.mark.parametrize("steps", [1, 4])
def test_a_picture_with_noise_is_an_image_of_exactly_what_the_network_sees(
    live: Live, image: str, tiny: Model, steps: int
) -> None:
    asked = {"epsilon": 3, "steps": steps, "crop": "20,0,80"}
    answer = live.client.post(f"/api/traces/tiny_vgg/{image}/noise", params=asked)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert answer.headers["location"] == f"/api/images/{told['id']}"
    assert (told["width"], told["height"], told["epsilon"], told["steps"]) == (64, 64, 3, steps)
    made = pixels(live, told["id"])
    seen = crop_pixels(PICTURE, tiny.spec, Crop(20, 0, 80, 80))
    assert np.abs(made.astype(int) - seen).max() == told["largest"] == 3
    before = live.client.get(f"/api/traces/tiny_vgg/{image}", params={"crop": "20,0,80"}).json()["top"]
    after = live.client.get(f"/api/traces/tiny_vgg/{told['id']}").json()["top"]
    assert told["label"] == before[0]["label"]
    assert told["loss_before"] == pytest.approx(-np.log(before[0]["probability"]), rel=1e-4)
    shares = {entry["label"]: entry["probability"] for entry in after}
    assert told["loss_after"] == pytest.approx(-np.log(shares[told["label"]]), rel=1e-4)
    assert told["loss_after"] > told["loss_before"]
    entered = npy(live.client.get(f"/api/traces/tiny_vgg/{told['id']}/nodes/input").content)
    clean = npy(live.client.get(f"/api/traces/tiny_vgg/{image}/nodes/input?crop=20,0,80").content)
    std = np.array(tiny.spec.std).reshape(3, 1, 1)
    moved = (entered - clean) * std * tiny.spec.divisor
    np.testing.assert_allclose(moved, (made.astype(int) - seen).transpose(2, 0, 1), atol=1e-3)


def test_noise_of_a_grey_network_comes_through_a_coloured_picture_unchanged(live: Live, image: str) -> None:
    told = live.client.post(f"/api/traces/lenet5/{image}/noise", params={"epsilon": 8}).json()
    lenet = load_model("lenet5")
    seen = crop_pixels(PICTURE, lenet.spec, default_crop(lenet.spec, 130, 90)).astype(int)
    made = pixels(live, told["id"])
    again = crop_pixels(made, lenet.spec, default_crop(lenet.spec, told["width"], told["height"]))
    np.testing.assert_array_equal(again[..., 0], made[..., 1])
    assert np.abs(again - seen).max() == 8


def test_the_same_noise_has_the_same_id_and_comes_back_after_the_image_was_forgotten(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = live.client.get("/api/samples").json()[0]["id"]
    address = f"/api/traces/tiny_vgg/{sample}/noise"
    first = live.client.post(address, params={"epsilon": 2}).json()
    monkeypatch.setattr(live.services.images, "uploads", ByteLru(100_000))
    monkeypatch.setattr(live.services.images, "_kept", None)
    assert live.client.get(f"/api/images/{first['id']}/info").status_code == 404
    assert live.client.post(address, params={"epsilon": 2}).json() == first
    assert live.client.get(f"/api/images/{first['id']}/info").status_code == 200


@pytest.mark.parametrize(
    "query", [{"epsilon": 0}, {"epsilon": 17}, {"steps": 0}, {"steps": 11}, {"seed": -1}, {"epsilon": "much"}]
)
def test_noise_out_of_range_is_refused(live: Live, image: str, query: dict[str, Any]) -> None:
    answer = live.client.post(f"/api/traces/tiny_vgg/{image}/noise", params=query)
    assert answer.status_code == 422
    assert next(iter(query)) in answer.json()["detail"]


@pytest.fixture(scope="module")
def classless() -> Iterator[Live]:
    with served(prepare=install(maps())) as running:
        yield running


def test_a_network_without_classes_has_no_noise_but_a_comparison(classless: Live) -> None:
    image, other = uploaded(classless, PICTURE), uploaded(classless, OTHER)
    refused = classless.client.post(f"/api/traces/maps/{image}/noise")
    assert refused.status_code == 422
    assert "this one ends in 'conv2d'" in refused.json()["detail"]
    told = compared(classless, image, "maps", image_b=other)
    assert told["first"] == "input"
    assert told["answer_a"] == told["answer_b"] == []


def test_work_that_takes_too_long_ends_with_a_sentence(
    live: Live, other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.services.comparison_service._MOST_SECONDS", -1.0)
    answer = live.client.post(f"/api/traces/tiny_vgg/{other}/noise", params={"epsilon": 5})
    assert answer.status_code == 503
    assert "was not done after" in answer.json()["detail"]


def test_a_network_is_as_alike_as_can_be_to_itself(live: Live) -> None:
    told = live.client.get("/api/models/tiny_vgg/similarity/tiny_vgg", params={"layers": 4}).json()
    assert (told["images"], told["estimator"]) == (10, "unbiased")
    assert told["a"] == told["b"]
    assert len(told["a"]) == 4
    assert told["a"][-1] == "softmax"
    np.testing.assert_allclose(np.diag(told["values"]), 1, atol=1e-9)
    np.testing.assert_allclose(told["values"], np.transpose(told["values"]), atol=1e-9)


def test_layers_of_other_shapes_are_compared_over_the_images_named(live: Live) -> None:
    samples = [sample["id"] for sample in live.client.get("/api/samples").json()][:5]
    told = live.client.get(
        "/api/models/tiny_vgg/similarity/lenet5", params={"images": ",".join(samples), "layers": 24}
    ).json()
    assert told["images"] == 5
    assert np.shape(told["values"]) == (len(told["a"]), len(told["b"]))
    assert np.abs(told["values"]).max() <= 1 + 1e-9


@pytest.mark.parametrize(
    ("images", "status", "said"),
    [
        ("one,two,three", 422, "4 to 32 different images, got 3"),
        ("one,one,one,one", 422, "got 1"),
        (",".join(map(str, range(33))), 422, "got 33"),
        ("one,two,three,four", 404, "no longer has the image: upload it again"),
    ],
)
def test_too_few_images_too_many_or_unknown_ones_are_refused(
    live: Live, images: str, status: int, said: str
) -> None:
    answer = live.client.get("/api/models/tiny_vgg/similarity/lenet5", params={"images": images})
    assert answer.status_code == status
    assert said in answer.json()["detail"]
