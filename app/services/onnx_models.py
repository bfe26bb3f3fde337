"""From the bytes of an ONNX file, and what a person says of it, to a model that can be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from cnn_core.errors import ShapeError
from cnn_core.graph.answer import AnswerKind
from cnn_core.graph.graph import Graph
from cnn_core.input_spec import InputSpec, scaled_spec, scaling_of
from cnn_core.models.base import Card, Model
from cnn_core.onnx_import.limits import Bounds, Limits

from .answers import as_read, kind_chosen, labels_of
from .labels import fitted, printable
from .model_records import Choices, Finding, Imported, Output
from .told_input import told_input

if TYPE_CHECKING:
    from cnn_core.onnx_import import ImportedModel
    from cnn_core.onnx_import.apart import Comparison

__all__ = ["OnnxModel", "comparison_of", "open_onnx"]


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """An imported network ready to run, and where it comes from."""

    model: Model
    imported: ImportedModel
    kind: AnswerKind
    notes: tuple[str, ...]

    def told(self, finding: Finding, file_bytes: int) -> Imported:
        """What is known of where it comes from."""
        scaling, imported = scaling_of(self.model.spec), self.imported
        outputs = tuple(Output(each.name, each.shape, each.kind) for each in imported.outputs)
        told = (dict(imported.free), file_bytes, imported.output.name, outputs)
        return Imported(finding, self.notes, scaling, self.kind, *told)


def open_onnx(data: bytes, identity: str, choices: Choices, limits: Limits) -> OnnxModel:
    """The model of a file, called ``identity`` in addresses.

    What is added so that an answer can be read, and what of the file is not understood, is in the notes.
    A file that ``convscope export`` wrote brings its labels and its preprocessing along.

    Raises:
        CnnError: the file cannot be used, or what is said of it does not fit; the message says why.
    """
    # the onnx package takes a moment to load, and most servers never need it
    from cnn_core.onnx_import import import_model

    imported = import_model(data, limits=limits, sizes=choices.size, output=choices.output)
    # whole numbers are the bytes of the picture, whatever is said
    scaling = "bytes" if imported.entry.whole else choices.scaling
    spec, told = _input_spec(imported.graph, scaling, imported.metadata)
    looks, count = imported.output.kind, prod(imported.output.shape)
    found = imported.labels or ()
    chosen = None if choices.labels is None else fitted(choices.labels, count)
    named = count == len(found if chosen is None else chosen)
    kind = kind_chosen(imported.graph, looks, choices.reading, named)
    graph, added = as_read(imported.graph, imported.parameters, looks, kind)
    notes = [*imported.notes, *told, *added]
    labels = labels_of(count, kind, found, chosen)
    title = printable(choices.name or "") or "Imported network"
    card = _card(title, graph, len(data), notes, choices.card)
    model = Model(identity, title, graph, imported.parameters, labels, spec, card)
    return OnnxModel(model, imported, kind, tuple(notes))


def comparison_of(
    data: bytes, opened: OnnxModel, size: tuple[int, int] | None, limits: Limits, bounds: Bounds
) -> Comparison:
    """The model against what another program computes from the same file, in a process of its own."""
    from cnn_core.onnx_import.apart import Comparison

    model = opened.model
    return Comparison(data, model.graph, model.spec, size, limits, bounds)


def _input_spec(
    graph: Graph, scaling: str | None, metadata: Mapping[str, str]
) -> tuple[InputSpec, list[str]]:
    """What the network takes: scaled as a person says, or failing that the file, and that in words."""
    shape = graph.shapes[graph.inputs[0].name][1:]
    if len(shape) != 3 or shape[0] not in (1, 3):
        form = " x ".join(map(str, shape))
        raise ShapeError(f"input: wanted 1 or 3 channels of a picture, this network takes {form} values")
    spec = InputSpec(*shape)
    return (scaled_spec(spec, scaling), []) if scaling is not None else told_input(spec, metadata)


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
