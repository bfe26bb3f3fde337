"""Turning and scaling images and maps about the centre of the image, by linear interpolation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.equivariance.comparison import LayerComparison, tally
from cnn_core.equivariance.geometry import Axis, Fill, Mask, border_indices
from cnn_core.equivariance.variants import Plan, Step
from cnn_core.errors import BadInput
from cnn_core.layers.base import Array

__all__ = ["Warp", "rotation", "scaling", "warp_outcome"]

NEARLY_ONE = 1 - 1e-6
"""A place counts as inside if its neighbours, weighted, are: rounding apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """The value at a place comes from ``inverse @ (place - centre) + centre``, in rows and columns."""

    inverse: Array

    def image(self, x: Array) -> Array:
        """``(1, C, H, W)`` warped about its centre; zeros enter."""
        return self.maps(x[0], ((x.shape[2] - 1) / 2, (x.shape[3] - 1) / 2))[np.newaxis]

    def maps(self, maps: Array, centre: tuple[float, float]) -> Array:
        """``(C, H, W)`` warped about a place of the map; zeros enter."""
        from scipy import ndimage  # a tenth of a server's start, and only turned and scaled maps need it

        about = np.array(centre)
        offset = about - self.inverse @ about
        out = np.empty_like(maps)
        for source, target in zip(maps, out, strict=True):
            ndimage.affine_transform(
                source, self.inverse, offset, output=target, order=1, mode="constant", cval=0.0
            )
        return out

    def outside(self, size: tuple[int, int], centre: tuple[float, float]) -> Mask:
        """Places ``(H, W)`` that read anything from beyond the map."""
        inside = self.maps(np.ones((1, *size), np.float64), centre)[0]
        return np.asarray(inside < NEARLY_ONE)


def rotation(degrees: float) -> Warp:
    """Counter-clockwise, as seen on the screen.

    Raises:
        BadInput: the angle is not finite.
    """
    if not math.isfinite(degrees):
        raise BadInput(f"rotate: the angle must be a finite number of degrees, got {degrees}")
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return Warp(np.array([[cos, sin], [-sin, cos]]))


def scaling(factor: float) -> Warp:
    """Larger for a factor above 1.

    Raises:
        BadInput: the factor is not from 1/16 to 16.
    """
    if not 1 / 16 <= factor <= 16:
        raise BadInput(f"scale: the factor must be from 1/16 to 16, got {factor}")
    return Warp(np.eye(2) / factor)


def warp_outcome(
    plan: Plan, warp: Warp, nodes: Sequence[str], first: Mapping[str, Array], maps: Mapping[str, Array]
) -> dict[str, LayerComparison]:
    """Every node compared, f(T x) in ``first`` and f(x) in ``maps``."""
    entry = next(iter(plan.steps.values()))
    _, height, width = entry.shape
    middle = (height - 1) / 2, (width - 1) / 2
    spoilt = _spread(plan, warp.outside((height, width), middle))
    layers = {}
    for name in nodes:
        step = plan.steps[name]
        centre = _centre(step, middle)
        kept = ~(spoilt[name] | warp.outside((step.shape[1], step.shape[2]), centre))
        layers[name] = _compare(name, step, warp, first[name], warp.maps(maps[name], centre), kept)
    return layers


def _centre(step: Step, middle: tuple[float, float]) -> tuple[float, float]:
    """The image's centre in places of the map."""
    assert step.stride is not None
    vertical, horizontal = (
        (point - start) / stride
        for point, start, stride in zip(middle, step.centre, step.stride, strict=True)
    )
    return vertical, horizontal


def _compare(name: str, step: Step, warp: Warp, first: Array, after: Array, kept: Mask) -> LayerComparison:
    assert step.stride is not None
    found = tally(first[:, kept], after[:, kept])
    return LayerComparison(
        node=name,
        stride=step.stride,
        move=None,
        interpolated=not np.array_equal(warp.inverse, np.eye(2)),
        error=found.error,
        differing=found.differing,
        compared=found.compared,
        left_out=first.size - found.compared,
        edge=0,
        error_inside=found.error,
        differing_inside=found.differing,
        first=first,
        after=after,
        kept=kept,
    )


def _spread(plan: Plan, spoilt: Mask) -> dict[str, Mask]:
    """For every node the places that depend on spoilt pixels."""
    places: dict[str, Mask] = {}
    for name, step in plan.steps.items():
        if not step.node.inputs:
            places[name] = spoilt
            continue
        sources = [places[source] for source in step.node.inputs]
        places[name] = _through(sources[0], step, plan.fill) if step.slides else _gather(sources, step)
    return places


def _through(places: Mask, step: Step, fill: Fill) -> Mask:
    for slide in step.slides:
        for number, axis in enumerate(slide.axes):
            places = _any_in_window(places, axis, number, fill)
    return places


def _any_in_window(places: Mask, axis: Axis, number: int, fill: Fill) -> Mask:
    source = border_indices(np.arange(-axis.before, axis.length + axis.after), axis.length, fill)
    across = np.moveaxis(places, number, 0)
    padded = across[source] & (source >= 0)[:, np.newaxis]
    found = np.zeros((axis.count, across.shape[1]), np.bool_)
    for k in range(axis.kernel):
        found |= padded[axis.cells(k)]
    return np.moveaxis(found, 0, number)


def _gather(sources: Sequence[Mask], step: Step) -> Mask:
    shape = step.shape[1:]
    found = np.zeros(shape, np.bool_)
    for places in sources:
        found = found | (places if places.shape == shape else places.any())
    return found
