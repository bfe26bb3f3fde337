"""What maps and answers of a photo are worth, and what excites a channel, once more by the core."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from app.services.twins import untrained_twin
from cnn_core import load_model
from cnn_core.atlas import Atlas
from cnn_core.attributions import METHODS, Case, Memory, ask_class, cascade, film, finish, levels_of
from cnn_core.comparison import Attack, noisy
from cnn_core.models.image_trace import ImageTrace
from cnn_core.preprocess import to_pixels
from cnn_core.visualise import visualise

if TYPE_CHECKING:
    from tests.browser.lessons.measured import Photo


def _atlas(photo: Photo) -> Atlas:
    assert photo.atlas is not None
    return photo.atlas()


def _case(photo: Photo) -> Case:
    model, trace = photo.trace.model, photo.trace
    question = ask_class(model.graph, int(trace.output.argmax()))
    return Case(model.graph, model.parameters, trace["input"].output, question, levels_of(model.spec))


def _kept(photo: Photo, method: str) -> float:
    said = list(cascade(_case(photo), {method: METHODS[method]()}, 3))
    memories = [each for each in said if isinstance(each, Memory)]
    last = max(memory.stage for memory in memories)
    return 100 * float(np.mean([memory.correlation for memory in memories if memory.stage == last]))


def _deleted(photo: Photo, method: str) -> float:
    case = _case(photo)
    found = finish(METHODS[method]().explain(case))
    return 100 * finish(film(case, found.map)).areas[0]


def _strongest(photo: Photo, layer: str, channel: str) -> float:
    return float(photo.maps(layer)[int(channel)].max())


def _best(photo: Photo, layer: str, channel: str) -> float:
    return float(_atlas(photo).card(layer, int(channel)).top[0].value)


def _made(photo: Photo, layer: str, channel: str) -> float:
    model = photo.trace.model
    best = _best(photo, layer, channel)
    *_, last = visualise(model.graph, model.parameters, model.spec, layer, int(channel), goal=best)
    return last.value


def _below(photo: Photo, layer: str, channel: str) -> float:
    return 100 * _atlas(photo).rank(layer, int(channel), _strongest(photo, layer, channel))


def _trace(photo: Photo, name: str) -> ImageTrace:
    base, _, seed = name.partition("~untrained-")
    model = load_model(base)
    return ImageTrace(untrained_twin(model, int(seed)) if seed else model, photo.pixels)


def _differing(photo: Photo, a: str, b: str) -> list[bool]:
    one, other = _trace(photo, a), _trace(photo, b)
    nodes = one.model.graph.nodes
    return [not np.array_equal(one[node.name].output, other[node.name].output) for node in nodes]


@cache
def _noise(photo: Photo, epsilon: str, steps: str) -> tuple[int, float]:
    """The largest change of a colour, and what is left of the answer."""
    model, trace = photo.trace.model, photo.trace
    seen = to_pixels(trace["input"].output, model.spec)
    made = noisy(model.graph, model.parameters, model.spec, seen, Attack(int(epsilon), int(steps)))
    after = ImageTrace(model, made.pixels).output.ravel()
    largest = np.abs(made.pixels.astype(int) - seen).max()
    return int(largest), 100 * float(after[trace.output.argmax()])


MEASURES: Mapping[str, Callable[..., float]] = {
    "atlas_photos": lambda photo: _atlas(photo).photos,
    "best_patch": _best,
    "made": _made,
    "strongest_here": _strongest,
    "below_here": _below,
    "below_half": lambda photo, layer, channel: 0 if _below(photo, layer, channel) > 50 else 1,
    "kept": _kept,
    "deleted": _deleted,
    "layers_compared": lambda photo, a, b: len(_differing(photo, a, b)),
    "layers_differing": lambda photo, a, b: sum(_differing(photo, a, b)),
    "sure_of": lambda photo, name: 100 * float(_trace(photo, name).output.max()),
    "noise_largest": lambda photo, *attack: _noise(photo, *attack)[0],
    "sure_with_noise": lambda photo, *attack: _noise(photo, *attack)[1],
}
