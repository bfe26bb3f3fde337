"""A network as a file for other programs, read back before it is given away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadModelFile
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array
from cnn_core.models.base import Model
from cnn_core.runtime import run_compiled

from .edit_text import Patch, read_edits

__all__ = ["NetworkFile", "network_file", "unwritable_edits"]

FARTHEST = 1e-4
"""What a layer of the file may differ, as a share of its largest value: sums in another order, no more."""


@dataclass(frozen=True, slots=True)
class NetworkFile:
    """An ONNX file, and what came of reading it back."""

    data: bytes
    finding: str


def network_file(model: Model) -> NetworkFile:
    """The network as ONNX, held layer by layer against what the file says when it is read and run again.

    Raises:
        UnsupportedOperator: a layer, or an edit, cannot be written; the message names it.
        BadModelFile: what was read back computes something else.
    """
    # the onnx package takes a moment to load
    from cnn_core.onnx_export import export_model

    name = model.name if model.name.isascii() else "network"
    data = export_model(model.graph, model.parameters, name=name, labels=model.labels, spec=model.spec)
    return NetworkFile(data, _finding(model, data))


def unwritable_edits(text: str, graph: Graph) -> Iterator[str]:
    """Those edits of a text that no file can hold, by number and what they do."""
    edits = read_edits(text, graph)
    for at, edit in enumerate(edits, 1):
        which = f"edit {at} of {len(edits)}"
        if isinstance(edit, Patch):
            yield f"{which}, the patch of {edit.node!r} from another image"
        elif edit is not None and (edit.operation == "replace" or edit.region is not None):
            yield f"{which}, {edit}"


def _finding(model: Model, data: bytes) -> str:
    from cnn_core.onnx_import import import_model
    from cnn_core.onnx_import.verify import verification_input

    read = import_model(data)
    x = verification_input(model.spec)
    tensors = {tensor: node for node, tensor in read.sources.items()}
    theirs = {record.node.name: record.output for record in run_compiled(read.graph, read.parameters, x)}
    found: dict[str, float] = {}
    for record in run_compiled(model.graph, model.parameters, x):
        name = record.node.name
        if record.node.inputs and name in tensors:
            found[name] = _distance(record.output, theirs[tensors[name]])
    name = max(found, key=found.__getitem__)
    largest = found[name]
    if not largest <= FARTHEST:
        raise BadModelFile(f"layer {name!r} of the file, read back, differs by {largest:.1e} of its largest")
    what = f"within {largest:.0e} of their largest value" if largest else "equal in every value"
    held = f"{len(found)} of {len(model.graph) - 1} layers held against it"
    return f"Read back and run on a test picture: {held}, {what}."


def _distance(ours: Array, theirs: Array) -> float:
    if ours.shape != theirs.shape:
        return float("inf")
    if np.array_equal(ours, theirs):
        return 0.0
    return float(np.abs(ours - theirs).max() / np.abs(ours).max())
