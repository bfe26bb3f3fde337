"""The weights this package ships: on a photograph they were not trained on, and their cards."""

from __future__ import annotations

import pytest
import skimage.data

from cnn_core import load_model, trace
from cnn_core.models import MODELS, card_of
from cnn_core.models.base import WEIGHTS
from cnn_core.preprocess import Crop

LIMIT = 12_000_000
"""Bytes of all weights; the whole package stays below 15 MB."""

TRAINED = [name for name, made in MODELS.items() if made.seed is None]


@pytest.mark.parametrize("crop", [None, Crop(140, 30, 320, 320), Crop(120, 20, 360, 360)])
def test_a_cup_of_coffee_on_a_table_is_called_espresso(crop: Crop | None) -> None:
    label, probability = trace(load_model("tiny_vgg"), skimage.data.coffee(), crop).top(1)[0]
    assert label == "espresso"
    assert probability > 0.5


@pytest.mark.parametrize("name", MODELS)
def test_a_card_has_the_numbers_of_its_network(name: str) -> None:
    model, card = load_model(name), card_of(name)
    cost = model.graph.total_cost()
    file = WEIGHTS / f"{name}.safetensors"
    assert card == model.card
    assert (card.parameters, card.macs) == (cost.parameters, cost.macs)
    assert card.size_bytes == (file.stat().st_size if file.exists() else 0)
    assert card.title == model.title
    assert card.validation is not None
    assert "placeholder" not in repr(card)


@pytest.mark.parametrize("name", TRAINED)
def test_a_trained_card_says_how_long_that_took(name: str) -> None:
    assert card_of(name).hours > 0


def test_all_weights_together_leave_the_package_small() -> None:
    assert sum(file.stat().st_size for file in WEIGHTS.iterdir()) < LIMIT
