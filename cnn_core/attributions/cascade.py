"""Does a map forget with the network? The network's layers become random one after another, from the top.

A method whose map stays as it was does not show what the network has learnt.

Reference: Adebayo et al. 2018, Sanity Checks for Saliency Maps, section 3 (cascading randomization).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnn_core.attributions.base import Method, Progress, check_least, finish
from cnn_core.attributions.case import Case
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.runtime.team import team

__all__ = [
    "FORGOTTEN",
    "Forgetting",
    "Memory",
    "cascade",
    "forgets",
    "random_networks",
    "rank_correlation",
    "stages",
]

FORGOTTEN = 0.3
"""A map whose rank correlation ends below has forgotten; an opposite map has changed too."""


@dataclass(frozen=True, slots=True)
class Memory:
    """How much of its map a method kept: rank correlation with that of the trained network.

    ``stage`` counts stages that are random, from 1; ``node`` is the lowest random one's.
    """

    method: str
    seed: int
    stage: int
    node: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Forgetting:
    """Over several random networks: mean, least and greatest correlation by stage, from stage 0 on."""

    mean: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def forgotten(self) -> bool:
        """Whether the map of the network that is random throughout has nothing left of the first."""
        return self.mean[-1] < FORGOTTEN


def stages(graph: Graph, most: int = 6) -> tuple[tuple[str, ...], ...]:
    """The nodes that have parameters, from the top, in up to ``most`` groups of about one size."""
    nodes = [node.name for node in reversed(graph.nodes) if graph[node.name].layer.parameter_shapes()]
    groups = np.array_split(np.array(nodes, dtype=object), min(most, len(nodes))) if nodes else []
    return tuple(tuple(map(str, group)) for group in groups)


def random_networks(
    graph: Graph, parameters: Params, seed: int, most: int = 6
) -> Iterator[tuple[str, Params]]:
    """The network with ever more stages drawn anew as before training; each with the lowest random node."""
    drawn = graph.init(np.random.default_rng(seed))
    mixed = {name: parameters[name] for name in graph.parameter_shapes()}
    for group in stages(graph, most):
        for node in group:
            for key in graph[node].layer.parameter_shapes():
                name = f"{node}.{key}"
                mixed[name] = drawn[name].astype(parameters[name].dtype)
        yield group[-1], dict(mixed)


def cascade(
    case: Case, methods: Mapping[str, Method], seeds: int = 3, most: int = 6, every: int = 1
) -> Generator[Progress | Memory, None, None]:
    """What every method keeps in every random network: first all methods with one seed, then the next seed.

    Each method runs with its ``quick`` parameters, in the trained network as in the random ones. Between the
    passes of a costly one the maps that are done are counted, so that whoever waits can stop it; others are
    made of as many networks at once as there are threads.

    With ``every`` 2 maps are made at every second stage only, the last among them.

    Raises:
        BadInput: seeds, most or every below 1.
    """
    check_least("cascade", seeds=(seeds, 1), most=(most, 1), every=(every, 1))
    quick = {name: method.quick() for name, method in methods.items()}
    last = len(stages(case.graph, most))
    total = len(quick) * (1 + seeds * -(-last // every))
    done, trained = 0, {}
    for name, method in quick.items():
        trained[name] = yield from _counted(method, case, done, total)
        done += 1
    cheap = {name: method for name, method in quick.items() if not method.costly}
    for seed in range(seeds):
        for group in _groups(case, seed, most, every):
            ready = _at_once([random for _, _, random in group], cheap)
            for (stage, node, random), pictures in zip(group, ready, strict=True):
                for name, method in quick.items():
                    if name not in pictures:
                        pictures[name] = yield from _counted(method, random, done, total)
                    done += 1
                    yield Memory(name, seed, stage, node, rank_correlation(trained[name], pictures[name]))


def _groups(case: Case, seed: int, most: int, every: int) -> Iterator[list[tuple[int, str, Case]]]:
    """Random networks with their stage and lowest random node, as many at a time as there are threads."""
    last = len(stages(case.graph, most))
    group: list[tuple[int, str, Case]] = []
    for stage, (node, parameters) in enumerate(random_networks(case.graph, case.parameters, seed, most), 1):
        if (last - stage) % every == 0:
            group.append((stage, node, case.beside(parameters)))
        if len(group) == team().threads or (group and stage == last):
            yield group
            group = []


def _at_once(cases: Sequence[Case], methods: Mapping[str, Method]) -> list[dict[str, Array]]:
    """Every case's maps by method, a case a thread."""
    found: list[dict[str, Array]] = [{} for _ in cases]

    def one(number: int, thread: int) -> None:
        for name, method in methods.items():
            found[number][name] = finish(method.explain(cases[number])).map

    if methods:
        team().run([partial(one, number) for number in range(len(cases))])
    return found


def _counted(method: Method, case: Case, done: int, total: int) -> Generator[Progress, None, Array]:
    """A method's map; after each of its passes the maps done so far."""
    steps = method.explain(case)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            picture: Array = end.value.map
            return picture
        yield Progress(done, total)


def forgets(memories: list[Memory]) -> Forgetting:
    """Several random networks' correlations of one method, as a line and a band; 1 in the trained network."""
    by_stage: dict[int, list[float]] = {}
    for memory in memories:
        by_stage.setdefault(memory.stage, []).append(memory.correlation)
    rows = [(1.0,), *(tuple(by_stage[stage]) for stage in sorted(by_stage))]
    return Forgetting(
        tuple(sum(row) / len(row) for row in rows), tuple(map(min, rows)), tuple(map(max, rows))
    )


def rank_correlation(a: Array, b: Array) -> float:
    """Spearman's: the correlation of ranks, equal values sharing a mean rank; 0 for a constant map."""
    first, second = (_mean_ranks(values.ravel()) for values in (a, b))
    first, second = first - first.mean(), second - second.mean()
    size = float(np.sqrt((first**2).sum() * (second**2).sum()))
    return float((first * second).sum() / size) if size else 0.0


def _mean_ranks(values: Array) -> Array:
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = counts.cumsum()
    ranks: Array = (last - (counts - 1) / 2)[group.ravel()]
    return ranks
