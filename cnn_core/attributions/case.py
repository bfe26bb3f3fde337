"""One network, one image, one question: what every method explains, with the passes they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property, partial

import numpy as np

from cnn_core.attributions.levels import Levels, blurred, filled, levels_in
from cnn_core.attributions.question import Question
from cnn_core.errors import BadInput
from cnn_core.graph.backward import backward
from cnn_core.graph.graph import Graph
from cnn_core.graph.trace import NodeRecord, Run, check_input, forward
from cnn_core.layers import Conv2d
from cnn_core.layers.base import Array, Forward, Params
from cnn_core.runtime.plan import Plan, compile_plan
from cnn_core.runtime.team import single_threaded_blas, team
from cnn_core.runtime.training_plans import TrainingPlans

__all__ = ["Case", "leading_to"]

MOST_IMAGES = 16
"""Images in one pass: beyond that a pass is no faster an image."""

MOST_BYTES = 1 << 26
"""What the outputs of one pass may take."""

Records = Mapping[str, NodeRecord]


def leading_to(graph: Graph, node: str) -> Graph:
    """The part of a graph that a node's output depends on, with that node as its output.

    Raises:
        GraphError: there is no such node.
    """
    needed = {graph[node].name}
    for each in reversed(graph.nodes):
        if each.name in needed:
            needed.update(each.inputs)
    return Graph((each for each in graph if each.name in needed), output=node)


class Case:
    """A question put to a network about an image.

    ``graph`` is the part of the network that the question's node depends on: a channel of an early layer is
    cheap. Passes run compiled plans where the numbers are float32, the plain operators where they are not.

    Args:
        x: the image as the network takes it, ``(1, C, H, W)``.
        levels: black, grey and white; from the image itself where none are given.
        run: how to run the graph; None for plans that this case keeps.

    Raises:
        ShapeError, BadInput, GraphError: as ``forward``; BadInput also if the image leads to no answer.
    """

    def __init__(
        self,
        graph: Graph,
        parameters: Params,
        x: Array,
        question: Question,
        levels: Levels | None = None,
        run: Run | None = None,
    ) -> None:
        self.graph = leading_to(graph, question.node)
        self.parameters = parameters
        self.x = x
        self.question = question
        self.levels = levels or levels_in(x)
        self.entry = check_input(self.graph, x).name
        if len(x) != 1 or x.ndim != 4:
            raise BadInput(f"attributions: wanted one image (1, C, H, W), got {x.shape}")
        self._run = run or (_Plans() if x.dtype == np.float32 else forward)
        self._both_ways = TrainingPlans(self.graph, training=False)

    def beside(self, parameters: Params) -> Case:
        """The same question put to the same network with other parameters."""
        run = None if self.x.dtype == np.float32 else self._run
        case = Case(self.graph, parameters, self.x, self.question, self.levels, run)
        case._both_ways = self._both_ways
        return case

    @cached_property
    def records(self) -> Records:
        """Every node's output for the image."""
        return {record.node.name: record for record in self._run(self.graph, self.parameters, self.x)}

    @property
    def value(self) -> float:
        """The value asked about, for the image."""
        return float(self.question.values(self.records[self.question.node].output)[0])

    @property
    def answer(self) -> float:
        """The same as a person is told it: a share, or the value."""
        return float(self.question.answers(self.records[self.question.node].output)[0])

    @cached_property
    def ends(self) -> tuple[float, float, float]:
        """The answer for the image, for nothing but grey, for the image blurred: where every film ends."""
        images = [self.x, filled(self.x, self.levels, "grey"), blurred(self.x)]
        photo, grey, blur = (float(self.question.answers(self.outputs(image))[0]) for image in images)
        return photo, grey, blur

    @cached_property
    def batch(self) -> int:
        """How many images go through the network in one pass."""
        one = 4 * sum(int(np.prod(shape)) for shape in self.graph.shapes.values())
        return max(1, min(MOST_IMAGES, MOST_BYTES // one))

    def outputs(self, images: Array) -> Array:
        """The output of the question's node for up to ``batch`` images."""
        return self._pass(images)[self.question.node].output[: len(images)].copy()

    def gradients(self, images: Array) -> Array:
        """The gradient of the value by each of up to ``batch`` images."""
        found = np.empty_like(images)
        size = -(-self.batch // min(team().threads, self.batch))

        # of layers without a unit, as depthwise convolutions, the plan of passes forward alone is faster
        forward_alone = None if self._has_units else self._pass(images)

        def one(first: int, thread: int) -> None:
            part = slice(first, min(first + size, len(images)))
            if forward_alone is None:
                self._slopes(images[part], size, found[part])
            else:
                records = {name: _part(record, part) for name, record in forward_alone.items()}
                found[part] = self.backward(records, [self.entry])[self.entry]

        with single_threaded_blas():
            team().run([partial(one, first) for first in range(0, len(images), size)])
        return found

    @cached_property
    def _has_units(self) -> bool:
        """Whether training plans have a unit of its own for every convolution of the network."""
        layers = (node.layer for node in self.graph)
        return all(layer.groups == 1 for layer in layers if isinstance(layer, Conv2d))

    def _slopes(self, images: Array, size: int, found: Array) -> None:
        """Forward and back in one plan, which is always of the same size: the first image fills it up."""
        filled_up = np.concatenate([images, np.repeat(images[:1], size - len(images), axis=0)])
        node, weights = self.question.node, self.question.weights.astype(images.dtype)
        with self._both_ways.lent(filled_up.shape, images.dtype) as plan:
            plan.forward(self.parameters, filled_up)
            seeds = {node: np.broadcast_to(weights, (size, *weights.shape))}
            slopes = plan.backward(self.parameters, seeds, nodes=[self.entry], params=False)
            np.copyto(found, slopes.nodes[self.entry][: len(images)])

    def backward(
        self, records: Records | None = None, nodes: list[str] | None = None, graph: Graph | None = None
    ) -> dict[str, Array]:
        """The gradient of the value by some nodes' outputs; ``graph`` may have gradients of its own."""
        records = self.records if records is None else records
        output = records[self.question.node].output
        seed = np.broadcast_to(self.question.weights.astype(output.dtype), output.shape)
        seeds = {self.question.node: np.ascontiguousarray(seed)}
        network = graph or self.graph
        # for one image BLAS's threads wait for each other longer than they compute
        with single_threaded_blas():
            return backward(network, self.parameters, records, seeds, nodes=nodes, params=False).nodes

    def chunks(self, count: int) -> Iterator[slice]:
        """``count`` images in passes of ``batch``."""
        return (slice(first, min(first + self.batch, count)) for first in range(0, count, self.batch))

    def _pass(self, images: Array) -> Records:
        """A pass of always the same size, so that one plan serves: the first image fills it up."""
        missing = self.batch - len(images)
        if missing > 0 and len(images) > 1:
            images = np.concatenate([images, np.repeat(images[:1], missing, axis=0)])
        return {record.node.name: record for record in self._run(self.graph, self.parameters, images)}


class _Plans:
    """Runs a graph by plans kept for the sizes of a case: one image, and a batch."""

    def __init__(self) -> None:
        self._plans: dict[int, Plan] = {}

    def __call__(self, graph: Graph, parameters: Params, x: Array) -> Iterator[NodeRecord]:
        if len(x) not in self._plans:
            self._plans[len(x)] = compile_plan(graph, parameters, x.shape)
        return self._plans[len(x)].records(x)


def _part(record: NodeRecord, images: slice) -> NodeRecord:
    output = record.output[images]
    return NodeRecord(record.node, output, Forward(output), record.milliseconds)
