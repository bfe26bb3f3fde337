"""Occlusion: by how much the value really falls when a part of the image is covered."""

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
from cnn_core.attributions.levels import Fill, filled
from cnn_core.errors import BadInput

__all__ = ["Occlusion"]


@register_method("occlusion", "Occlusion")
@dataclass(frozen=True)
class Occlusion(Method):
    """map[y, x] = mean over the patches on (y, x) of f(image) - f(image with that patch covered).

    ``size`` is a patch's side and ``stride`` how far the next one lies, both as parts of the shorter side of
    the image: 8 stands for an eighth. The last patch of a row lies at the border whatever the stride.

    Raises:
        BadInput: size or stride below 1, or an unknown fill.

    Reference: Zeiler & Fergus 2014, Visualizing and Understanding Convolutional Networks, section 4.2.
    """

    costly: ClassVar[bool] = True

    size: int = 8
    stride: int = 16
    fill: Fill = "grey"

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_least(self.name, size=(self.size, 1), stride=(self.stride, 1))
        if self.fill not in ("black", "grey", "blur"):
            raise BadInput(f"{self.name}: fill must be black, grey or blur, got {self.fill!r}")

    def explain(self, case: Case) -> Steps:
        """A batch of patches at a time."""
        height, width = case.x.shape[2:]
        side, step = (max(1, min(height, width) // part) for part in (self.size, self.stride))
        corners = [(top, left) for top in _starts(height, side, step) for left in _starts(width, side, step)]
        cover = filled(case.x, case.levels, self.fill)
        fallen, covered = np.zeros((height, width)), np.zeros((height, width))
        for part in case.chunks(len(corners)):
            boxes = [np.s_[top : top + side, left : left + side] for top, left in corners[part]]
            images = np.repeat(case.x, len(boxes), axis=0)
            for image, (rows, columns) in zip(images, boxes, strict=True):
                image[:, rows, columns] = cover[0, :, rows, columns]
            for box, value in zip(boxes, case.question.values(case.outputs(images)), strict=True):
                fallen[box] += case.value - value
                covered[box] += 1
            yield Progress(part.stop, len(corners))
        picture = (fallen / covered).astype(case.x.dtype)
        return Attribution(picture, passes=len(corners))

    def quick(self) -> Occlusion:
        """Patches side by side."""
        return Occlusion(self.size, min(self.stride, self.size), self.fill)


def _starts(length: int, side: int, step: int) -> list[int]:
    """Where patches begin along one side; together they cover all of it."""
    starts = list(range(0, length - side + 1, step))
    return starts if starts[-1] + side == length else [*starts, length - side]
