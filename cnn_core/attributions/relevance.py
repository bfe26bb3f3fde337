"""Relevance on its way down a network: rules by kind of layer, and the walk that applies them.

Rule of a weighed sum z = sum of a * w: each input gets a * w / z of the relevance of z.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from cnn_core.attributions.biases import AFFINE, COPIES, offset
from cnn_core.attributions.case import Case
from cnn_core.attributions.linear_units import Branch, Unit, unit_of
from cnn_core.graph.graph import Node
from cnn_core.layers import Clip, LeakyReLU, Maximum, MaxPool2d, Minimum, PRelu, ReduceMax, ReLU
from cnn_core.layers.base import Array, Layer

__all__ = ["Rules", "Walk", "without_rule"]

PASS: tuple[type[Layer], ...] = (ReLU, LeakyReLU, PRelu, Clip)
"""What bends single values hands relevance on as it is."""

WINNERS: tuple[type[Layer], ...] = (MaxPool2d, ReduceMax, Maximum, Minimum)
"""The value that was taken gets all."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which rule a unit gets.

    ``gamma``: how much more counts in convolutions what speaks for a sum. ``epsilon``: what is added to the
    size of every divisor. ``box``: whether units on the image share out by the distance to black and white.
    ``biases``: whether biases keep their share, or it goes to what speaks for their sum, if anything does.
    """

    gamma: float
    epsilon: float
    box: bool
    biases: bool


def without_rule(case: Case) -> Node | None:
    """The first node, from the answer down, that relevance cannot be handed through."""
    known = (*AFFINE, *PASS, *WINNERS)
    return next((n for n in reversed(case.graph.nodes) if n.inputs and not isinstance(n.layer, known)), None)


@dataclass(slots=True, eq=False)
class Walk:
    """The relevance of nodes not yet handed down, and what biases kept on the way."""

    case: Case
    rules: Rules
    waiting: dict[str, Array] = field(default_factory=dict)
    kept: dict[str, float] = field(default_factory=dict)

    def steps(self) -> Iterator[tuple[str, float]]:
        """Go down node by node; after each, its name and the sum of all relevance still on its way."""
        bounds = self._bounds()
        self._begin(bounds)
        yield self.case.question.node, self._sum()
        for node in reversed(self.case.graph.nodes):
            if node.inputs and node.name in self.waiting:
                self._hand_down(node, self.waiting.pop(node.name), bounds)
                yield node.name, self._sum()

    def _begin(self, bounds: Mapping[str, tuple[Array, Array]]) -> None:
        """The question's own unit is handed down exactly: its divisors are the value itself."""
        case, name = self.case, self.case.question.node
        weights = case.question.weights[np.newaxis].astype(case.x.dtype)
        unit = unit_of(case.graph, case.parameters, name)
        if unit is None:
            self.waiting[name] = weights * case.records[name].output
            return
        self.kept[name] = float((weights.astype(np.float64) * unit.bias).sum())
        for branch in unit.branches:
            x = case.records[branch.source].output
            self._add(branch.source, x * branch.back(x, branch.weight, weights))

    def _hand_down(self, node: Node, relevance: Array, bounds: Mapping[str, tuple[Array, Array]]) -> None:
        unit = unit_of(self.case.graph, self.case.parameters, node.name)
        if unit is not None:
            self._through_unit(node, unit, relevance, bounds)
        elif isinstance(node.layer, PASS):
            self._add(node.inputs[0], relevance)
        elif isinstance(node.layer, (*WINNERS, *COPIES)):
            self._give(node, relevance, None)
        else:
            self._through_affine(node, relevance)

    def _through_affine(self, node: Node, relevance: Array) -> None:
        """Any other affine layer: by each input's part of the sum."""
        total = self.case.records[node.name].output
        added = offset(self.case, node)
        own = total if added is None or self.rules.biases else total - added
        share = relevance / self._steadied(own)
        if added is not None and self.rules.biases:
            self._keep(node.name, share * added)
        inputs = [self.case.records[source].output for source in node.inputs]
        self._give(node, share, inputs)

    def _give(self, node: Node, grad: Array, factors: list[Array] | None) -> None:
        """What a layer's gradient carries back, times the inputs where factors are given."""
        case = self.case
        inputs = tuple(case.records[source].output for source in node.inputs)
        params = case.graph.params_of(node.name, case.parameters)
        given = node.layer.backward_inputs(params, inputs, case.records[node.name].done, grad)
        for number, (source, part) in enumerate(zip(node.inputs, given, strict=True)):
            self._add(source, part if factors is None else part * factors[number])

    def _through_unit(
        self, node: Node, unit: Unit, relevance: Array, bounds: Mapping[str, tuple[Array, Array]]
    ) -> None:
        sources = [branch.source for branch in unit.branches]
        if self.rules.box and all(source in bounds for source in sources):
            boxes = [_boxed(self.case, branch, *bounds[branch.source]) for branch in unit.branches]
            self._share_out(relevance, boxes)
            return
        total = self.case.records[node.name].output
        for side in (1, -1):
            part = np.where(total >= 0 if side > 0 else total < 0, relevance, relevance.dtype.type(0))
            if part.any():
                self._through_side(node, unit, part, side)

    def _through_side(self, node: Node, unit: Unit, relevance: Array, side: int) -> None:
        """Of the sums that are positive, or of the others: what speaks for them counts more."""
        gamma = self._gamma(unit)
        bias = unit.bias + gamma * side * np.maximum(side * unit.bias, 0)
        kept = bias * self._share_out(
            relevance, [_favoured(self.case, b, side, gamma) for b in unit.branches], bias
        )
        if self.rules.biases:
            self._keep(node.name, kept)
        else:
            # a sum without its bias may be close to zero: it is no divisor
            parts = [_speaking(self.case, b, side) for b in unit.branches]
            share = self._share_out(kept, parts)
            # where no input speaks for the sum it is the bias alone that made it: there it stays
            self._keep(node.name, kept - share * sum(part.sum for part in parts))

    def _share_out(self, relevance: Array, parts: Sequence[_Part], bias: Array | float = 0.0) -> Array:
        """Hand relevance down by each part's own of the sum; how much goes to one unit of the sum."""
        total = sum((part.sum for part in parts[1:]), start=parts[0].sum + bias)
        share: Array = relevance / self._steadied(total)
        for part in parts:
            self._add(part.branch.source, part.back(share))
        return share

    def _gamma(self, unit: Unit) -> float:
        """Dense layers count all alike."""
        return 0.0 if any(branch.weight.ndim == 2 for branch in unit.branches) else self.rules.gamma

    def _steadied(self, total: Array) -> Array:
        """Away from zero, on the side where it is."""
        sides = np.where(total < 0, -self.rules.epsilon, self.rules.epsilon)
        steadied: Array = total + sides.astype(total.dtype)
        return steadied

    def _bounds(self) -> dict[str, tuple[Array, Array]]:
        """Black and white wherever only copies lie between the image and a node."""
        case, found = self.case, {}
        shape = case.x.shape
        levels = (case.levels.black, case.levels.white)
        low, high = (np.broadcast_to(level, shape).astype(case.x.dtype) for level in levels)
        found[case.entry] = (low, high)
        for node in case.graph:
            if node.inputs and isinstance(node.layer, COPIES) and all(s in found for s in node.inputs):
                params = case.graph.params_of(node.name, case.parameters)
                ends = zip(*(found[source] for source in node.inputs), strict=True)
                low, high = (node.layer.forward(params, *end).output for end in ends)
                found[node.name] = (low, high)
        return found

    def _add(self, name: str, relevance: Array) -> None:
        self.waiting[name] = self.waiting[name] + relevance if name in self.waiting else relevance

    def _keep(self, name: str, relevance: Array) -> None:
        self.kept[name] = self.kept.get(name, 0.0) + float(relevance.sum(dtype=np.float64))

    def _sum(self) -> float:
        return sum(float(part.sum(dtype=np.float64)) for part in self.waiting.values())


class _Part:
    """A branch's part of a sum, of terms: inputs, and the weights that they count with."""

    def __init__(self, branch: Branch, *terms: tuple[Array, Array]) -> None:
        self.branch, self.terms = branch, terms
        self.sum: Array = np.sum([branch.forward(x, weight) for x, weight in terms], axis=0)

    def back(self, share: Array) -> Array:
        """What each input gets of ``share`` a unit of the sum."""
        parts = [x * self.branch.back(x, weight, share) for x, weight in self.terms]
        total: Array = np.sum(parts, axis=0)
        return total


def _favoured(case: Case, branch: Branch, side: int, gamma: float) -> _Part:
    """The gamma rule: a * w counts (1 + gamma) times where it speaks for the sum."""
    x, weight = case.records[branch.source].output, branch.weight
    if not gamma:
        return _Part(branch, (x, weight))
    return _Part(branch, *((some, weight + gamma * louder) for some, louder in _spoken(x, weight, side)))


def _speaking(case: Case, branch: Branch, side: int) -> _Part:
    """Only what speaks for the sum."""
    return _Part(branch, *_spoken(case.records[branch.source].output, branch.weight, side))


def _spoken(x: Array, weight: Array, side: int) -> list[tuple[Array, Array]]:
    """Inputs above zero and those below, if there are any, with the weights by which they are of one sign."""
    above, below = np.maximum(weight, 0), np.minimum(weight, 0)
    if side < 0:
        above, below = below, above
    if not (x < 0).any():
        return [(x, above)]
    return [(np.maximum(x, 0), above), (np.minimum(x, 0), below)]


def _boxed(case: Case, branch: Branch, low: Array, high: Array) -> _Part:
    """The rule for values from ``low`` to ``high``: a * w - low * max(w, 0) - high * min(w, 0)."""
    x, weight = case.records[branch.source].output, branch.weight
    return _Part(branch, (x, weight), (-low, np.maximum(weight, 0)), (-high, np.minimum(weight, 0)))
