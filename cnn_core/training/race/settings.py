"""How the networks learn, and when that was changed: settings act from a step on, and stay on record."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from cnn_core.errors import BadRecipe
from cnn_core.training.optimizers import AdamW, Optimizer, Sgd

__all__ = ["Change", "Settings", "Timeline", "Value"]

Value = int | float | str

_RANGES: Mapping[str, tuple[float, float]] = {
    "rate": (1e-6, 100),
    "batch": (1, 512),
    "decay": (0, 1),
    "shift": (0, 8),
    "passes": (1, 1000),
    "seed": (0, 2**31 - 1),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What a step is made with.

    ``rate`` is the learning rate, ``decay`` the decoupled weight decay, ``shift`` by how many pixels training
    pictures are moved at random, ``passes`` how often each is seen before the race ends; with the schedule
    ``cosine`` the rate falls to zero until then. ``init`` draws the first weights, so it acts at step 0 only.
    """

    rate: float = 0.05
    batch: int = 32
    optimizer: Literal["sgd", "momentum", "adam"] = "momentum"
    schedule: Literal["constant", "cosine"] = "constant"
    init: Literal["uniform", "he", "small", "large", "zeros"] = "he"
    decay: float = 0.0
    shift: int = 0
    passes: int = 3
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse what no race can be run with; a whole number is as good as any where fractions may be."""
        for name, hint in get_type_hints(type(self)).items():
            object.__setattr__(self, name, _checked(name, hint, getattr(self, name)))

    def make_optimizer(self) -> Optimizer:
        """The update rule."""
        if self.optimizer == "adam":
            return AdamW(beta2=0.999, weight_decay=self.decay)
        momentum = 0.9 if self.optimizer == "momentum" else 0.0
        return Sgd(momentum, self.decay, nesterov=False)

    def with_value(self, name: str, value: Value) -> Settings:
        """These settings with one of them changed.

        Raises:
            BadRecipe: no such setting, or a value it cannot have.
        """
        if name not in (field.name for field in fields(self)):
            known = ", ".join(field.name for field in fields(self))
            raise BadRecipe(f"race: no setting {name!r}; settings: {known}")
        changed: dict[str, Any] = {name: value}
        return replace(self, **changed)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Settings:
        """The inverse of ``asdict``; what is missing has its default.

        Raises:
            BadRecipe: as ``with_value``.
        """
        settings = cls()
        for name, value in config.items():
            settings = settings.with_value(name, value)
        return settings


def _checked(name: str, hint: Any, value: Any) -> Value:
    if get_origin(hint) is Literal:
        if value not in get_args(hint):
            raise BadRecipe(f"race: {name} must be {' or '.join(get_args(hint))}, got {value!r}")
        return str(value)
    low, high = _RANGES[name]
    wanted = "a whole number" if hint is int else "a number"
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high or (hint is int and value != int(value)):
        raise BadRecipe(f"race: {name} must be {wanted} from {low:g} to {high:g}, got {value!r}")
    found: Value = hint(value)
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """After ``step`` the setting ``name`` was no longer ``before`` but ``after``."""

    step: int
    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class Timeline:
    """The settings of every step, those to come included: the first ones, and the changes in their order."""

    first: Settings
    changes: tuple[Change, ...] = ()

    def at(self, step: int) -> Settings:
        """What step ``step`` (counted from 1) is made with."""
        settings = self.first
        for change in self.changes:
            if change.step < step:
                settings = settings.with_value(change.name, change.after)
        return settings

    @property
    def latest(self) -> Settings:
        """What the next step is made with."""
        return self.at(self.changes[-1].step + 1) if self.changes else self.first

    def seen(self, step: int) -> int:
        """Pictures shown before step ``step``."""
        count, done = 0, 0
        for change in self.changes:
            if change.step >= step:
                break
            count += (change.step - done) * self.at(change.step).batch if change.step > done else 0
            done = max(done, change.step)
        return count + (step - 1 - done) * self.at(step).batch

    def rate(self, step: int, images: int) -> float:
        """The learning rate of a step, by what was known when it was made."""
        settings = self.at(step)
        if settings.schedule == "constant":
            return settings.rate
        share = min(1.0, self.seen(step) / (settings.passes * images))
        return settings.rate * (1 + math.cos(math.pi * share)) / 2

    def total(self, images: int) -> int:
        """The last step of the race on so many pictures, as things stand."""
        last = self.changes[-1].step if self.changes else 0
        settings = self.latest
        missing = settings.passes * images - self.seen(last + 1)
        return last + max(0, math.ceil(missing / settings.batch))

    def changed(self, step: int, name: str, value: Value) -> Timeline:
        """With another value after ``step``; two changes of one setting at one step are one.

        Raises:
            BadRecipe: as ``Settings.with_value``; first weights cannot change after the first step.
        """
        if step == 0:
            return Timeline(self.first.with_value(name, value))
        if name in ("init", "seed"):
            raise BadRecipe(f"race: {name} makes the first weights: start again to change it")
        after = getattr(self.latest.with_value(name, value), name)
        before = getattr(self.at(step), name)
        others = tuple(c for c in self.changes if (c.step, c.name) != (step, name))
        kept = others if after == before else (*others, Change(step, name, before, after))
        return replace(self, changes=kept)

    def back_to(self, step: int) -> Timeline:
        """Without what was changed after ``step``."""
        return replace(self, changes=tuple(change for change in self.changes if change.step <= step))

    def to_config(self) -> dict[str, Any]:
        """The timeline as plain JSON values."""
        return {"first": asdict(self.first), "changes": [asdict(change) for change in self.changes]}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Timeline:
        """The inverse of ``to_config``."""
        return cls(Settings.from_config(config["first"]), tuple(Change(**row) for row in config["changes"]))
