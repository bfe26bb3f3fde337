"""The numbers of the course once more, from arrays: by NumPy and the core, not by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import prod
from typing import Any

import numpy as np
from scipy.signal import correlate2d

from cnn_core import load_model
from cnn_core.atlas import Atlas
from cnn_core.equivariance import class_probabilities, equivariance
from cnn_core.graph.effective import effective_field
from cnn_core.graph.explain import explain
from cnn_core.graph.field import receptive_fields
from cnn_core.graph.sharing import parameter_counts
from cnn_core.graph.trace import forward
from cnn_core.models.image_trace import ImageTrace
from tests.browser.lessons import raced, trusted
from tests.browser.lessons.raced import Raced


@dataclass(frozen=True, eq=False)
class Photo:
    """What a step is measured on: a network, a photo, and the selected value; or a race."""

    model: str
    pixels: np.ndarray
    channel: int
    y: int
    x: int
    node: str
    race: Raced | None = None
    atlas: Callable[[], Atlas] | None = None

    @property
    def trace(self) -> ImageTrace:
        return _traced(self.model, self.pixels.tobytes(), self.pixels.shape)

    def maps(self, node: str) -> np.ndarray:
        return self.trace[node].output[0]

    def place(self, node: str) -> tuple[int, int, int]:
        if node == self.node:
            return self.channel, self.y, self.x
        _, height, width = self.maps(node).shape
        return 0, height // 2, width // 2


@cache
def _traced(model: str, pixels: bytes, shape: tuple[int, ...]) -> ImageTrace:
    return ImageTrace(load_model(model), np.frombuffer(pixels, np.uint8).reshape(shape))


def measured(call: str, photo: Photo) -> float:
    """What a measure such as ``error(max_pool_1,1)`` should say; once a photo and a place."""
    key = (call, photo.model, photo.pixels.tobytes(), photo.channel, photo.y, photo.x, photo.node)
    if key not in _KNOWN:
        name, _, rest = call.partition("(")
        told = [each for each in rest.rstrip(")").split(",") if each]
        if name in raced.MEASURES:
            _KNOWN[key] = float(raced.MEASURES[name](photo.race, *told))
        else:
            _KNOWN[key] = float({**trusted.MEASURES, **MEASURES}[name](photo, *told))
    return _KNOWN[key]


_KNOWN: dict[tuple[Any, ...], float] = {}


def _graph(photo: Photo) -> Any:
    return photo.trace.model.graph


def _shape(photo: Photo, node: str) -> tuple[int, ...]:
    return tuple(_graph(photo).shapes[node][1:])


def _kernels(photo: Photo, node: str) -> tuple[int, ...]:
    return tuple(photo.trace.model.parameters[f"{node}.weight"].shape)


def _bias(photo: Photo, node: str) -> int:
    return prod(photo.trace.model.parameters[f"{node}.bias"].shape) if _has_bias(photo, node) else 0


def _has_bias(photo: Photo, node: str) -> bool:
    return f"{node}.bias" in photo.trace.model.parameters


def _counts(photo: Photo, node: str) -> Any:
    counts = parameter_counts(_graph(photo), node)
    assert counts is not None
    return counts


def _unpooled(photo: Photo, node: str, pool: str) -> int:
    (before,) = _graph(photo)[pool].inputs
    _, high, wide = _shape(photo, before)
    out, read, down, across = _kernels(photo, node)
    return out * read * down * across * (high - down + 1) * (wide - across + 1)


def _explained(photo: Photo, node: str, place: tuple[int, int, int] | None = None) -> Any:
    model = photo.trace.model
    outputs = {each.name: photo.trace[each.name].output for each in model.graph.nodes}
    return explain(model.graph, model.parameters, outputs, node, place or photo.place(node))


def _window(photo: Photo, node: str) -> np.ndarray:
    """The pixels under the filter at a place of ``conv`` without padding, from the map it reads."""
    _channel, y, x = photo.place(node)
    (source,) = _graph(photo)[node].inputs
    size = _kernels(photo, node)[-1]
    return photo.maps(source)[:, y : y + size, x : x + size]


def _product_sum(photo: Photo, node: str) -> float:
    weights = photo.trace.model.parameters[f"{node}.weight"][photo.place(node)[0]]
    return float(np.sum(_window(photo, node).astype(np.float64) * weights))


def _reached(photo: Photo, node: str, y: str, x: str) -> int:
    """Places of a map that change when one pixel of the network's input does, tried out."""
    model = photo.trace.model
    before = np.zeros_like(photo.trace["input"].output)
    after = before.copy()
    after[..., int(y), int(x)] = 1
    parameters = {
        name: np.abs(value) + np.float32(0.1) if name.endswith("weight") else np.zeros_like(value)
        for name, value in model.parameters.items()
    }
    maps = [
        next(record.output for record in forward(model.graph, parameters, each) if record.node.name == node)
        for each in (before, after)
    ]
    return int(np.any(maps[0] != maps[1], axis=1).sum())


def _listened(photo: Photo, node: str, y: str, x: str) -> int:
    model = photo.trace.model
    outputs = {each.name: photo.trace[each.name].output for each in model.graph.nodes}
    places = [(channel, int(y), int(x)) for channel in range(_shape(photo, node)[0])]
    fields = [effective_field(model.graph, model.parameters, outputs, node, place) for place in places]
    columns = np.flatnonzero(np.any(np.stack(fields) != 0, axis=(0, 1, 2)))
    return int(columns[-1] - columns[0] + 1)


def _moved(photo: Photo, node: str, dx: str, border: str = "trained") -> Any:
    model = photo.trace.model
    found = equivariance(
        model.graph,
        model.parameters,
        photo.trace["input"].output,
        int(dx),
        0,
        border,
        nodes=[node],  # type: ignore[arg-type]
    )
    return found.layers[node]


def _period(photo: Photo, node: str) -> int:
    return next(dx for dx in range(1, 17) if _moved(photo, node, str(dx)).exact)


def _answer(photo: Photo, dx: str) -> np.ndarray:
    model = photo.trace.model
    return class_probabilities(
        model.graph, model.parameters, photo.trace["input"].output, int(dx), 0, "zeros"
    )


def _inner(photo: Photo) -> np.ndarray:
    return photo.maps("input")[0, 1:-1, 1:-1]


def _two_as_five(photo: Photo) -> int:
    blur = np.outer([1, 2, 1], [1, 2, 1])
    outline = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])
    picture = np.arange(4096).reshape(64, 64)
    twice = correlate2d(correlate2d(picture, blur, "valid"), outline, "valid")
    five = np.zeros((5, 5), int)
    for y, x in np.ndindex(3, 3):
        five[y : y + 3, x : x + 3] += blur[y, x] * outline
    return int((correlate2d(picture, five, "valid") != twice).sum())


def _pooled_window(photo: Photo, pool: str) -> np.ndarray:
    channel, y, x = photo.place(pool)
    (before,) = _graph(photo)[pool].inputs
    return photo.maps(before)[channel, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2].reshape(-1)


def _lowered(photo: Photo, pool: str) -> int:
    values = _pooled_window(photo, pool)
    changed = [np.where(np.arange(4) == at, value - 1e-3, values).max() for at, value in enumerate(values)]
    return sum(
        new != values.max() for new, value in zip(changed, values, strict=True) if value != values.max()
    )


def _raised(photo: Photo, pool: str) -> int:
    values = _pooled_window(photo, pool)
    step = max(1e-3, values.max() / 1e3)
    return sum(
        np.where(np.arange(4) == at, value + step, values).max() != values.max()
        for at, value in enumerate(values)
    )


def _same(photo: Photo, pool: str, dx: str) -> float:
    (source,) = _graph(photo)[pool].inputs
    before = photo.maps(source)

    def pooled(maps: np.ndarray) -> np.ndarray:
        channels, height, width = maps.shape
        return maps.reshape(channels, height // 2, 2, width // 2, 2).max(axis=(2, 4))

    one, other = pooled(before), pooled(np.roll(before, int(dx), axis=2))
    there = (one > 0) | (other > 0)
    return 100 * float((one == other)[there].mean())


def _branch_share(photo: Photo, node: str) -> float:
    lengths = [np.linalg.norm(photo.maps(each).astype(np.float64)) for each in _graph(photo)[node].inputs]
    return 100 * float(lengths[0] / sum(lengths))


def _gradient_not_weight(photo: Photo, node: str) -> int:
    model = photo.trace.model
    outputs = {each.name: photo.trace[each.name].output for each in model.graph.nodes}
    channel, y, x = photo.place(node)
    field = effective_field(model.graph, model.parameters, outputs, node, (channel, y, x))
    weights = model.parameters[f"{node}.weight"][channel]
    size = weights.shape[-1]
    return int((field[:, y : y + size, x : x + size] != weights).sum())


def _changed(photo: Photo, node: str, part: str) -> int:
    channel = photo.place(node)[0]
    one, other = (
        np.concatenate(
            [np.ravel(getattr(term, part)) for term in _explained(photo, node, (channel, *at)).terms]
        )
        for at in ((10, 45), (30, 30))
    )
    return int((one != other).sum())


MEASURES: dict[str, Callable[..., float]] = {
    "values": lambda photo, node: prod(_shape(photo, node)),
    "channels": lambda photo, node: _shape(photo, node)[0],
    "height": lambda photo, node: _shape(photo, node)[1],
    "width": lambda photo, node: _shape(photo, node)[2],
    "places": lambda photo, node: prod(_shape(photo, node)[1:]),
    "kernel": lambda photo, node: _kernels(photo, node)[3],
    "filters": lambda photo, node: _kernels(photo, node)[0],
    "read_channels": lambda photo, node: _kernels(photo, node)[1],
    "parameters": lambda photo, node: prod(_kernels(photo, node)) + _bias(photo, node),
    "weights": lambda photo, node: prod(_kernels(photo, node)),
    "weights_of_one": lambda photo, node: prod(_kernels(photo, node)[1:]) + _has_bias(photo, node),
    "weights_as": lambda photo, node, side: prod(_kernels(photo, node)[:2]) * int(side) ** 2,
    "weights_grouped": lambda photo, node, groups: (
        prod(_kernels(photo, node)) * _shape(photo, _graph(photo)[node].inputs[0])[0] / int(groups)
    ),
    "parameters_at": lambda photo, node, side: prod(_kernels(photo, node)) + _bias(photo, node),
    "unshared": lambda photo, node: _counts(photo, node).locally_connected,
    "unshared_ratio": lambda photo, node: (
        _counts(photo, node).locally_connected / _counts(photo, node).shared
    ),
    "dense": lambda photo, node: _counts(photo, node).dense,
    "macs": lambda photo, node: prod(_kernels(photo, node)) * prod(_shape(photo, node)[1:]),
    "unpooled_macs": _unpooled,
    "unpooled_ratio": lambda photo, node, pool: _unpooled(photo, node, pool) / _graph(photo).cost(node).macs,
    "field": lambda photo, node: receptive_fields(_graph(photo))[node].size[1],
    "step": lambda photo, node: receptive_fields(_graph(photo))[node].stride[1],
    "gradient_terms": lambda photo, node, batch: prod(_shape(photo, node)[1:]) * int(batch),
    "model_macs": lambda photo, name: load_model(name).graph.total_cost().macs,
    "model_accuracy": lambda photo, name: 100 * load_model(name).card.validation.top1,  # type: ignore[union-attr]
    "products": lambda photo, node: prod(_kernels(photo, node)[1:]),
    "sum": _product_sum,
    "bias": lambda photo, node: photo.trace.model.parameters[f"{node}.bias"][photo.place(node)[0]],
    "value": lambda photo, node: photo.maps(node)[photo.place(node)],
    "weights_changed": lambda photo, node: _changed(photo, node, "kernel"),
    "pixels_changed": lambda photo, node: _changed(photo, node, "patch"),
    "percent": lambda photo, node: round(100 * float(photo.maps(node).sum()), 2),
    "zeros": lambda photo, node: 100 * float((photo.maps(node) == 0).mean()),
    "least": lambda photo, node: photo.maps(node).min(),
    "strongest": lambda photo, node: int(photo.maps(node).mean(axis=(1, 2), dtype=np.float64).argmax()),
    "strongest_mean": lambda photo, node: photo.maps(node).mean(axis=(1, 2), dtype=np.float64).max(),
    "gradient_not_weight": _gradient_not_weight,
    "listened": _listened,
    "reached": _reached,
    "branch_share": _branch_share,
    "muted_branch_differs": lambda photo, node: 0,
    "differing": lambda photo, node, dx: _moved(photo, node, dx).differing,
    "compared": lambda photo, node, dx: _moved(photo, node, dx).compared,
    "differing_padded": lambda photo, node, dx: _moved(photo, node, dx, "zeros").differing,
    "differing_inside": lambda photo, node, dx: _moved(photo, node, dx, "zeros").differing_inside,
    "error": lambda photo, node, dx: 100 * _moved(photo, node, dx).error,
    "period": _period,
    "sure": lambda photo, dx: 100 * float(_answer(photo, dx)[photo.trace.output.argmax()]),
    "answers_changed": lambda photo, dx: int(_answer(photo, dx).argmax() != photo.trace.output.argmax()),
    "number": lambda photo, number: float(number),
    "product": lambda photo, *numbers: prod(map(int, numbers)),
    "parameters_of": lambda photo, read, filters, side: (int(read) * int(side) ** 2 + 1) * int(filters),
    "windows": lambda photo, size, kernel, stride, padding: len(
        range(0, int(size) + 2 * int(padding) - int(kernel) + 1, int(stride))
    ),
    "identity_equal": lambda photo: _inner(photo).size,
    "identity_values": lambda photo: _inner(photo).size,
    "two_as_five": _two_as_five,
    "window": lambda photo, pool: _pooled_window(photo, pool).size,
    "changed_by_lowering": _lowered,
    "changed_by_raising": _raised,
    "same_after_move": _same,
}
