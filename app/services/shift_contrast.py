"""A fully connected layer under the same shift: it has no map that could move along."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol

from cnn_core.equivariance import DenseContrast, dense_contrast, random_dense
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Params
from cnn_core.models.base import Model
from cnn_core.preprocess import default_crop, to_tensor

from ..errors import Problem
from .image_store import StoredImage
from .shift_service import ShiftService
from .shift_views import Movement, Opened
from .trace_service import Subject

__all__ = ["Contrast", "Lookup", "contrast"]

_FULLY_CONNECTED: Final = "mlp"


@dataclass(frozen=True, slots=True)
class Contrast:
    """A fully connected layer under the shift; ``model`` is None where a random one stands in."""

    model: str | None
    found: DenseContrast
    other: str


class Lookup(Protocol):
    """Where models and images are found by name."""

    async def subject(self, model: str, image: str, crop: list[int] | None) -> Subject:
        """A model on a part of an image; Problem if one of them is not there."""

    async def another(self, image: str) -> StoredImage:
        """A sample photograph that is not this one."""


async def contrast(shifts: ShiftService, lookup: Lookup, opened: Opened, movement: Movement) -> Contrast:
    """How much a fully connected layer changes under the shift, beside two unrelated photos."""
    other = await lookup.another(opened.view.subject.image.id)
    model = await _fully_connected(lookup, opened)
    found = await shifts.compute(opened, _measured, opened, model, other, movement.dx, movement.dy)
    return Contrast(model.name if model else None, found, other.title or "")


async def _fully_connected(lookup: Lookup, opened: Opened) -> Model | None:
    """The trained one, if there is one for inputs of this size."""
    try:
        found = (await lookup.subject(_FULLY_CONNECTED, opened.view.subject.image.id, None)).loaded.model
    except Problem:
        return None
    spec, shape = found.spec, opened.lab.shape(opened.lab.nodes[0])
    return found if (spec.channels, spec.height, spec.width) == shape else None


@lru_cache(maxsize=4)
def _random(shape: tuple[int, int, int]) -> tuple[Graph, Params]:
    return random_dense(shape)


def _measured(opened: Opened, model: Model | None, other: StoredImage, dx: int, dy: int) -> DenseContrast:
    subject = opened.view.subject
    spec = model.spec if model else opened.spec
    graph: Graph
    parameters: Params
    if model:
        graph, parameters = model.graph, model.parameters
    else:
        graph, parameters = _random(opened.lab.shape(opened.lab.nodes[0]))
    x = to_tensor(subject.image.pixels, spec, subject.crop)
    unrelated = to_tensor(other.pixels, spec, default_crop(spec, other.width, other.height))
    return dense_contrast(graph, parameters, x, unrelated, dx, dy, opened.view.fill)
