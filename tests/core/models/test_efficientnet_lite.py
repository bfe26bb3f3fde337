"""EfficientNet-Lite0: weights and names from the packages of others, and what it says of photographs."""

from __future__ import annotations

import numpy as np
import pytest
import skimage.data

from cnn_core.errors import BadModelFile, UnknownModel
from cnn_core.models import efficientnet_lite, find_architecture, load_model, model_names, trace
from cnn_core.models.base import BORROWED, absent_models
from cnn_core.models.image_trace import ImageTrace

NAME = "efficientnet_lite0"


@pytest.fixture(scope="module")
def model():
    return load_model(NAME)


def answer(model, pixels):
    probabilities = list(ImageTrace(model, pixels))[-1].output[0]
    best = int(np.argmax(probabilities))
    return model.labels[best], float(probabilities[best])


def test_it_has_the_size_that_is_published(model):
    assert sum(value.size for value in model.parameters.values() if value.ndim > 1) + 1000 < 4_652_008
    cost = model.graph.total_cost()
    assert (cost.parameters, cost.macs) == (4_652_008, 385_187_552)
    assert (model.card.parameters, model.card.macs) == (cost.parameters, cost.macs)
    assert len(set(model.labels)) == 1000
    sides = [model.graph.shapes[f"block_{stage}_1_project_conv"][-1] for stage in range(1, 8)]
    assert sides == [112, 56, 28, 14, 14, 7, 7]


@pytest.mark.parametrize(
    ("photo", "names"),
    [
        ("coffee", {"espresso"}),
        ("chelsea", {"Egyptian cat", "tabby"}),
        ("rocket", {"missile", "space shuttle"}),
    ],
)
def test_it_is_right_about_photographs(model, photo, names):
    found, probability = answer(model, getattr(skimage.data, photo)())
    assert found in names
    assert probability > 0.25


def test_it_takes_bytes_about_127_by_128(model):
    grey = np.full((224, 224, 3), 127, np.uint8)
    first = next(iter(ImageTrace(model, grey))).output
    assert (first == 0).all()
    assert next(iter(ImageTrace(model, np.full_like(grey, 255)))).output.max() == 1


def test_without_the_package_it_is_not_among_the_models_and_says_what_brings_it(model, monkeypatch):
    monkeypatch.setattr(efficientnet_lite, "_file", lambda package, path: None)
    assert efficientnet_lite._labels() == ()
    with pytest.raises(BadModelFile, match=r"pip install 'convscope\[imagenet\]'"):
        load_model(NAME)
    made = BORROWED[NAME]
    monkeypatch.setitem(BORROWED, NAME, type(made)(NAME, made.title, made.build, made.spec, ()))
    assert NAME not in model_names()
    assert NAME in [each.name for each in absent_models()]


def test_a_file_of_other_content_is_refused(model, monkeypatch, tmp_path):
    other = tmp_path / "weights.pth"
    other.write_bytes(b"other weights")
    monkeypatch.setattr(efficientnet_lite, "_file", lambda package, path: other)
    with pytest.raises(BadModelFile, match="not that of the file whose weights were checked"):
        load_model(NAME)


def test_the_unknown_are_told_of_it():
    with pytest.raises(UnknownModel, match=NAME):
        find_architecture("nothing")
    assert trace  # the five lines of the README work with it as with any other
