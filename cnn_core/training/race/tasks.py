"""What is learnt: labelled pictures to learn from and to be tested on, there without any download."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from cnn_core.errors import BadRecipe
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array
from cnn_core.training.datasets import Dataset
from cnn_core.training.race.handwriting import DIGITS, draw_digits
from cnn_core.training.race.shapes import SHAPES, draw_shapes

__all__ = ["DRAWN_TASKS", "LEAST_PICTURES", "Task", "drawn_task", "move", "task_of_datasets"]

TRAIN, TEST = 2000, 500
"""Pictures of a drawn task."""

LEAST_PICTURES = 8
"""Of each class: fewer are learnt by heart."""

_PICTURES, _ORDER = range(2)
"""What a random stream is for; part of its seed."""


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """Pictures as the networks take them, from 0 to 1, and the order in which shuffled ones see their pixels.

    Shape:
        train, test: float32 ``(N, C, H, W)``; labels: int64 ``(N,)``; order: ``(H * W,)``, a permutation.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    train: Array
    train_labels: Array
    test: Array
    test_labels: Array
    order: Array = field(init=False)

    def __post_init__(self) -> None:
        """Draw the order; it is the same for all pictures of a size."""
        pixels = self.train.shape[2] * self.train.shape[3]
        object.__setattr__(self, "order", np.random.default_rng((5, _ORDER)).permutation(pixels))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of one picture, ``(C, H, W)``."""
        channels, height, width = self.train.shape[1:]
        return channels, height, width

    @property
    def spec(self) -> InputSpec:
        """What the networks take: drawings, mostly black, from 0 to 1; photos from -1 to 1."""
        half = (0.5,) * 3
        return InputSpec(*self.shape) if self.shape[0] == 1 else InputSpec(*self.shape, mean=half, std=half)

    def seen(self, x: Array, shuffled: bool) -> Array:
        """Pictures ``(N, C, H, W)`` as a network gets them: their pixels in ``order``, or as they are."""
        if not shuffled:
            return x
        flat: Array = x.reshape(*x.shape[:2], -1)[:, :, self.order].reshape(x.shape)
        return flat


def move(x: Array, shifts: Array) -> Array:
    """Pictures ``(N, C, H, W)``, each moved by whole pixels ``(dx, dy)``; black comes in at the border.

    Shape:
        shifts: ``(N, 2)`` integers, or ``(2,)`` for all.
    """
    if not np.any(shifts):
        return x
    out = np.zeros_like(x)
    height, width = x.shape[2:]
    for n, (dx, dy) in enumerate(np.broadcast_to(shifts, (len(x), 2))):
        rows, columns = _overlap(int(dy), height), _overlap(int(dx), width)
        out[n, :, rows[0], columns[0]] = x[n, :, rows[1], columns[1]]
    return out


def _overlap(by: int, size: int) -> tuple[slice, slice]:
    """Where what is moved lies, and where it came from."""
    by = max(-size, min(size, by))
    return slice(max(0, by), size + min(0, by)), slice(max(0, -by), size + min(0, -by))


@dataclass(frozen=True, slots=True)
class _Drawn:
    title: str
    classes: tuple[str, ...]
    draw: Callable[[np.random.Generator, int], tuple[Array, Array]]


DRAWN_TASKS: Mapping[str, _Drawn] = {
    "shapes": _Drawn("Shapes", SHAPES, draw_shapes),
    "digits": _Drawn("Digits", tuple(map(str, range(len(DIGITS)))), draw_digits),
}
"""The tasks that are drawn from a seed."""


@lru_cache(maxsize=4)
def drawn_task(name: str) -> Task:
    """A task by its name, drawn on the first call.

    Raises:
        BadRecipe: there is none; the message lists those there are.
    """
    if name not in DRAWN_TASKS:
        raise BadRecipe(f"race: no task {name!r}; tasks: {', '.join(DRAWN_TASKS)}")
    made = DRAWN_TASKS[name]
    images, labels = made.draw(np.random.default_rng((11, _PICTURES)), TRAIN + TEST)
    data = Dataset(images[..., None], labels, made.classes, ("",) * len(labels))
    train, test = data.take(np.arange(TRAIN)), data.take(np.arange(TRAIN, TRAIN + TEST))
    return task_of_datasets(name, made.title, train, test)


def task_of_datasets(name: str, title: str, train: Dataset, test: Dataset) -> Task:
    """A task of pictures of one size with the same classes."""
    return Task(name, title, train.classes, _pictures(train), train.labels, _pictures(test), test.labels)


def _pictures(data: Dataset) -> Array:
    return np.ascontiguousarray(data.images.transpose(0, 3, 1, 2), np.float32) / np.float32(255)
