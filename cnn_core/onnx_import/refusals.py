"""What no row of the table translates, all of it at once, each kind with what would help."""

from __future__ import annotations

from collections import Counter

from onnx import AttributeProto, GraphProto, NodeProto

from cnn_core.errors import UnsupportedOperator
from cnn_core.onnx_import.folding import FOLDED
from cnn_core.onnx_import.operators import OPERATORS

__all__ = ["check_operators"]

_SHOWN = 20
"""Kinds of operators that a message lists."""

_FLOW = frozenset({"If", "Loop", "Scan", "SequenceMap"})

_QUANTISED = ("Q", "DequantizeLinear", "DynamicQuantizeLinear", "ConvInteger", "MatMulInteger")

_RECURRENT = frozenset({"GRU", "LSTM", "RNN"})


def check_operators(graph: GraphProto) -> None:
    """Hold every operator of the file against the table.

    Raises:
        UnsupportedOperator: some are not in it; the message counts them and says what would help.
    """
    count = Counter(_name(node) for node in graph.node if not _known(node))
    if not count:
        return
    listed = ", ".join(f"{name} ({number})" for name, number in count.most_common(_SHOWN))
    more = f" and {len(count) - _SHOWN} kinds more" if len(count) > _SHOWN else ""
    helps = "; ".join(dict.fromkeys(_help(name) for name in count))
    raise UnsupportedOperator(
        f"ONNX file: operators that are not known here: {listed}{more}. What would help: {helps}"
    )


def _known(node: NodeProto) -> bool:
    subgraphs = any(
        attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS) for attribute in node.attribute
    )
    return (
        node.domain in ("", "ai.onnx")
        and not subgraphs
        and (node.op_type in OPERATORS or node.op_type in FOLDED)
    )


def _name(node: NodeProto) -> str:
    domain = "" if node.domain in ("", "ai.onnx") else f"{node.domain[:40]}."
    # a name may hold anything, so what is not printable is shown as its code
    return f"{domain}{node.op_type[:40]}".encode("unicode_escape").decode()


def _help(name: str) -> str:
    if "." in name:
        return "an export before optimization for one runtime, with the operators of ONNX alone"
    if name in _FLOW:
        return "an export without control flow: torch.onnx.export of a traced model, or onnxsim"
    if name.startswith(_QUANTISED):
        return "the network before quantization, in floating point"
    if name in _RECURRENT:
        return "nothing: recurrent networks are not shown here"
    return "an export of the part that is convolutional, without post-processing"
