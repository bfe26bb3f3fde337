"""What the page says of an imported network's answer is what the file says, read as what it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from cnn_core.input_spec import InputSpec
from cnn_core.preprocess import default_crop, to_tensor
from tests.api.live import Live
from tests.api.pictures import blocks, encoded, upload
from tests.core.onnx_import.files import model, node, tensor, weights

SCORES = [node("Conv", "x w", "c"), node("GlobalAveragePool", "c", "p"), node("Flatten", "p", "f")]
FILTERS = weights("w", 5, 3, 3, 3)


@pytest.fixture
def bring(live: Live) -> Iterator[Any]:
    """Send a file and remove it after the test: what the server tells of it."""
    taken: list[str] = []

    def send(made: onnx.ModelProto, **fields: str) -> Any:
        data = made.SerializeToString()
        answer = live.client.post("/api/models", files={"file": ("my.onnx", data)}, data=fields)
        assert answer.status_code == 201, answer.text
        taken.append(answer.json()["id"])
        return answer.json()

    yield send
    for identity in taken:
        live.client.delete(f"/api/models/{identity}")


def traced(live: Live, told: Any) -> Any:
    image = upload(live, encoded(blocks())).json()["id"]
    found = live.client.get(f"/api/traces/{told['id']}/{image}")
    assert found.status_code == 200, found.text
    return found.json()


def in_the_file(made: onnx.ModelProto) -> Any:
    """What ONNX Runtime makes of the picture."""
    pixels = blocks()
    spec = InputSpec(3, 8, 8)
    x = to_tensor(pixels, spec, default_crop(spec, pixels.shape[1], pixels.shape[0]))
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    return np.ravel(session.run(None, {"x": x})[0])


def test_a_file_with_a_softmax_before_a_flatten_answers_with_its_own_shares(live: Live, bring: Any) -> None:
    big = onnx.numpy_helper.from_array(np.array(30, np.float32), "big")
    softmax = [node("Mul", "p big", "q"), node("Softmax", "q", "s", axis=1), node("Flatten", "s", "y")]
    nodes = [*SCORES[:2], *softmax]
    made = model(nodes, [FILTERS, big], opset=13)
    told = bring(made)
    assert told["imported"]["output_kind"] == "classes"
    assert not [note for note in told["imported"]["notes"] if "softmax" in note]
    top = {each["label"]: each["probability"] for each in traced(live, told)["top"]}
    theirs = in_the_file(made)
    assert theirs.max() > 0.5
    assert [top[str(i)] for i in range(5)] == pytest.approx(list(theirs), abs=1e-6)


def test_shares_in_per_cent_become_shares_of_one(live: Live, bring: Any) -> None:
    hundred = onnx.numpy_helper.from_array(np.array(100, np.float32), "hundred")
    nodes = [*SCORES, node("Softmax", "f", "s", axis=1), node("Mul", "s hundred", "y")]
    made = model(nodes, [FILTERS, hundred], opset=13)
    told = bring(made)
    assert "The file's shares add up to 100. ConvScope makes them add up to 1." in told["imported"]["notes"]
    top = {each["label"]: each["probability"] for each in traced(live, told)["top"]}
    assert [top[str(i)] for i in range(5)] == pytest.approx(list(in_the_file(made) / 100), abs=1e-6)


def test_of_yes_or_no_each_no_doubt_is_told_and_nothing_is_added(live: Live, bring: Any) -> None:
    made = model([*SCORES, node("Sigmoid", "f", "y")], [FILTERS])
    told = bring(made, labels="a\nb\nc\nd\ne")
    assert (told["imported"]["output_kind"], told["nodes"][-1]["kind"]) == ("independent", "sigmoid")
    found = traced(live, told)
    assert found["doubt"]["rule"] == "none"
    top = {each["label"]: each["probability"] for each in found["top"]}
    assert [top[name] for name in "abcde"] == pytest.approx(list(in_the_file(made)), abs=1e-6)


def test_another_output_and_another_reading_can_be_chosen(live: Live, bring: Any) -> None:
    made = model(SCORES, [FILTERS], outputs=[tensor("c", None), tensor("f", None)])
    told = bring(made)
    about = told["imported"]
    assert (about["output"], about["output_kind"]) == ("f", "classes")
    assert [(each["name"], each["kind"], each["shape"]) for each in about["outputs"]] == [
        ("c", "maps", [5, 6, 6]),
        ("f", "classes", [5]),
    ]
    address = f"/api/models/{told['id']}"
    maps = live.client.patch(address, json={"output": "c"}).json()
    assert (maps["imported"]["output_kind"], maps["classes"], maps["output"]) == ("maps", [], "c_node")
    refused = live.client.patch(address, json={"reading": "classes"})
    assert refused.status_code == 422
    assert "reading: the answer is 5 x 6 x 6 values" in refused.json()["detail"]
    numbers = live.client.patch(address, json={"output": "f", "reading": "vector"}).json()
    assert (numbers["imported"]["output_kind"], numbers["classes"]) == ("vector", [])
    alone = live.client.patch(address, json={"reading": "independent"}).json()
    assert alone["nodes"][-1]["kind"] == "sigmoid"
    assert live.client.get(address).json() == alone


def test_what_may_be_said_of_the_answer_may_come_with_the_file(live: Live, bring: Any) -> None:
    made = model([*SCORES, node("Relu", "f", "y")], [FILTERS], outputs=[tensor("c", None), tensor("y", None)])
    assert bring(made)["imported"]["output"] == "c"
    told = bring(made, output="y", reading="classes", labels="a\nb\nc\nd\ne")
    assert (told["imported"]["output_kind"], told["classes"]) == ("classes", list("abcde"))
    assert told["nodes"][-1]["kind"] == "softmax"


def test_what_the_metadata_say_of_pixels_is_what_the_network_gets(live: Live, bring: Any) -> None:
    said = {"Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"}
    told = bring(model(SCORES, [FILTERS], metadata=said))
    assert (told["input"]["order"], told["input"]["divisor"]) == ("BGR", 1.0)
    assert "BitmapPixelFormat Bgr8, Image.NominalPixelRange NominalRange_0_255" in str(
        told["imported"]["notes"]
    )
    unknown = bring(model(SCORES, [FILTERS], metadata={"normalization": "per image"}))
    assert "not understood here: normalization per image" in str(unknown["imported"]["notes"])
    chosen = bring(model(SCORES, [FILTERS], metadata={"normalization": "per picture"}), scaling="imagenet")
    assert "not understood" not in str(chosen["imported"]["notes"])
