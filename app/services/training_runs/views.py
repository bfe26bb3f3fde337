"""What is seen of a run at a step that is kept: a layer's weights, how a filter formed, the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from cnn_core.errors import BadRecipe, TrainingFailed
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.models.base import Card
from cnn_core.training.run_about import RunAbout

from ..model_records import Choices
from ..races.views import film_steps
from .run import TrainingRun

__all__ = ["Spot", "layers_of", "model_of_run", "run_film", "run_look"]

_SHOWN: Final = 64
"""So many filters, and kernels of one, are sent at most."""

_COLOURS: Final = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A filter of a layer, and which of its kernels."""

    layer: str
    filter: int
    channel: int


def layers_of(graph: Graph) -> dict[str, list[int]]:
    """The layers whose weights are planes ``(O, C, h, w)`` that can be looked at, with that shape.

    A dense layer's are laid out as the maps that were flattened before it; else as one row.
    """
    found = {}
    for name, shape in graph.parameter_shapes().items():
        layer, _, short = name.rpartition(".")
        if short == "weight" and len(shape) in (2, 4):
            found[layer] = [shape[0], *_plane(graph, layer, shape)]
    return found


def _plane(graph: Graph, layer: str, shape: tuple[int, ...]) -> tuple[int, ...]:
    if len(shape) == 4:
        return shape[1:]
    source = graph[graph[layer].inputs[0]]
    maps = graph.shapes[source.inputs[0]][1:] if source.layer.kind == "flatten" else ()
    return maps if len(maps) == 3 else (1, 1, shape[1])


def kept_step(run: TrainingRun, step: int) -> int:
    """The step nearest to the one wanted, and not after it, whose state is on disk.

    Raises:
        TrainingFailed: there is none.
    """
    before = [kept for kept in run.folder.kept(run.about.net) if kept <= step]
    if not before:
        raise TrainingFailed(f"{run.id}: no state at or before step {step} is kept")
    return before[-1]


def run_look(run: TrainingRun, step: int, spot: Spot) -> dict[str, Any]:
    """A layer's filters, each by its kernel for one channel or in colour, and all kernels of one filter.

    Raises:
        BadRecipe: no such layer, filter or channel.
        TrainingFailed: the state is missing or damaged.
    """
    at = kept_step(run, step)
    planes = _planes(run, at, spot)
    coloured = planes.shape[1] == _COLOURS
    filters = planes[:_SHOWN] if coloured else planes[:_SHOWN, spot.channel : spot.channel + 1]
    return {
        "step": at,
        "layer": spot.layer,
        "shape": list(planes.shape),
        "largest": float(np.abs(planes).max()),
        "coloured": coloured,
        "filters": filters,
        "kernels": planes[spot.filter, :_SHOWN],
        "kernel": planes[spot.filter, spot.channel],
    }


def run_film(run: TrainingRun, spot: Spot, frames: int) -> dict[str, Any]:
    """One filter at kept steps, chosen so that they lie evenly on the film's axis.

    Raises:
        BadRecipe, TrainingFailed: as ``run_look``.
    """
    steps = film_steps(run.folder.kept(run.about.net), run.about.total, frames)
    part = []
    for step in steps:
        planes = _planes(run, step, spot)[spot.filter]
        part.append(planes if len(planes) == _COLOURS else planes[spot.channel])
    shape = list(part[0].shape) if part else [1, 1]
    return {"steps": steps, "shape": shape, "weights": np.stack(part) if part else np.zeros(0, np.float32)}


def _planes(run: TrainingRun, step: int, spot: Spot) -> Array:
    layers = layers_of(run.about.graph)
    if spot.layer not in layers:
        raise BadRecipe(f"{run.id}: no weights in {spot.layer!r}; layers: {', '.join(layers)}")
    shape = layers[spot.layer]
    if spot.filter >= shape[0] or spot.channel >= shape[1]:
        raise BadRecipe(
            f"{run.id}: {spot.layer} has {shape[0]} filters of {shape[1]} kernels, "
            f"no kernel {spot.channel} of filter {spot.filter}"
        )
    name = f"{spot.layer}.weight"
    found = run.folder.parameter(run.about.net, step, name)
    if found.shape != run.about.graph.parameter_shapes()[name] or found.dtype != np.float32:
        raise TrainingFailed(f"{run.id}: the state after step {step} is not this network's")
    return found.reshape(shape)


def model_of_run(run: TrainingRun, step: int) -> tuple[bytes, Choices]:
    """The network with the weights of the nearest kept step as an ONNX file, and what is said of it.

    Raises:
        TrainingFailed: the state is missing, damaged or another network's.
    """
    from cnn_core.onnx_export import export_model

    about, at = run.about, kept_step(run, step)
    parameters = run.folder.load(about.net, at).parameters
    shapes = {name: value.shape for name, value in parameters.items()}
    if shapes != about.graph.parameter_shapes():
        raise TrainingFailed(f"{run.id}: the state after step {at} is not this network's")
    title = f"{run.id}, step {at}"
    card = _card(about, parameters, title, at)
    data = export_model(about.graph, parameters, name=title, labels=about.classes, spec=about.spec)
    return data, Choices(title, about.classes, card=card)


def _card(about: RunAbout, parameters: Params, title: str, step: int) -> Card:
    return Card(
        title=title,
        architecture=f"{about.net}, {len(about.graph)} layers",
        data=f"{about.images:,} images of {', '.join(about.classes)}",
        licence="Follows from that of the images it was trained on.",
        command=about.command,
        seed=int(about.recipe["seed"]),
        epochs=step * int(about.recipe["epochs"]) // about.total,
        notes=f"The weights themselves after step {step:,} of {about.total:,}; the run measures their moving "
        "average.",
        parameters=sum(value.size for value in parameters.values()),
    )
