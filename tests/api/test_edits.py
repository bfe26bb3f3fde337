"""Edits in addresses: what the server shows of an edited network is what the core says of it."""

import io
import json
from urllib.parse import quote

import numpy as np
import pytest

from app.services.image_store import _read_samples
from cnn_core.graph import Edit, Region, edited
from cnn_core.models import load_model
from cnn_core.preprocess import default_crop, to_tensor
from cnn_core.runtime import compile_plan


@pytest.fixture(scope="module")
def samples(live):
    return [sample["id"] for sample in live.client.get("/api/samples").json()]


def pixels_of(number):
    return next(image.pixels for at, image in enumerate(_read_samples()) if at == number)


def traced(edits, number=0, model="tiny_vgg"):
    """Every output of an edited network, run apart: in this process, by a plan compiled for it alone."""
    network = load_model(model)
    graph, parameters = edited(network.graph, network.parameters, edits)
    pixels = pixels_of(number)
    x = to_tensor(pixels, network.spec, default_crop(network.spec, pixels.shape[1], pixels.shape[0]))
    plan = compile_plan(graph, parameters, x.shape)
    return {record.node.name: record.output[0] for record in plan.records(x)}


def node(live, image, name, edit="", model="tiny_vgg"):
    query = f"?edit={quote(edit)}" if edit else ""
    answer = live.client.get(f"/api/traces/{quote(model)}/{image}/nodes/{name}{query}")
    assert answer.status_code == 200, answer.text
    return np.load(io.BytesIO(answer.content))


KERNEL = np.arange(9).reshape(3, 3) / 8
CASES = [
    ("conv_1_1:weight:2,0,1,1:0.5", [Edit("conv_1_1", "set", (2, 0, 1, 1), 0.5, "weight")]),
    (
        f"conv_1_2:weight:3,1:{','.join(map(str, KERNEL.ravel()))};relu_1_1:mute:4",
        [Edit("conv_1_2", "set", (3, 1), KERNEL, "weight"), Edit("relu_1_1", "mute", (4,))],
    ),
    ("!conv_1_1:mute:*;output:scale:3:1.5", [Edit("output", "scale", (3,), 1.5)]),
    (
        "max_pool_1:fill:1,2:-0.25:0,3,10,12;conv_2_1:swap:0,5",
        [
            Edit("max_pool_1", "fill", (1, 2), -0.25, region=Region(0, 3, 10, 12)),
            Edit("conv_2_1", "swap", (0, 5)),
        ],
    ),
    (
        "relu_1_1:fill:2:0.75:3,4,5,9_7,0,8,2",
        [Edit("relu_1_1", "fill", (2,), 0.75, region=(Region(3, 4, 5, 9), Region(7, 0, 8, 2)))],
    ),
]


@pytest.mark.parametrize(("text", "edits"), CASES, ids=[text[:24] for text, _ in CASES])
def test_every_layer_is_that_of_the_network_edited_apart(live, samples, text, edits):
    wanted = traced(edits)
    live.client.get(
        f"/api/traces/tiny_vgg/{samples[0]}"
    )  # so that the edited run takes over what is the same
    for name in ("conv_1_1", "relu_1_1", "max_pool_1", "conv_2_2", "softmax"):
        assert np.array_equal(node(live, samples[0], name, text), wanted[name]), name
        assert np.array_equal(node(live, samples[0], name, model=f"tiny_vgg~edit-{text}"), wanted[name])


def test_a_layer_patched_whole_from_another_photo_gives_its_answer(live, samples):
    text = f"max_pool_1:patch:*:{samples[2]}"
    assert np.array_equal(node(live, samples[0], "softmax", text), node(live, samples[2], "softmax"))
    part = node(live, samples[0], "max_pool_1", f"max_pool_1:patch:7:{samples[2]}:2,3,9,11")
    own, other = node(live, samples[0], "max_pool_1"), node(live, samples[2], "max_pool_1")
    own[7, 2:9, 3:11] = other[7, 2:9, 3:11]
    assert np.array_equal(part, own)
    gone = live.client.get(f"/api/traces/tiny_vgg/{samples[0]}?edit=relu_1_1:patch:0:{'0' * 32}")
    assert (gone.status_code, gone.json()["title"]) == (404, "Image not here")


def test_every_address_of_a_trace_is_about_the_edited_network(live, samples):
    text = quote("relu_1_1:fill:2:0.75;conv_1_1:scale:0:2")
    trace = f"/api/traces/tiny_vgg/{samples[0]}"
    told = live.client.get(f"{trace}/explain/relu_1_1?channel=2&y=3&x=4&edit={text}").json()
    assert (told["operation"], told["value"]) == ("constant", 0.75)
    told = live.client.get(f"{trace}/explain/conv_1_1?channel=0&y=3&x=4&edit={text}").json()
    assert told["term_sum"] + told["bias"] == pytest.approx(told["value"], abs=1e-5)
    slopes = np.load(
        io.BytesIO(live.client.get(f"{trace}/gradient/relu_1_1?channel=2&y=3&x=4&edit={text}").content)
    )
    assert not slopes.any()
    assert live.client.get(f"{trace}/channels/relu_1_1?edit={text}").json()["max"][2] == 0.75
    frames = live.client.get(f"{trace}/frames?edit={text}&nodes=relu_1_1").content
    size = int.from_bytes(frames[:4], "little")
    assert json.loads(frames[4 : 4 + size])["kind"] == "relu"
    model = live.client.get(f"/api/models/tiny_vgg?edit={text}").json()
    plain = live.client.get("/api/models/tiny_vgg").json()
    assert model["nodes"] == plain["nodes"]
    weights = live.client.get(f"/api/models/tiny_vgg/parameters/conv_1_1.weight?edit={text}").content
    own = load_model("tiny_vgg").parameters["conv_1_1.weight"]
    assert np.array_equal(np.load(io.BytesIO(weights))[0], own[0] * 2)


def test_an_edited_network_is_compared_with_what_it_was(live, samples):
    query = quote("tiny_vgg~edit-conv_2_1:mute:3")
    found = live.client.get(f"/api/traces/tiny_vgg/{samples[0]}/comparison?model_b={query}").json()
    differing = {layer["b"]: layer["differing"] for layer in found["layers"]}
    assert not any(differing[name] for name in ("input", "conv_1_1", "max_pool_1"))
    assert 0 < differing["conv_2_1"] <= 28 * 28
    assert differing["softmax"] > 0


def test_long_edits_are_kept_by_their_content(live, samples):
    numbers = np.random.default_rng(0).standard_normal((10, 10, 3, 3)).astype(np.float32)
    text = ";".join(f"conv_1_2:weight:{o}:{','.join(map(str, numbers[o].ravel()))}" for o in range(10))
    assert len(text) > 4000
    kept = live.client.post("/api/edits", json={"model": "tiny_vgg", "edit": text})
    again = live.client.post("/api/edits", json={"model": "tiny_vgg", "edit": text})
    assert (kept.status_code, kept.json()) == (201, again.json())
    assert live.client.get(f"/api/edits/{kept.json()['edit']}").json() == {"edit": text}
    wanted = traced([Edit("conv_1_2", "set", (), numbers, "weight")])
    assert np.array_equal(node(live, samples[0], "softmax", kept.json()["edit"]), wanted["softmax"])
    assert np.array_equal(node(live, samples[0], "softmax", model=kept.json()["model"]), wanted["softmax"])
    for address in (f"/api/traces/tiny_vgg/{samples[0]}?edit=@{'0' * 32}", f"/api/edits/@{'0' * 32}"):
        gone = live.client.get(address)
        assert (gone.status_code, "api/edits" in gone.json()["detail"]) == (404, True)


def test_traces_of_a_few_edits_are_kept(live, samples):
    """Older ones go, so that the next edit runs in their memory; the network before its edits stays."""
    for step in range(7):
        live.client.get(f"/api/traces/tiny_vgg/{samples[1]}?edit=conv_1_1:bias:0:0.{step}")
        live.client.get(f"/api/traces/tiny_vgg/{samples[1]}")
    kept = [key[0] for key in live.services.traces.cache if key[1] == samples[1]]
    edited_ones = [fingerprint for fingerprint in kept if "~" in fingerprint]
    assert (len(edited_ones), len(kept) - len(edited_ones)) == (4, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("conv_1_1", "edit 1 of 1, 'conv_1_1': wanted node:what:which"),
        ("conv_1_1:mute:2;conv_9:mute:1", "edit 2 of 2, 'conv_9:mute:1': no node 'conv_9'"),
        ("conv_1_1:mute:10", "0 to 9, got 10"),
        ("conv_1_1:weight:0,0:nan", "finite numbers"),
        ("conv_1_1:weight:0,0:1e400", "finite"),
        ("conv_1_1:weight:0,0:1,2,3", "wanted 9 numbers (3, 3), got 3"),
        ("conv_1_1:weight:0,0,5,0:1", "0 to 2, got 5"),
        ("conv_1_1:weight:0,0,0,0,0:1", "up to 4 indices"),
        ("conv_1_1:gamma:0:1", "wanted one of weight, bias, scale, mute"),
        ("conv_1_1:bias:0:1e9", "larger than"),
        ("relu_1_1:scale:0:2", "no weights to scale"),
        ("relu_1_1:fill:0:1:0,0,99,9", "62 rows and 62 columns"),
        ("relu_1_1:replace:0:1,2,3:0,0,1,2", "wanted 2 numbers"),
        ("relu_1_1:fill:0:1:0,0,1", "top,left,bottom,right"),
        ("relu_1_1:mute:-1", "whole numbers"),
        ("relu_1_1:replace:0:1:0,0,1,1_1,1,2,2", "only fill takes several regions"),
        ("relu_1_1:patch:0:espresso,1", "image and its crop"),
        (";".join(["conv_1_1:mute:1"] * 65), "64 edits at most"),
        ("relu_1_1:mute:0:3", "takes no value"),
    ],
    ids=lambda text: text[:32],
)
def test_a_bad_edit_is_named(live, samples, text, words):
    answer = live.client.get(f"/api/traces/tiny_vgg/{samples[0]}?edit={quote(text)}")
    assert answer.status_code == 422
    assert words in answer.json()["detail"]
    assert answer.headers["content-type"].startswith("application/problem+json")
