"""Recipes: refused where they make no sense, and set from text."""

from __future__ import annotations

import pytest

from cnn_core.errors import BadRecipe
from cnn_core.training.augment import Augmentation
from cnn_core.training.recipes import RECIPES, Recipe, recipe_for, with_settings


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"epochs": 0}, "above 0"),
        ({"batch": 0}, "above 0"),
        ({"rate": -1.0}, "above 0"),
        ({"rate": float("nan")}, "above 0"),
        ({"clip": float("inf")}, "above 0"),
        ({"smoothing": 1.0}, "from 0 to below 1"),
        ({"mix_share": 1.5}, "from 0 to 1"),
        ({"mixup": -0.1}, "0 or more"),
        ({"weight_decay": float("nan")}, "0 or more"),
        ({"small_side": -1}, "0 or more"),
    ],
)
def test_a_recipe_that_makes_no_sense_is_refused(change: dict[str, float], wanted: str) -> None:
    with pytest.raises(BadRecipe, match=f"recipe: {next(iter(change))} must be {wanted}, got"):
        Recipe(**change)


@pytest.mark.parametrize(
    "change",
    [{"zoom": (0.0, 1.0)}, {"zoom": (1.2, 1.0)}, {"zoom": (1.0,)}, {"jitter": 2.0}, {"cutout": -1.0}],
)
def test_an_augmentation_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(BadRecipe, match=f"augmentation.{next(iter(change))} must be"):
        Augmentation(**change)


def test_small_images_need_their_size() -> None:
    with pytest.raises(BadRecipe, match="small_share needs small_side"):
        Recipe(small_share=0.5)


def test_every_field_can_be_set_from_text() -> None:
    texts = {
        name: ",".join(map(str, value)) if isinstance(value, list) else str(value)
        for name, value in RECIPES["resnet"].to_config().items()
    }
    assert with_settings(Recipe(), texts) == RECIPES["resnet"]
    assert with_settings(Recipe(), {}) == Recipe()


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("momentum", "1", "no setting 'momentum'; settings: epochs, batch"),
        ("augmentation", "1", "no setting 'augmentation'"),
        ("epochs", "1.5", "epochs must be a whole number, got '1.5'"),
        ("rate", "fast", "rate must be a number, got 'fast'"),
        ("optimizer", "lion", "optimizer must be adamw or sgd, got 'lion'"),
        ("augmentation.flip", "maybe", "augmentation.flip must be true or false, got 'maybe'"),
        ("augmentation.zoom", "1;2", "augmentation.zoom must be numbers with commas between, got '1;2'"),
        ("augmentation.zoom", "1", "augmentation.zoom must be two rising numbers above 0"),
        ("rate", "-1", "rate must be above 0"),
    ],
)
def test_a_setting_that_makes_no_sense_is_named(name: str, text: str, complaint: str) -> None:
    with pytest.raises(BadRecipe, match=complaint):
        with_settings(Recipe(), {name: text})


def test_an_architecture_without_a_recipe_of_its_own_has_the_defaults() -> None:
    assert recipe_for("something_new") == Recipe()
    assert recipe_for("resnet") is RECIPES["resnet"]
