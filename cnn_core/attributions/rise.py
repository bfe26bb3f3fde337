"""RISE: how likely the answer is, on average, while a pixel is visible."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from cnn_core.attributions.base import (
    Attribution,
    Method,
    Progress,
    Steps,
    check_least,
    register_method,
)
from cnn_core.attributions.case import Case
from cnn_core.attributions.places import over_pixels
from cnn_core.errors import BadInput
from cnn_core.layers.base import Array

__all__ = ["Rise"]


@register_method("rise", "RISE")
@dataclass(frozen=True)
class Rise(Method):
    """map[y, x] = sum of a[i] * M[i, y, x] / sum of M[i, y, x] - mean of a, over masks M with answers a.

    A mask is a grid of ``cells`` by ``cells`` points, each seen with probability ``seen``, read between its
    points and moved by a random part of a cell; what is hidden fades to grey. The answer is what a person is
    told: a class's share, or the value. The mean over all masks, left in by the paper, is ``around``.

    Raises:
        BadInput: masks or cells below 1, seen not above 0 and up to 1, seed below 0.

    Reference: Petsiuk et al. 2018, RISE: Randomized Input Sampling for Explanation, section 3.
    """

    costly: ClassVar[bool] = True

    masks: int = 600
    cells: int = 8
    seen: float = 0.5
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_least(self.name, masks=(self.masks, 1), cells=(self.cells, 1), seed=(self.seed, 0))
        if not 0 < self.seen <= 1:
            raise BadInput(f"{self.name}: seen must be above 0 and up to 1, got {self.seen}")

    def explain(self, case: Case) -> Steps:
        """A batch of masks at a time."""
        rng = np.random.default_rng(self.seed)
        sums = _Sums(case.x.shape[2:])
        for part in case.chunks(self.masks):
            masks = self._masks(rng, part.stop - part.start, case.x.shape[2:])
            images = case.levels.grey + (case.x - case.levels.grey) * masks[:, None]
            sums.add(masks, case.question.answers(case.outputs(images.astype(case.x.dtype))))
            yield Progress(part.stop, self.masks)
        mean = sums.mean()
        around = sums.answers / self.masks
        return Attribution(
            (mean - around).astype(case.x.dtype),
            passes=self.masks,
            spread=sums.error(mean).astype(case.x.dtype),
            around=around,
        )

    def quick(self) -> Rise:
        """Fewer masks, the same in every network."""
        return Rise(min(self.masks, 64), self.cells, self.seen, self.seed)

    def _masks(self, rng: np.random.Generator, count: int, size: tuple[int, ...]) -> Array:
        grids = (rng.random((count, self.cells + 2, self.cells + 2)) < self.seen).astype(np.float32)
        moves = rng.random((2, count, 1))
        rows, columns = (
            (np.arange(length) / length * self.cells)[None] + move
            for length, move in zip(size, moves, strict=True)
        )
        return over_pixels(grids, rows, columns)


class _Sums:
    """What masks and answers add up to, pixel by pixel, in float64."""

    def __init__(self, size: tuple[int, ...]) -> None:
        self.answers = 0.0
        self.seen, self.weighed = np.zeros(size), np.zeros(size)
        self.squares, self.first, self.second = np.zeros(size), np.zeros(size), np.zeros(size)

    def add(self, masks: Array, answers: Array) -> None:
        """Take in some masks with their answers."""
        self.answers += float(answers.sum())
        self.seen += masks.sum(axis=0, dtype=np.float64)
        self.weighed += np.einsum("n,nyx->yx", answers, masks)
        squares = masks.astype(np.float64) ** 2
        self.squares += squares.sum(axis=0)
        self.first += np.einsum("n,nyx->yx", answers, squares)
        self.second += np.einsum("n,nyx->yx", answers**2, squares)

    def mean(self) -> Array:
        """The answers' mean, weighed by how far a pixel was seen."""
        return self.weighed / np.maximum(self.seen, 1e-12)

    def error(self, mean: Array) -> Array:
        """Its standard error: the root of the sum of M^2 (a - mean)^2, over the sum of M."""
        spread = self.second - 2 * mean * self.first + mean**2 * self.squares
        error: Array = np.sqrt(np.maximum(spread, 0)) / np.maximum(self.seen, 1e-12)
        return error
