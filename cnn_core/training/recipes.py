"""Everything that decides what a training run makes of its data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cnn_core.errors import BadRecipe
from cnn_core.training.augment import Augmentation
from cnn_core.training.optimizers import AdamW, Optimizer, Sgd
from cnn_core.training.schedules import OneCycle, Schedule, WarmupCosine

__all__ = ["RECIPES", "Recipe", "recipe_for", "with_settings"]

_ABOVE_ZERO = ("epochs", "batch", "rate", "shards", "clip")
_BELOW_ONE = ("smoothing", "ema", "warmup")
_SHARES = ("mix_share", "small_share")
_ZERO_OR_MORE = ("seed", "calibration", "weight_decay", "mixup", "cutmix", "small_side")


@dataclass(frozen=True, slots=True)
class Recipe:
    """The same recipe, data and graph give the same weights; the defaults made those of ``tiny_vgg``.

    Raises:
        BadRecipe: a number no run can have.
    """

    epochs: int = 250
    batch: int = 64
    rate: float = 4e-3
    """The highest learning rate of the schedule."""
    seed: int = 1
    calibration: int = 256
    """Images on which the first weights are scaled so that no filter starts out silent; 0: as drawn."""
    optimizer: Literal["adamw", "sgd"] = "adamw"
    schedule: Literal["one_cycle", "warmup_cosine"] = "one_cycle"
    warmup: float = 0.2
    """Share of the steps in which the rate rises."""
    weight_decay: float = 0.1
    smoothing: float = 0.05
    """Share of each label that is spread over all classes."""
    mixup: float = 0.0
    """Alpha of mixup; 0: none. With ``cutmix`` too, each is as likely."""
    cutmix: float = 0.0
    """Alpha of CutMix; 0: none."""
    mix_share: float = 0.5
    """Share of the batches that are mixed, where one of the two is on."""
    small_side: int = 0
    """Height and width of the images in the first epochs."""
    small_share: float = 0.0
    """Share of the epochs that are shown such small images; 0: none."""
    clip: float = 5.0
    """The longest gradient that is followed."""
    ema: float = 0.998
    """Share of the averaged weights kept at each step."""
    shards: int = 2
    """Parts of a batch whose gradients are computed apart, then added in order: so many threads can help.
    Batch norms see one part at a time, and images are mixed within it."""
    augmentation: Augmentation = field(
        default_factory=lambda: Augmentation(zoom=(0.5, 1.3), aspect=0.2, flip=True, jitter=0.3)
    )

    def __post_init__(self) -> None:
        """Refuse numbers no run can have."""
        for name in (*_ABOVE_ZERO, *_BELOW_ONE, *_SHARES, *_ZERO_OR_MORE):
            self._check(name, getattr(self, name))
        if self.small_share and not self.small_side:
            raise BadRecipe("recipe: small_share needs small_side, the size of the small images")

    @staticmethod
    def _check(name: str, value: float) -> None:
        if name in _ABOVE_ZERO:
            fits, wanted = 0 < value < math.inf, "above 0"
        elif name in _BELOW_ONE:
            fits, wanted = 0 <= value < 1, "from 0 to below 1"
        elif name in _SHARES:
            fits, wanted = 0 <= value <= 1, "from 0 to 1"
        else:
            fits, wanted = 0 <= value < math.inf, "0 or more"
        if not fits:
            raise BadRecipe(f"recipe: {name} must be {wanted}, got {value}")

    @property
    def small_epochs(self) -> int:
        """How many epochs, from the first, are shown small images."""
        return round(self.small_share * self.epochs)

    def make_optimizer(self) -> Optimizer:
        """The update rule."""
        rule: type[AdamW | Sgd] = AdamW if self.optimizer == "adamw" else Sgd
        return rule(weight_decay=self.weight_decay)

    def make_schedule(self, steps: int) -> Schedule:
        """The learning rates for a run of so many steps."""
        rule: type[OneCycle | WarmupCosine] = OneCycle if self.schedule == "one_cycle" else WarmupCosine
        return rule(self.rate, steps, self.warmup)

    def to_config(self) -> dict[str, Any]:
        """The recipe as plain JSON values, one level deep."""
        config = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "augmentation"}
        augmentation = asdict(self.augmentation)
        return config | {
            f"augmentation.{name}": list(value) if isinstance(value, tuple) else value
            for name, value in augmentation.items()
        }


_DEEP = Recipe(
    epochs=30,
    calibration=0,
    weight_decay=0.05,
    smoothing=0.1,
    small_side=48,
    small_share=0.7,
    augmentation=Augmentation(zoom=(0.5, 1.2), aspect=0.2, flip=True, jitter=0.3),
)

_RESIDUAL = replace(_DEEP, epochs=70, cutmix=1.0, mix_share=0.4, shards=4)

RECIPES: Mapping[str, Recipe] = {
    "tiny_vgg": Recipe(),
    "lenet5": Recipe(
        epochs=20,
        rate=3e-3,
        weight_decay=0.05,
        smoothing=0.0,
        augmentation=Augmentation(zoom=(0.85, 1.15), aspect=0.1),
    ),
    "mlp": replace(_DEEP, rate=1e-3, calibration=256, small_side=0, small_share=0.0),
    "vgg": replace(_DEEP, epochs=45, cutmix=1.0, mix_share=0.2, shards=4),
    "resnet": replace(_RESIDUAL, epochs=90),
    "resnet_blur": _RESIDUAL,
    "efficientnet": replace(_DEEP, epochs=64, cutmix=1.0, mix_share=0.3, small_share=0.75),
    "spoken_words": Recipe(
        epochs=30,
        weight_decay=0.05,
        smoothing=0.1,
        augmentation=Augmentation(
            zoom=(0.9, 1.15), aspect=0.05, jitter=0.3, shift=0.1, bands=0.15, noise=0.05
        ),
    ),
}
"""What made the weights of each model of this package."""


def recipe_for(name: str) -> Recipe:
    """The recipe of an architecture; for one without its own, the defaults."""
    return RECIPES.get(name, Recipe())


def with_settings(recipe: Recipe, settings: Mapping[str, str]) -> Recipe:
    """The recipe with some of its fields, named as in ``to_config``, set from text.

    >>> with_settings(Recipe(), {"epochs": "60", "augmentation.zoom": "0.5,1"}).augmentation.zoom
    (0.5, 1.0)

    Raises:
        BadRecipe: no such field, or a value that is not of its type or makes no sense.
    """
    own = {name: text for name, text in settings.items() if not name.startswith("augmentation.")}
    deeper = {name: text for name, text in settings.items() if name not in own}
    known = recipe.to_config()
    if unknown := [name for name in settings if name not in known]:
        raise BadRecipe(f"recipe: no setting {unknown[0]!r}; settings: {', '.join(known)}")
    changed = {name: _parsed(Recipe, name, text, name) for name, text in own.items()}
    inner = {
        name.partition(".")[2]: _parsed(Augmentation, name.partition(".")[2], text, name)
        for name, text in deeper.items()
    }
    return replace(recipe, **changed, augmentation=replace(recipe.augmentation, **inner))


_BOOLEANS = {"true": True, "false": False, "True": True, "False": False}
_WANTED = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    tuple: "numbers with commas between",
}


def _parsed(record: type, name: str, text: str, full_name: str) -> Any:
    hint = get_type_hints(record)[name]
    kind = get_origin(hint) or hint
    if kind is Literal:
        if text not in get_args(hint):
            raise BadRecipe(f"recipe: {full_name} must be {' or '.join(get_args(hint))}, got {text!r}")
        return text
    try:
        if kind is bool:
            return _BOOLEANS[text]
        return tuple(map(float, text.split(","))) if kind is tuple else kind(text)
    except (KeyError, ValueError) as error:
        raise BadRecipe(f"recipe: {full_name} must be {_WANTED[kind]}, got {text!r}") from error
