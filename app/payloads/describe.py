"""The core's objects as messages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import fsum
from typing import Any, Final, Literal
from weakref import WeakKeyDictionary

import numpy as np

from cnn_core.doubt import doubt
from cnn_core.graph.explain import ExplainedValue
from cnn_core.graph.field import ReceptiveField, receptive_fields
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import Box
from cnn_core.graph.reads import InputReads, input_reads
from cnn_core.graph.sharing import parameter_counts
from cnn_core.layers.base import Array, Term
from cnn_core.models.base import Model
from cnn_core.runtime.replacing import as_it_was

from ..services.model_records import Imported, ModelEntry, entry_of
from ..services.second_opinions import Opinion
from ..services.trace_service import LayerOutput
from .model_schemas import ImportedSchema, OutputSchema
from .schemas import (
    AlternativesSchema,
    BoxSchema,
    CardSchema,
    DoubtSchema,
    ExplanationSchema,
    FieldSchema,
    InputSchema,
    ModelDetail,
    ModelSummary,
    NodeSchema,
    NodeStatistics,
    OpinionSchema,
    Probability,
    ReadsSchema,
    TermSchema,
    WindowSchema,
)

__all__ = [
    "Page",
    "TermOrder",
    "box_schema",
    "doubt_schema",
    "imported_schema",
    "model_detail",
    "model_summary",
    "node_schemas",
    "probabilities",
    "value_explanation",
    "value_statistics",
]

TermOrder = Literal["layer", "size"]


@dataclass(frozen=True, slots=True)
class Page:
    """Which of an explanation's terms are wanted: ``limit`` of them from ``offset`` on, in this order.

    ``layer``: as the layer reads them. ``size``: those whose sums are largest first, either sign.
    """

    order: TermOrder
    offset: int
    limit: int

    def choose(self, terms: Sequence[Term]) -> list[int]:
        """Numbers of the terms on this page."""
        numbers = list(range(len(terms)))
        if self.order == "size":
            numbers.sort(key=lambda i: -abs(terms[i].sum))
        return numbers[self.offset : self.offset + self.limit]


def model_summary(entry: ModelEntry) -> ModelSummary:
    """A model in short."""
    card = CardSchema.model_validate(asdict(entry.card))
    return ModelSummary(
        id=entry.name,
        title=entry.title,
        shows=entry.shows,
        classes=list(entry.labels),
        parameter_count=entry.card.parameters,
        macs=entry.card.macs,
        input=InputSchema.model_validate(entry.spec, from_attributes=True),
        accuracy=card.validation,
        card=card,
        imported=None if entry.imported is None else imported_schema(entry.imported),
    )


def model_detail(model: Model, imported: Imported | None = None, second: str | None = None) -> ModelDetail:
    """Everything about a model but its weights; ``second`` gives another opinion on its answers."""
    return ModelDetail(
        **dict(model_summary(entry_of(model, imported))),
        second=second,
        nodes=node_schemas(model.graph),
        output=model.graph.output,
    )


def imported_schema(imported: Imported) -> ImportedSchema:
    """Where a network comes from that somebody brought."""
    return ImportedSchema(
        verified=imported.finding.verified,
        verification=imported.finding.sentence,
        program=imported.finding.program,
        pending=imported.finding.pending,
        notes=list(imported.notes),
        scaling=imported.scaling,
        output_kind=imported.output_kind,
        output=imported.output,
        outputs=[OutputSchema(**asdict(each)) for each in imported.outputs],
        free=dict(imported.free),
        file_bytes=imported.file_bytes,
    )


def probabilities(labels: Sequence[str], output: Array) -> list[Probability]:
    """Every class with its probability, likeliest first; equal ones keep the labels' order.

    Without labels, where the output is no classes, there are none.
    """
    values = output.reshape(-1)[: len(labels)]
    order = np.argsort(-values, kind="stable")
    return [Probability(label=labels[i], probability=float(values[i])) for i in order]


def doubt_schema(
    labels: Sequence[str], output: Array, opinion: Opinion | None = None, shares: bool = True
) -> DoubtSchema:
    """How unsure a model is of its answer, whose probabilities ``output`` holds.

    Of maps, and of numbers that are no ``shares`` of one whole, nothing is said. Where there is a second
    opinion, that decides.
    """
    if not labels or not shares:
        return DoubtSchema(rule="none", entropy=0.0, margin=0.0, unsure=False, opinion=None, first=None)
    own = doubt(output)
    return DoubtSchema(
        rule="entropy" if opinion is None else "second opinion",
        entropy=own.entropy,
        margin=own.margin,
        unsure=own.unsure if opinion is None else opinion.found.unsure,
        opinion=None if opinion is None else _opinion(labels, opinion),
        first=probabilities(labels, output)[0],
    )


def _opinion(labels: Sequence[str], opinion: Opinion) -> OpinionSchema:
    found = opinion.found
    return OpinionSchema(
        model=opinion.network,
        title=opinion.title,
        support=found.support,
        label=opinion.sees,
        probability=found.probability,
        same=None if found.same is None else labels[found.same],
    )


def value_statistics(layer: LayerOutput) -> NodeStatistics:
    """A layer's output in numbers."""
    return NodeStatistics(name=layer.node, shape=layer.shape, **asdict(layer.statistics))


def value_explanation(
    explanation: ExplainedValue, position: tuple[int, int, int], box: Box, page: Page
) -> ExplanationSchema:
    """The arithmetic of one value, or a page of it; ``position`` is ``(channel, y, x)``."""
    channel, y, x = position
    return ExplanationSchema(
        node=explanation.node,
        channel=channel,
        y=y,
        x=x,
        value=explanation.value,
        operation=explanation.operation,
        bias=explanation.bias,
        constants=dict(explanation.constants),
        field=box_schema(box),
        term_count=len(explanation.terms),
        term_sum=fsum(term.sum for term in explanation.terms),
        terms=[_term(explanation.sources[i], explanation.terms[i]) for i in page.choose(explanation.terms)],
    )


def box_schema(box: Box) -> BoxSchema:
    """A box of places."""
    return BoxSchema(top=box.top, left=box.left, bottom=box.bottom, right=box.right)


_KNOWN: Final[WeakKeyDictionary[Graph, list[NodeSchema]]] = WeakKeyDictionary()
"""For as long as the graph itself is there: of one that is removed nothing stays."""


def node_schemas(graph: Graph) -> list[NodeSchema]:
    """Every layer; of a graph with hundreds of them this takes a while, and each page asks for it."""
    found = _KNOWN.get(graph)
    if found is None:
        plain = as_it_was(graph)
        fields = receptive_fields(plain)
        found = _KNOWN[graph] = [_node(plain, node, fields[node.name]) for node in plain.nodes]
    return found


def _node(graph: Graph, node: Node, seen: ReceptiveField) -> NodeSchema:
    cost = graph.cost(node.name)
    return NodeSchema(
        name=node.name,
        kind=node.layer.kind,
        config=_plain(node.layer.config()),
        inputs=list(node.inputs),
        reads=[_reads(read) for read in input_reads(graph, node)],
        output_shape=list(graph.shapes[node.name][1:]),
        parameters={
            f"{node.name}.{key}": list(shape) for key, shape in node.layer.parameter_shapes().items()
        },
        parameter_count=cost.parameters,
        macs=cost.macs,
        alternatives=_alternatives(graph, node.name),
        receptive_field=FieldSchema(size=seen.size, stride=seen.stride, offset=seen.offset),
    )


def _reads(read: InputReads) -> ReadsSchema:
    step, window = read.channels, read.window
    channels: Literal["own", "all", "group", "offset"] = "all"
    if step is not None:
        grouped = (step.outputs, step.inputs) != (1, 1)
        channels = "group" if grouped else "offset" if step.offset else "own"
    return ReadsSchema(
        channels=channels,
        group=(step.outputs, step.inputs) if step and channels == "group" else None,
        offset=step.offset if step else 0,
        places=read.places,
        window=None if window is None else WindowSchema.model_validate(window, from_attributes=True),
        rows=[list(row) for row in read.rows] if read.places == "listed" else None,
        columns=[list(column) for column in read.columns] if read.places == "listed" else None,
    )


def _alternatives(graph: Graph, node: str) -> AlternativesSchema | None:
    counts = parameter_counts(graph, node)
    if counts is None:
        return None
    return AlternativesSchema(locally_connected=counts.locally_connected, dense=counts.dense)


def _plain(config: Mapping[str, Any]) -> dict[str, Any]:
    """Configuration as JSON has it: tuples become lists."""
    plain: dict[str, Any] = json.loads(json.dumps(config))
    return plain


def _term(source: str, term: Term) -> TermSchema:
    return TermSchema(
        node=source,
        channel=term.channel,
        y=term.y,
        x=term.x,
        step=term.step,
        patch=term.patch.tolist(),
        kernel=None if term.kernel is None else term.kernel.tolist(),
        products=term.products.tolist(),
        inside=None if term.inside is None else term.inside.tolist(),
        sum=term.sum,
    )
