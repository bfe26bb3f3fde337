"""What no row of the table translates, all of it at once, with its places and what would help."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from onnx import AttributeProto, GraphProto, NodeProto

from cnn_core.errors import UnsupportedOperator
from cnn_core.onnx_import.folding import FOLDED
from cnn_core.onnx_import.operators import OPERATORS
from cnn_core.onnx_import.order import reads
from cnn_core.onnx_import.step import operator_of

__all__ = ["check_operators", "fed_names"]

_SHOWN = 20
"""Kinds of operators that a message lists."""

_PLACES = 3
"""Places of each."""

_FLOW = frozenset({"If", "Loop", "Scan", "SequenceMap"})

_QUANTISED = ("Q", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger")

_RECURRENT = frozenset({"GRU", "LSTM", "RNN"})

_SHAPES = frozenset({"Shape", "Size"})
"""Operators that are known whatever the picture holds."""


def check_operators(graph: GraphProto, fed: Collection[str] = ()) -> None:
    """Hold every operator of the file against the table; ``fed`` are tensors that the picture decides.

    Raises:
        UnsupportedOperator: some are not in it; the message says where they are and what would help.
    """
    unknown = list(_unknown(graph.node, set(fed)))
    if not unknown:
        return
    places: dict[str, list[str]] = {}
    for node in unknown:
        places.setdefault(_name(node), []).append(node.name or node.output[0])
    kinds = sorted(places, key=lambda name: -len(places[name]))
    listed = ", ".join(f"{name} ({len(places[name])}) at {_places(places[name])}" for name in kinds[:_SHOWN])
    more = f" and {len(kinds) - _SHOWN} kinds more" if len(kinds) > _SHOWN else ""
    helps = "; ".join(dict.fromkeys(_help(name, graph, unknown[0], fed) for name in kinds))
    raise UnsupportedOperator(
        f"ONNX file: operators that are not known here: {listed}{more}. What would help: {helps}"
    )


def fed_names(graph: GraphProto) -> set[str]:
    """The inputs that are no weights."""
    return {value.name for value in graph.input} - {tensor.name for tensor in graph.initializer}


def _unknown(nodes: Iterable[NodeProto], fed: set[str]) -> Iterator[NodeProto]:
    """Those that are not in the table, and those that could be computed beforehand, but read the picture."""
    for node in nodes:
        by_picture = bool(fed & reads(node))
        if not _known(node, by_picture):
            yield node
        if by_picture and node.op_type not in _SHAPES:
            fed.update(node.output)


def _known(node: NodeProto, by_picture: bool) -> bool:
    operator = operator_of(node)
    if operator == "If":
        # which of its branches is meant is seen when its condition is known
        return True
    subgraphs = any(
        attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for attribute in node.attribute
    )
    return not subgraphs and (operator in OPERATORS or (operator in FOLDED and not by_picture))


def _name(node: NodeProto) -> str:
    domain = "" if node.domain in ("", "ai.onnx") else f"{node.domain[:40]}."
    return _printable(f"{domain}{node.op_type[:40]}")


def _printable(name: str) -> str:
    # a name may hold anything, so what is not printable is shown as its code
    return name.encode("unicode_escape").decode()


def _places(names: list[str]) -> str:
    shown = ", ".join(repr(_printable(name[-40:])) for name in names[:_PLACES])
    return f"{shown} and {len(names) - _PLACES} more" if len(names) > _PLACES else shown


def _help(name: str, graph: GraphProto, first: NodeProto, fed: Collection[str]) -> str:
    if "." in name:
        return "an export before optimization for one runtime, with the operators of ONNX alone"
    if name in _FLOW:
        return "an export without control flow: torch.onnx.export of a traced model, or onnxsim"
    if name.startswith(_QUANTISED):
        return "the network before quantization, in floating point"
    if name in _RECURRENT:
        return "nothing: recurrent networks are not shown here"
    return _before(graph, first, fed)


def _before(graph: GraphProto, first: NodeProto, fed: Collection[str]) -> str:
    """How to cut a file in front of an operator."""
    made = {name for node in graph.node for name in node.output}
    ends = [name for name in first.input if name in made]
    inputs = sorted(fed)
    if not ends or not inputs or any(len(name) > 60 or not name.isprintable() for name in (*ends, *inputs)):
        return "an export of the part that is convolutional, without post-processing"
    return (
        "the part before them, which this writes: "
        f'onnx.utils.extract_model("model.onnx", "part.onnx", {inputs}, {ends})'
    )
