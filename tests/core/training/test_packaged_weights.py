"""The weights this package ships: on a photograph they were not trained on, and against their recipe."""

from __future__ import annotations

import pytest
import skimage.data

from cnn_core import load_model, trace
from cnn_core.preprocess import Crop
from cnn_core.training.recipes import Recipe


@pytest.mark.parametrize("crop", [None, Crop(140, 30, 320, 320), Crop(120, 20, 360, 360)])
def test_a_cup_of_coffee_on_a_table_is_called_espresso(crop: Crop | None) -> None:
    label, probability = trace(load_model("tiny_vgg"), skimage.data.coffee(), crop).top(1)[0]
    assert label == "espresso"
    assert probability > 0.5


def test_the_card_repeats_the_recipes_defaults() -> None:
    model = load_model("tiny_vgg")
    assert (model.card.epochs, model.card.seed) == (Recipe().epochs, Recipe().seed)
    assert model.card.command == (
        f"convscope train tiny_vgg --data tiny-imagenet-20.zip --classes {','.join(model.labels)} --seed 1"
    )
