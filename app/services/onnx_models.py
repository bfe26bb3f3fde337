"""From the bytes of an ONNX file, and what a person says of it, to a model that can be looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cnn_core.errors import BadInput, CnnError, ShapeError
from cnn_core.graph.graph import Graph, Node
from cnn_core.input_spec import InputSpec, scaled_spec, scaling_of
from cnn_core.layers import Flatten, Softmax
from cnn_core.models.base import Card, Model
from cnn_core.onnx_import.limits import Bounds, Limits

from .labels import distinct, printable
from .model_records import Choices, Finding, Imported

if TYPE_CHECKING:
    from cnn_core.onnx_import import ImportedModel
    from cnn_core.onnx_import.apart import Comparison

__all__ = ["OnnxModel", "comparison_of", "open_onnx"]


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """An imported network ready to run, and where it comes from."""

    model: Model
    imported: ImportedModel
    notes: tuple[str, ...]

    def told(self, finding: Finding, file_bytes: int) -> Imported:
        """What is known of where it comes from."""
        scaling, imported = scaling_of(self.model.spec), self.imported
        return Imported(finding, self.notes, scaling, imported.output_kind, dict(imported.free), file_bytes)


def open_onnx(data: bytes, identity: str, choices: Choices, limits: Limits) -> OnnxModel:
    """The model of a file, called ``identity`` in addresses.

    Scores without a softmax get one, so that they can be read as shares; the notes say so. A file that
    ``convscope export`` wrote brings its labels and its preprocessing along.

    Raises:
        CnnError: the file cannot be used, or what is said of it does not fit; the message says why.
    """
    # the onnx package takes a moment to load, and most servers never need it
    from cnn_core.onnx_import import import_model

    imported = import_model(data, limits=limits, sizes=choices.size)
    spec = _input_spec(imported.graph, choices.scaling, imported.metadata)
    graph, notes = imported.graph, list(imported.notes)
    if imported.output_kind == "classes":
        graph, added = _with_softmax(graph)
        notes += added
    labels = _labels(graph, imported, choices.labels)
    title = printable(choices.name or "") or "Imported network"
    card = _card(title, graph, len(data), notes, choices.card)
    model = Model(identity, title, graph, imported.parameters, labels, spec, card)
    return OnnxModel(model, imported, tuple(notes))


def comparison_of(
    data: bytes, opened: OnnxModel, size: tuple[int, int] | None, limits: Limits, bounds: Bounds
) -> Comparison:
    """The model against what another program computes from the same file, in a process of its own."""
    from cnn_core.onnx_import.apart import Comparison

    model = opened.model
    return Comparison(data, model.graph, model.spec, size, limits, bounds)


def _input_spec(graph: Graph, scaling: str | None, metadata: Mapping[str, str]) -> InputSpec:
    shape = graph.shapes[graph.inputs[0].name][1:]
    if len(shape) != 3 or shape[0] not in (1, 3):
        form = " x ".join(map(str, shape))
        raise ShapeError(f"input: wanted 1 or 3 channels of a picture, this network takes {form} values")
    spec = InputSpec(*shape)
    if scaling is not None:
        return scaled_spec(spec, scaling)
    return _told_spec(spec, metadata.get("preprocessing"))


def _told_spec(spec: InputSpec, text: str | None) -> InputSpec:
    """The preprocessing that the file's metadata tell; from 0 to 1 where they do not, or do not fit."""
    try:
        told: Any = json.loads(text or "{}")
        return replace(
            spec,
            mean=tuple(told.get("mean", spec.mean)),
            std=tuple(told.get("std", spec.std)),
            divisor=float(told.get("divisor", spec.divisor)),
            order=told.get("order", spec.order),
        )
    except (ValueError, TypeError, AttributeError, RecursionError, CnnError):
        return spec


def _with_softmax(graph: Graph) -> tuple[Graph, list[str]]:
    """The graph with a vector of probabilities at its end, and what was added, in words."""
    nodes, last, notes = list(graph.nodes), graph.output, []
    ends_in = graph[last].layer.kind
    if len(graph.shapes[last]) > 2:
        nodes.append(Node(_free_name(graph, "flatten"), Flatten(), (last,)))
        last = nodes[-1].name
    if ends_in not in ("softmax", "sigmoid"):
        nodes.append(Node(_free_name(graph, "softmax"), Softmax(), (last,)))
        last = nodes[-1].name
        notes.append(
            "The file ends with scores. ConvScope adds a softmax, so that they can be read as shares."
        )
    return (Graph(nodes, output=last), notes) if last != graph.output else (graph, notes)


def _free_name(graph: Graph, wanted: str) -> str:
    name = wanted
    while name in graph:
        name = f"{name}_added"
    return name


def _labels(graph: Graph, imported: ImportedModel, chosen: Sequence[str] | None) -> tuple[str, ...]:
    """Names of the classes: those chosen, those of the file, or numbers; none where there are no classes."""
    if imported.output_kind != "classes":
        return ()
    count = graph.shapes[graph.output][-1]
    if chosen is not None:
        if len(chosen) != count:
            raise BadInput(f"labels: the network tells {count:,} classes apart, got {len(chosen):,} names")
        return distinct([printable(name) for name in chosen])
    found = imported.labels or ()
    if len(found) == count:
        return distinct([printable(name) for name in found])
    return tuple(map(str, range(count)))


def _card(title: str, graph: Graph, file_bytes: int, notes: Sequence[str], known: Card | None) -> Card:
    cost = graph.total_cost()
    told = known or Card(
        title=title,
        architecture=f"{len(graph)} layers, from an ONNX file",
        data="Not told by the file",
        licence="Not told by the file",
        command="convscope import",
        seed=0,
        epochs=0,
    )
    return replace(
        told,
        title=title,
        notes=told.notes or " ".join(notes),
        parameters=cost.parameters,
        macs=cost.macs,
        size_bytes=file_bytes,
    )
