"""The operators of a file, each after those it reads; what no output needs is left out."""

from __future__ import annotations

import heapq
from collections.abc import Container, Iterable, Mapping, Sequence

from onnx import GraphProto, NodeProto

from cnn_core.errors import BadModelFile

__all__ = ["in_order", "reads"]


def in_order(graph: GraphProto, given: Container[str]) -> list[NodeProto]:
    """Operators in an order in which they can be computed from the tensors given: the file's if that is one.

    Raises:
        BadModelFile: a cycle, a tensor that nothing makes, or two make.
    """
    makers = _makers(graph.node)
    for output in graph.output:
        if output.name not in makers and output.name not in given:
            raise BadModelFile(f"ONNX file: nothing makes its output {_shown(output.name)}")
    sources = [_sources(node, makers, given) for node in graph.node]
    needed = _needed(sources, [makers[output.name] for output in graph.output if output.name in makers])
    ordered = _sorted(sources, needed)
    if len(ordered) < len(needed):
        waiting = needed.difference(ordered)
        raise BadModelFile(f"ONNX file: a cycle runs through {_cycle(graph, sources, waiting)}")
    return [graph.node[number] for number in ordered]


def _makers(nodes: Iterable[NodeProto]) -> dict[str, int]:
    makers: dict[str, int] = {}
    for number, node in enumerate(nodes):
        for name in node.output:
            if name and name in makers:
                raise BadModelFile(f"ONNX file: two operators make the tensor {_shown(name)}")
            makers[name] = number
    return makers


def _sources(node: NodeProto, makers: Mapping[str, int], given: Container[str]) -> set[int]:
    """Numbers of the operators that one reads."""
    names = {name for name in reads(node) if name not in given}
    for name in names:
        if name not in makers:
            raise BadModelFile(
                f"ONNX file: {node.op_type} {_shown(node.name)} reads {_shown(name)}, which nothing makes"
            )
    return {makers[name] for name in names}


def reads(node: NodeProto) -> set[str]:
    """Every tensor that an operator reads, those that only its branches read included."""
    found = {name for name in node.input if name}
    for attribute in node.attribute:
        for graph in (attribute.g, *attribute.graphs):
            made = {name for inner in graph.node for name in inner.output}
            made |= {tensor.name for tensor in graph.initializer} | {value.name for value in graph.input}
            inside = {name for inner in graph.node for name in reads(inner)}
            found |= (inside | {value.name for value in graph.output}) - made - {""}
    return found


def _needed(sources: Sequence[set[int]], ends: Iterable[int]) -> set[int]:
    needed: set[int] = set()
    waiting = list(ends)
    while waiting:
        if (number := waiting.pop()) not in needed:
            needed.add(number)
            waiting += sources[number]
    return needed


def _sorted(sources: Sequence[set[int]], needed: Iterable[int]) -> list[int]:
    """The smallest number whose sources are done, again and again (Kahn 1962)."""
    missing = {number: len(sources[number]) for number in needed}
    readers: dict[int, list[int]] = {number: [] for number in missing}
    for number in missing:
        for source in sources[number]:
            readers[source].append(number)
    ready = sorted(number for number, count in missing.items() if not count)
    ordered: list[int] = []
    while ready:
        ordered.append(heapq.heappop(ready))
        for reader in readers[ordered[-1]]:
            missing[reader] -= 1
            if not missing[reader]:
                heapq.heappush(ready, reader)
    return ordered


def _cycle(graph: GraphProto, sources: Sequence[set[int]], waiting: set[int]) -> str:
    """One cycle in the order of data flow: each of these waits for another, so walking back comes round."""
    path, places = [min(waiting)], {min(waiting): 0}
    while True:
        number = min(sources[path[-1]] & waiting)
        if number in places:
            names = [graph.node[n].name or graph.node[n].output[0] for n in (*path[places[number] :], number)]
            shown = [_shown(name) for name in reversed(names)]
            return " -> ".join(shown if len(shown) <= 8 else [*shown[:4], "...", *shown[-3:]])
        places[number] = len(path)
        path.append(number)


def _shown(name: str) -> str:
    return repr(name if len(name) <= 60 else f"{name[:57]}...")
