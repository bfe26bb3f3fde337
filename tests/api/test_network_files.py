"""A network, edited or not, as an ONNX file: what it holds is what the page shows."""

import io
from urllib.parse import quote

import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

import cnn_core.onnx_export
from app.cli.exports import run_export
from app.services.image_store import _read_samples
from app.services.network_files import network_file
from cnn_core.errors import BadModelFile, UnsupportedOperator
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor

EDITS = "conv_1_1:mute:2;relu_1_1:mute:4;max_pool_1:fill:1:0.5;output:bias:3:0.25;!relu_2_2:fill:0:1:0,0,2,2"


@pytest.fixture(scope="module")
def photo(live):
    return live.client.get("/api/samples").json()[0]["id"]


def node(live, photo, name, **query):
    answer = live.client.get(f"/api/traces/tiny_vgg/{photo}/nodes/{name}", params=query)
    return np.load(io.BytesIO(answer.content))


def elsewhere(data, name):
    """What the ONNX project's own reference computes for the first sample."""
    x = to_tensor(next(iter(_read_samples())).pixels, load_model("tiny_vgg").spec)
    return ReferenceEvaluator(onnx.load_from_string(data)).run(None, {"input": x}, intermediate=True)[name]


@pytest.mark.parametrize("form", ["id", "query", "kept"])
def test_an_edited_network_is_the_file_s(live, photo, form):
    path, query = "/api/models/tiny_vgg/onnx", {"edit": EDITS}
    if form == "id":
        path, query = f"/api/models/{quote(f'tiny_vgg~edit-{EDITS}', safe='')}/onnx", {}
    elif form == "kept":
        kept = live.client.post("/api/edits", json={"model": "tiny_vgg", "edit": EDITS}).json()
        query = {"edit": kept["edit"]}
    answer = live.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"] == 'attachment; filename="tiny_vgg-edited.onnx"'
    finding = answer.headers["x-verification"]
    assert finding.startswith("Read back and run on a test picture: 13 of 13 layers held against it, ")
    for name in ("relu_1_1", "max_pool_1", "softmax"):
        ours = node(live, photo, name, edit=EDITS)
        np.testing.assert_allclose(elsewhere(answer.content, name)[0], ours, atol=1e-5)
    assert not np.allclose(node(live, photo, "softmax"), ours, atol=1e-3)


def test_a_network_without_edits_is_a_file_too(live, photo):
    answer = live.client.get("/api/models/tiny_vgg/onnx")
    assert 'filename="tiny_vgg.onnx"' in answer.headers["content-disposition"]
    ours = node(live, photo, "softmax")
    np.testing.assert_allclose(elsewhere(answer.content, "softmax")[0], ours, atol=1e-5)


def test_what_is_painted_is_refused_by_name(live, photo):
    text = f"conv_1_1:mute:2;relu_1_1:fill:2:0.5:0,0,3,3;max_pool_1:patch:1:{photo}"
    answer = live.client.get("/api/models/tiny_vgg/onnx", params={"edit": text})
    assert (answer.status_code, answer.json()["title"]) == (422, "Not in a file")
    assert answer.json()["detail"] == (
        "A file cannot hold edit 2 of 3, fill 2 of 'relu_1_1'; nor edit 3 of 3, the patch of 'max_pool_1' "
        "from another image: remove it or switch it off, then export again."
    )


def test_a_file_that_computes_something_else_is_not_given_away(monkeypatch):
    model = load_model("lenet5")
    made = cnn_core.onnx_export.export_model

    def broken(graph, parameters, **told):
        key = "conv_1.bias" if "conv_1.bias" in parameters else next(iter(parameters))
        return made(graph, {**parameters, key: parameters[key] + 0.01}, **told)

    monkeypatch.setattr(cnn_core.onnx_export, "export_model", broken)
    with pytest.raises(BadModelFile, match="read back, differs by"):
        network_file(model)


def test_the_command_takes_edited_networks(tmp_path, capsys):
    path = tmp_path / "edited.onnx"
    run_export("tiny_vgg~edit-relu_1_1:mute:4;conv_1_1:bias:0:3", path)
    assert "layers held against it, equal in every value" in capsys.readouterr().out
    names = {tensor.name: tensor for tensor in onnx.load(path).graph.initializer}
    assert onnx.numpy_helper.to_array(names["conv_1_1.bias"])[0] == 3
    muted = onnx.numpy_helper.to_array(names["relu_1_1.kept"]).ravel()
    assert muted.tolist() == [float(channel != 4) for channel in range(10)]
    with pytest.raises(UnsupportedOperator, match="edit 1 of 1, fill all of 'relu_1_1'"):
        run_export("tiny_vgg~edit-relu_1_1:fill:*:1:0,0,2,2", tmp_path / "never.onnx")
    assert not (tmp_path / "never.onnx").exists()
