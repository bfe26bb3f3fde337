"""What speaks for a map, measured on the very image: does it add up, do its pixels matter."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from cnn_core.attributions.base import Attribution, Progress, check_least
from cnn_core.attributions.case import Case
from cnn_core.attributions.levels import blurred, filled
from cnn_core.layers.base import Array

__all__ = ["TOLERANCE", "Film", "adds_up", "beats", "film", "random_map", "ranks"]

TOLERANCE = 2e-3
"""How far a sum may be from what was promised, as a share of the value or of the goal."""


def adds_up(case: Case, attribution: Attribution) -> bool | None:
    """Whether the map adds up to what it promises; None where it promises nothing."""
    if attribution.promise is None or attribution.residual is None:
        return None
    size = max(abs(attribution.promise.goal), abs(case.value))
    return abs(attribution.residual) <= TOLERANCE * size


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """The answer while pixels change, strongest first: taken away to grey, and put into a blurred image.

    ``pixels[i]`` of them have changed at point i; an area is that under the curve over the share of pixels.

    Shape:
        pixels, deletion, insertion: ``(steps + 1,)``.
    """

    pixels: Array
    deletion: Array
    insertion: Array

    @property
    def areas(self) -> tuple[float, float]:
        """Of deletion, where low is good, and of insertion, where high is."""
        share = self.pixels / self.pixels[-1]
        out, into = (float(np.trapezoid(curve, share)) for curve in (self.deletion, self.insertion))
        return out, into


def film(case: Case, picture: Array, steps: int = 32) -> Generator[Progress, None, Film]:
    """Play the film of a map, a batch of points at a time.

    Raises:
        BadInput: steps below 1.

    Reference: Petsiuk et al. 2018, RISE, section 4.3 (deletion and insertion).
    """
    check_least("film", steps=(steps, 1))
    order = ranks(picture)
    pixels = np.round(np.linspace(0, order.size, steps + 1)).astype(int)
    grey, blur = filled(case.x, case.levels, "grey"), blurred(case.x)
    photo, nothing, blurry = case.ends
    curves = np.array([[photo, *[0.0] * (steps - 1), nothing], [blurry, *[0.0] * (steps - 1), photo]])
    between = [(into, i) for into in (0, 1) for i in range(1, steps)]
    # both curves in one row of passes: fewer of them are half empty
    for part in case.chunks(len(between)):
        chosen = between[part]
        images = [
            np.where(order < pixels[i], *((case.x, blur) if into else (grey, case.x))) for into, i in chosen
        ]
        answers = case.question.answers(case.outputs(np.concatenate(images)))
        for (curve, i), answer in zip(chosen, answers, strict=True):
            curves[curve, i] = answer
        yield Progress(part.stop, len(between))
    return Film(pixels, curves[0], curves[1])


def beats(film: Film, control: Film) -> bool:
    """Whether a film is better than the control's in both directions."""
    (out, into), (control_out, control_into) = film.areas, control.areas
    return out < control_out and into > control_into


def ranks(picture: Array) -> Array:
    """Each pixel's place in the order from strongest for to strongest against."""
    order = np.argsort(-picture, axis=None, kind="stable")
    place = np.empty(order.size, np.int64)
    place[order] = np.arange(order.size)
    return place.reshape(picture.shape)


def random_map(shape: tuple[int, ...], seed: int = 0) -> Array:
    """A map that says nothing: its film takes pixels in random order."""
    return np.random.default_rng(seed).random(shape).astype(np.float32)
