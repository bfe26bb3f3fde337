"""Everything that decides what a training run makes of its data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from cnn_core.training.augment import Augmentation
from cnn_core.training.optimizers import AdamW, Optimizer, Sgd
from cnn_core.training.schedules import OneCycle, Schedule, WarmupCosine

__all__ = ["Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The same recipe, data and graph give the same weights; the defaults made those of ``tiny_vgg``."""

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
    clip: float = 5.0
    """The longest gradient that is followed."""
    ema: float = 0.998
    """Share of the averaged weights kept at each step."""
    shards: int = 2
    """Parts of a batch whose gradients are computed apart, then added in order: so many threads can help.
    Batch norms see one part at a time."""
    augmentation: Augmentation = field(
        default_factory=lambda: Augmentation(zoom=(0.5, 1.3), aspect=0.2, flip=True, jitter=0.3)
    )

    def __post_init__(self) -> None:
        """Refuse numbers no run can have."""
        for name in ("epochs", "batch", "rate", "shards", "clip"):
            if getattr(self, name) <= 0:
                raise ValueError(f"recipe: {name} must be above 0, got {getattr(self, name)}")
        for name in ("smoothing", "ema", "warmup"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"recipe: {name} must be from 0 to below 1, got {getattr(self, name)}")

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
