"""The answer of an imported network, made readable: shares where it is one of several classes."""

from __future__ import annotations

from collections.abc import Sequence
from math import isclose, prod
from typing import Final

from cnn_core.errors import BadInput
from cnn_core.graph.answer import AnswerKind
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.wholes import Wholes, wholes
from cnn_core.layers import Flatten, Log, LogSoftmax, Sigmoid, Softmax
from cnn_core.layers.base import Layer, Params

from .labels import distinct, printable
from .model_records import Imported

__all__ = ["NAMED", "READINGS", "answer_words", "as_read", "kind_chosen", "labels_of", "read_as"]

READINGS: Final[tuple[AnswerKind, ...]] = ("classes", "independent", "maps", "vector")

NAMED = ("classes", "independent")
"""Kinds of answers whose values have names."""


def read_as(text: str) -> AnswerKind:
    """A kind of answer by its name.

    Raises:
        BadInput: there is none; the message lists them.
    """
    for kind in READINGS:
        if kind == text:
            return kind
    raise BadInput(f"reading: wanted {', '.join(READINGS)}, got {text!r}")


def answer_words(imported: Imported, count: int) -> str:
    """What an answer of ``count`` named values is, for people."""
    told = _WORDS[imported.output_kind]
    return f"{count} {told}" if count else told


_WORDS: Final[dict[AnswerKind, str]] = {
    "classes": "classes",
    "independent": "classes, a yes or no each",
    "maps": "maps",
    "vector": "numbers, no classes",
}


def kind_chosen(graph: Graph, kind: AnswerKind, chosen: AnswerKind | None, named: bool) -> AnswerKind:
    """What the answer is read as: as chosen, as it looks, or as classes where each value has a name.

    Raises:
        BadInput: maps, or a single number, are to be read as classes.
    """
    shape = graph.shapes[graph.output][1:]
    vector = prod(shape) == max(shape) > 1
    if chosen in (None, kind):
        return "classes" if named and vector and kind == "vector" else kind
    if chosen == "maps" or not (vector or chosen == "vector"):
        form = " x ".join(map(str, shape))
        raise BadInput(f"reading: the answer is {form} values, which cannot be read as {chosen}")
    return chosen


def as_read(graph: Graph, parameters: Params, looks: AnswerKind, kind: AnswerKind) -> tuple[Graph, list[str]]:
    """The graph of an answer that ``looks`` like one kind, with what one of ``kind`` ends in; and in words.

    Scores get a softmax, so that they can be read as shares. What is a distribution already, in whatever
    shape, gets none: only its shape becomes that of a vector.
    """
    if kind not in NAMED:
        return graph, []
    layers: list[tuple[str, Layer]] = []
    if len(graph.shapes[graph.output]) > 2:
        layers.append(("flatten", Flatten()))
    whole = wholes(graph, parameters).get(graph.output)
    added, note = _shares(graph, looks, whole) if kind == "classes" else _alone(looks, whole)
    layers += [(layer.kind, layer) for layer in added]
    nodes, last = list(graph.nodes), graph.output
    for name, layer in layers:
        nodes.append(Node(_free_name(graph, name), layer, (last,)))
        last = nodes[-1].name
    return (Graph(nodes, output=last) if layers else graph), [note] if note else []


def _shares(graph: Graph, looks: AnswerKind, whole: Wholes | None) -> tuple[list[Layer], str]:
    """What makes an answer a distribution; the softmax of a logarithm divides by the sum."""
    if whole is not None and whole.count == 1:
        if isclose(whole.total, 1, rel_tol=1e-4):
            return [], ""
        told = f"The file's shares add up to {whole.total:g}"
        return [Log(), Softmax()], f"{told}. ConvScope makes them add up to 1."
    if looks == "independent":
        return [
            Log(),
            Softmax(),
        ], "ConvScope divides the numbers by their sum, to read them as shares."
    if isinstance(graph[graph.output].layer, LogSoftmax):
        told = "The file ends with the logarithms of shares"
        return [Softmax()], f"{told}. ConvScope adds a softmax, which gives the shares."
    told = "The file ends with scores"
    return [Softmax()], f"{told}. ConvScope adds a softmax, so that they can be read as shares."


def _alone(looks: AnswerKind, whole: Wholes | None) -> tuple[list[Layer], str]:
    """What makes each number a yes or no by itself."""
    if looks == "independent" or whole is not None:
        return [], "Each number of the answer stands by itself: they need not add up to 1."
    return [Sigmoid()], "ConvScope adds a sigmoid, so that each score can be read as a yes or no by itself."


def labels_of(
    count: int, kind: AnswerKind, found: Sequence[str], chosen: Sequence[str] | None
) -> tuple[str, ...]:
    """Names of what is told apart: those chosen, those of the file, or numbers; none of other answers.

    Raises:
        BadInput: there are more or fewer names than classes.
    """
    if kind not in NAMED:
        return ()
    if chosen is not None:
        if len(chosen) != count:
            extra = f"; is the first, {chosen[0]!r}, none of them?" if len(chosen) == count + 1 else ""
            raise BadInput(
                f"labels: the network tells {count:,} classes apart, got {len(chosen):,} names{extra}"
            )
        return distinct([printable(name) for name in chosen])
    if len(found) == count:
        return distinct([printable(name) for name in found])
    return tuple(map(str, range(count)))


def _free_name(graph: Graph, wanted: str) -> str:
    name = wanted
    while name in graph:
        name = f"{name}_added"
    return name
