"""From the bytes of an ONNX file to a graph of this package: every operator by its row in the table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from math import prod

import numpy as np
from onnx import GraphProto, numpy_helper

from cnn_core.errors import BadInput, BadModelFile, CnnError, ShapeError, UnsupportedOperator
from cnn_core.graph.answer import AnswerKind, answer_kinds
from cnn_core.graph.graph import Graph
from cnn_core.layers import Input, Pad
from cnn_core.layers.base import Array, Shape
from cnn_core.onnx_import.entry import Entry, entry_of
from cnn_core.onnx_import.folding import FOLDED, Folder
from cnn_core.onnx_import.leading import along
from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.network import Network
from cnn_core.onnx_import.operators import OPERATORS
from cnn_core.onnx_import.order import in_order, reads
from cnn_core.onnx_import.reading import read_model
from cnn_core.onnx_import.refusals import check_operators, fed_names
from cnn_core.onnx_import.step import Step
from cnn_core.onnx_import.summary import ModelSummary, summarize
from cnn_core.onnx_import.values import Led, Order, Pending, Tensor, Value
from cnn_core.runtime import compile_plan

__all__ = ["FileOutput", "ImportedModel", "import_model", "translate"]

SIDES = (32, 28, 64, 96, 128, 160, 192, 240, 256, 299, 320, 384, 416, 448, 512, 640)
"""Heights and widths that are tried where 224 does not fit a file that leaves them open."""


@dataclass(frozen=True, slots=True)
class FileOutput:
    """One output of a file: its name there, the node that computes it, one sample's shape, and what it is."""

    name: str
    node: str
    shape: Shape
    kind: AnswerKind


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """An imported network: its graph, and where its parts come from.

    ``sources`` names for a node the tensor of the file that it computes, ``orders`` how the file has its axes
    where that is not as the graph has them. ``outputs`` are all that the file has, in its order, one of them
    the graph's. ``notes`` are sentences for people.
    ``labels`` are the names of classes that the file's metadata hold.
    """

    graph: Graph
    parameters: Mapping[str, Array]
    sources: Mapping[str, str]
    entry: Entry
    outputs: tuple[FileOutput, ...]
    labels: tuple[str, ...] | None
    metadata: Mapping[str, str]
    notes: tuple[str, ...]
    orders: Mapping[str, Order] = field(default_factory=dict)

    @property
    def output(self) -> FileOutput:
        """The output that is the graph's."""
        return next(output for output in self.outputs if output.node == self.graph.output)

    @property
    def free(self) -> Mapping[str, int]:
        """The sizes that the file leaves open, with what was taken for them."""
        return self.entry.free


def import_model(
    data: bytes,
    *,
    limits: Limits = Limits(),  # noqa: B008
    sizes: tuple[int, int] | None = None,
    output: str | None = None,
) -> ImportedModel:
    """The network in an ONNX file; ``sizes`` are height and width where the file leaves them open.

    ``output`` names the file's output that is the graph's, by default the first that is classes, or failing
    that the first. Of several the others' layers stay, too.

    Raises:
        BadModelFile: it is no ONNX file, damaged, or larger than the limits.
        UnsupportedOperator: it holds what is not known here; the message lists all of it.
        ShapeError: a layer does not fit its input; the message names it.
        ModelLimit: it asks for more than the limits allow, to be run included.
        BadInput: it has no such output; the message lists those there are.
    """
    model = read_model(data, limits)
    summary = summarize(model)
    check_operators(model.graph, fed_names(model.graph))
    entry = entry_of(model.graph, limits, sizes)
    try:
        return _imported(model.graph, summary, entry, limits, output)
    except (BadModelFile, ShapeError):
        if sizes is not None or not {"height", "width"} & set(entry.free):
            raise
        for side in SIDES:
            other = _with_sides(model.graph, limits, side)
            with suppress(CnnError):
                return _imported(model.graph, summary, other, limits, output)
        raise


def _with_sides(graph: GraphProto, limits: Limits, side: int) -> Entry:
    """The entry with another guess at the sides that the file leaves open, and a sentence that says so."""
    first = entry_of(graph, limits)
    _, height, width = first.sample
    wanted = (side if "height" in first.free else height, side if "width" in first.free else width)
    entry = entry_of(graph, limits, wanted)
    said = (
        f"The file leaves the sides of its input open. {height} x {width} do not fit its layers, "
        f"{wanted[0]} x {wanted[1]} do and are taken; another size may be meant."
    )
    return replace(entry, notes=(*entry.notes, said))


def _imported(
    file: GraphProto, summary: ModelSummary, entry: Entry, limits: Limits, output: str | None
) -> ImportedModel:
    network = Network(limits, summary.opset)
    results = translate(file, network, {entry.name: _as_fed(network, entry)})
    names = [value.name for value in file.output]
    graph = _graph(network, [_end(network, name, results[name]) for name in names])
    parameters = {name: network.parameters[name] for name in graph.parameter_shapes()}
    graph.check_parameters(parameters, "ONNX file")
    compile_plan(graph, parameters, (1, *entry.sample), most=limits.max_plan_bytes)
    kinds = answer_kinds(graph, parameters)
    ends = {name: _end(network, name, results[name]) for name in names}
    outputs = tuple(
        FileOutput(name, node, graph.shapes[node][1:], kinds[node]) for name, node in ends.items()
    )
    chosen = _chosen(outputs, output, summary.labels)
    if len(outputs) > 1:
        network.note(f"The file has {len(outputs)} outputs; {chosen.name[:60]!r} is taken for the answer.")
    return ImportedModel(
        graph if chosen.node == graph.output else Graph(graph.nodes, output=chosen.node),
        parameters,
        {name: tensor for name, tensor in network.sources.items() if name in graph},
        entry,
        outputs,
        summary.labels,
        summary.metadata,
        (*summary.notes, *entry.notes, *network.notes),
        network.orders,
    )


def translate(
    graph: GraphProto, network: Network, given: Mapping[str, Value | Led], folder: Folder | None = None
) -> dict[str, Value | Led]:
    """Every tensor of the file, its inputs ``given``: what is known now, and what the network computes.

    ``folder`` is that of the file if this is a branch of it.

    Raises:
        CnnError: as ``import_model``.
    """
    values: dict[str, Value | Led] = {
        tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer
    }
    values.update(given)
    folder = folder or Folder(network.limits, network.opset)
    nodes = in_order(graph, values)
    last = {name: number for number, node in enumerate(nodes) for name in reads(node)}
    last.update({value.name: len(nodes) for value in graph.output})
    for number, node in enumerate(nodes):
        _check_made(values, reads(node))
        step = Step(network, node, tuple(values[name] if name else None for name in node.input))
        if step.operator == "If":
            made: Sequence[Value | Led] = _branch(step, values, folder)
        else:
            made = [_uncompared(step, value) for value in _translated(step, folder)]
        values.update((name, value) for name, value in zip(node.output, made, strict=False) if name)
        for name in reads(node):
            if last[name] == number and folder.let_go(name):
                del values[name]
    _check_made(values, [value.name for value in graph.output])
    return values


def _uncompared(step: Step, value: Value | Led) -> Value | Led:
    """A value made of levels is not compared: the file has whole numbers there, not what they stand for."""
    network, made = step.network, _node(value)
    if step.operator == "DequantizeLinear" or not network.levels & {made, *map(_node, step.inputs)}:
        return value
    inner = value.value if isinstance(value, Led) else value
    if isinstance(inner, Pending):
        plain = replace(inner, tensor="")
        return Led(plain) if isinstance(value, Led) else plain
    network.levels.add(made)
    network.sources.pop(made, None)
    return value


def _node(value: Value | Led | None) -> str:
    """The node that a value is made of; nothing of a constant."""
    inner = value.value if isinstance(value, Led) else value
    if isinstance(inner, Pending):
        return inner.source.node
    return inner.node if isinstance(inner, Tensor) else ""


def _check_made(values: Mapping[str, Value | Led], names: Iterable[str]) -> None:
    """Some operators have a second output that is not computed here: masks, places of maxima."""
    for name in names:
        if name and name not in values:
            raise UnsupportedOperator(
                f"ONNX file: {name[:60]!r} is a further output of an operator, which is not computed here"
            )


def _branch(step: Step, values: Mapping[str, Value | Led], folder: Folder) -> Sequence[Value | Led]:
    """The branch of an If that its condition, which must be known, says."""
    condition = step.value(0)
    if not isinstance(condition, np.ndarray):
        raise UnsupportedOperator(
            f"ONNX file: {step.who} decides by what is computed from the image which layers there are; "
            "what would help: an export of one way, torch.onnx.export of a traced model"
        )
    name = "then_branch" if condition.astype(np.bool_).all() else "else_branch"
    graph = step.attribute(name)
    if not isinstance(graph, GraphProto):
        raise BadModelFile(f"ONNX file: {step.who} has no {name}")
    check_operators(graph)
    network, before = step.network, dict(step.network.sources)
    made = translate(graph, network, values, folder)
    # what a branch makes inside cannot be asked for from outside: only its outputs are compared
    network.sources = before
    return [
        _output(step, made[inner.name], outer)
        for inner, outer in zip(graph.output, step.node.output, strict=False)
    ]


def _output(step: Step, value: Value | Led, name: str) -> Value | Led:
    """A value as what the file calls it outside of the branch that made it."""
    if isinstance(value, Led):
        inner = _output(step, value.value, name)
        return Led(inner) if isinstance(inner, Tensor | Pending) else inner
    if isinstance(value, Pending):
        return replace(value, name=step.name, tensor=name)
    if isinstance(value, Tensor):
        step.network.sources.setdefault(value.node, name)
    return value


def _translated(step: Step, folder: Folder) -> Sequence[Value | Led]:
    known = [value for value in step.inputs if value is not None]
    try:
        if step.operator in FOLDED and all(isinstance(value, np.ndarray) for value in known):
            return folder.fold(step)
        if step.operator not in OPERATORS:
            raise UnsupportedOperator(
                f"ONNX file: {step.who} is known here only where it can be computed beforehand, "
                "but it reads what is computed from the image"
            )
        return along(step, OPERATORS[step.operator])
    except CnnError:
        raise
    except (ArithmeticError, AssertionError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise BadModelFile(f"ONNX file: {step.who} has inputs or attributes that make no sense") from error


def _as_fed(network: Network, entry: Entry) -> Value | Led:
    """The picture as the file has it, made of the graph's own input."""
    node = network.add(entry.name or "input", Input(entry.sample), batch=entry.batch)
    channels, height, width = entry.sample
    if entry.clear:
        whole = (channels + 1, height, width)
        layer = Pad(entry.sample, whole, (0, 0, 0), (1, 0, 0), "constant", entry.opaque)
        node = network.add(f"{entry.name}.opaque", layer, [node])
    maps = Tensor(node, (entry.batch, entry.channels, height, width))
    order = (1, 2, 0) if entry.layout.endswith("HWC") else (0, 1, 2)
    fed: Tensor | Pending = maps
    if maps.shape != entry.shape or order != (0, 1, 2):
        fed = Pending(maps, maps.shape[1:], order, entry.shape, f"{entry.name}.as_fed")
    return fed if entry.layout.startswith("N") else Led(fed)


def _end(network: Network, name: str, value: Value | Led) -> str:
    value = value.value if isinstance(value, Led) else value
    if isinstance(value, np.ndarray):
        raise UnsupportedOperator(f"ONNX file: its output {name[:60]!r} does not depend on the picture")
    return network.settle(value, "output").node


def _graph(network: Network, ends: Sequence[str]) -> Graph:
    needed, waiting = set(ends), list(ends)
    while waiting:
        fresh = [source for source in network.nodes[waiting.pop()].inputs if source not in needed]
        needed.update(fresh)
        waiting += fresh
    return Graph([node for name, node in network.nodes.items() if name in needed], output=ends[0])


def _chosen(outputs: Sequence[FileOutput], name: str | None, labels: Sequence[str] | None) -> FileOutput:
    """The output of that name; without one the likeliest answer: labelled, classes, a yes or no each."""
    if name is not None:
        if found := [output for output in outputs if output.name == name]:
            return found[0]
        known = ", ".join(repr(each.name[:60]) for each in outputs[:20])
        raise BadInput(f"output: the file has {known}, got {name[:60]!r}")

    def likely(output: FileOutput) -> tuple[bool, bool, bool]:
        told = output.kind in ("classes", "independent")
        named = told and prod(output.shape) == len(labels or ())
        return named, output.kind == "classes", output.kind == "independent"

    return max(outputs, key=likely)
