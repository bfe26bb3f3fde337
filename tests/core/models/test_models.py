import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from cnn_core import load_model, trace
from cnn_core.errors import BadInput, BadModelFile, ShapeError, UnknownModel
from cnn_core.graph import Trace, explain
from cnn_core.models import (
    MODELS,
    base,
    card_of,
    find_architecture,
    model_names,
    register_model,
    save_weights,
)
from cnn_core.preprocess import Crop, InputSpec, to_tensor
from cnn_core.runtime import run_compiled

TINY_VGG_NODES = [
    *("input", "conv_1_1", "relu_1_1", "conv_1_2", "relu_1_2", "max_pool_1"),
    *("conv_2_1", "relu_2_1", "conv_2_2", "relu_2_2", "max_pool_2", "flatten", "output", "softmax"),
]
PHOTO = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)


@pytest.fixture(scope="module", params=model_names())
def model(request):
    return load_model(request.param)


class TestTinyVgg:
    def test_is_the_network_of_its_description(self):
        graph = MODELS["tiny_vgg"].build(10)
        assert [node.name for node in graph] == TINY_VGG_NODES
        assert graph.output == "softmax"
        assert graph.total_cost().parameters == 19_920
        assert graph.shapes["conv_1_1"] == (1, 10, 62, 62)
        assert graph.shapes["max_pool_2"] == (1, 10, 13, 13)
        assert graph.shapes["softmax"] == (1, 10)

    def test_takes_any_number_of_classes(self):
        assert MODELS["tiny_vgg"].build(3).shapes["output"] == (1, 3)

    def test_takes_values_from_0_to_1(self):
        x = to_tensor(np.full((64, 64, 3), 255, np.uint8), MODELS["tiny_vgg"].spec)
        assert (x == 1).all()

    def test_tells_its_classes_in_alphabetical_order(self):
        labels = MODELS["tiny_vgg"].labels
        assert len(labels) == 10
        assert list(labels) == sorted(labels)


class TestEveryModel:
    def test_is_whole(self, model):
        assert find_architecture(model.name).title == model.title
        assert len(set(model.labels)) == len(model.labels) == model.graph.shapes[model.graph.output][-1]
        spec = model.spec
        assert model.graph.shapes[model.graph.inputs[0].name] == (1, spec.channels, spec.height, spec.width)
        assert {value.dtype for value in model.parameters.values()} == {np.dtype(np.float32)}
        assert model.card.title

    def test_gives_probabilities_in_order(self, model):
        result = trace(model, PHOTO)
        everything = result.top(len(model.labels))
        probabilities = [probability for _, probability in everything]
        assert {label for label, _ in everything} == set(model.labels)
        assert probabilities == sorted(probabilities, reverse=True)
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)
        assert result.top(2) == everything[:2]
        assert len(result.top()) == 3
        best = int(result.output.argmax())
        assert everything[0] == (model.labels[best], float(result.output[0, best]))

    def test_explains_a_value_of_every_node(self, model):
        outputs = trace(model, PHOTO).outputs
        for node, output in outputs.items():
            index = tuple(size // 2 for size in output.shape[1:])
            told = explain(model.graph, model.parameters, outputs, node, index)
            assert told.value == float(output[0][index])


class TestTrace:
    def test_takes_paths_pictures_and_arrays_alike(self, tmp_path):
        model = load_model("tiny_vgg")
        Image.fromarray(PHOTO).save(tmp_path / "photo.png")
        expected = trace(model, PHOTO).output
        for source in (tmp_path / "photo.png", str(tmp_path / "photo.png"), Image.fromarray(PHOTO)):
            np.testing.assert_array_equal(trace(model, source).output, expected)

    def test_runs_with_the_parameters_as_they_are_now(self):
        model = load_model("tiny_vgg")
        before = trace(model, PHOTO)["conv_1_1"].output
        model.parameters["conv_1_1.bias"][0] += 1
        after = trace(model, PHOTO)["conv_1_1"].output
        np.testing.assert_allclose(after[0, 0], before[0, 0] + 1, rtol=1e-5)
        np.testing.assert_array_equal(after[0, 1:], before[0, 1:])

    def test_runs_on_the_crop_it_names(self):
        model = load_model("tiny_vgg")
        assert trace(model, PHOTO).crop == Crop(10, 0, 80, 80)
        crop = Crop(3, 5, 64, 64)
        result = trace(model, PHOTO, crop)
        expected = PHOTO[5:69, 3:67].transpose(2, 0, 1)[np.newaxis].astype(np.float32) / np.float32(255)
        assert result.crop == crop
        np.testing.assert_array_equal(result["input"].output, expected)
        cut = Trace(model.graph, model.parameters, expected, run=run_compiled)
        np.testing.assert_array_equal(result.output, cut.output)
        plain = Trace(model.graph, model.parameters, expected).output
        np.testing.assert_allclose(result.output, plain, rtol=1e-5)

    def test_a_crop_outside_is_refused(self):
        with pytest.raises(ShapeError, match="does not lie in an image of 100 x 80"):
            trace(load_model("tiny_vgg"), PHOTO, Crop(50, 0, 64, 64))

    def test_no_image_is_refused(self, tmp_path):
        (tmp_path / "notes.txt").write_text("no picture")
        with pytest.raises(BadInput, match=r"notes.txt: not an image"):
            trace(load_model("tiny_vgg"), tmp_path / "notes.txt")


class TestRegistry:
    def test_an_unknown_model_is_answered_with_those_there_are(self):
        with pytest.raises(UnknownModel, match="no model 'vgg_99'; models: tiny_vgg"):
            load_model("vgg_99")

    @pytest.mark.parametrize("name", ["../tiny_vgg", "", "tiny_vgg.safetensors"])
    def test_a_name_is_no_path(self, name):
        with pytest.raises(UnknownModel):
            load_model(name)

    def test_a_name_can_be_taken_once(self):
        with pytest.raises(ValueError, match="'tiny_vgg' is already registered"):
            register_model("tiny_vgg", title="Again", spec=InputSpec(3, 8, 8), labels=())(
                lambda classes: None
            )

    def test_missing_weights_are_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr(base, "WEIGHTS", tmp_path)
        with pytest.raises(
            BadModelFile, match=r"tiny_vgg.safetensors: wanted .* No such file|cannot read it"
        ):
            load_model("tiny_vgg")

    def test_a_model_with_a_seed_needs_no_file_and_is_drawn_from_it(self):
        model = load_model("resnet_random")
        assert not (base.WEIGHTS / "resnet_random.safetensors").exists()
        drawn = model.graph.init(np.random.default_rng(MODELS["resnet_random"].seed))
        assert all(np.array_equal(model.parameters[name], value) for name, value in drawn.items())
        assert model.card.seed == MODELS["resnet_random"].seed
        assert model.card.epochs == 0

    def test_a_card_is_read_without_weights_or_graph(self, tmp_path, monkeypatch):
        (tmp_path / "tiny_vgg.json").write_bytes((base.WEIGHTS / "tiny_vgg.json").read_bytes())
        monkeypatch.setattr(base, "WEIGHTS", tmp_path)
        assert card_of("tiny_vgg").parameters == 19_920
        with pytest.raises(UnknownModel, match=r"no model '\.\./tiny_vgg'; models: tiny_vgg"):
            card_of("../tiny_vgg")

    def test_a_missing_card_is_named(self, tmp_path, monkeypatch):
        monkeypatch.setattr(base, "WEIGHTS", tmp_path)
        graph = MODELS["tiny_vgg"].build(10)
        save_weights(tmp_path / "tiny_vgg.safetensors", graph.init(np.random.default_rng(0)))
        with pytest.raises(BadModelFile, match=r"tiny_vgg.json: wanted the card"):
            load_model("tiny_vgg")

    def test_importing_reads_no_weights(self):
        program = """
import sys
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
import cnn_core
print([name for name in opened if name.endswith((".safetensors", ".pth"))])
print(cnn_core.model_names()[0])
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["[]", "tiny_vgg"]
