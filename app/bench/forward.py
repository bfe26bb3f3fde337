"""Forward passes that keep every activation: ours beside every peer that is installed, checked first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.graph.trace import forward
from cnn_core.runtime import compile_plan
from cnn_core.runtime.compiled import functions
from cnn_core.runtime.plan import Plan

from .measure import Spread, differences, interleaved, ratios, spread
from .nets import NETS, random_parameters
from .peers import PEERS, Run

__all__ = ["EXACT", "NUMPY", "OURS", "Measured", "measure_net"]

TOLERANCE = 1e-3
"""Largest difference from the plain operators, as a share of a layer's largest value, that is no mistake.
ReLU6 cuts large values and leaves the rounding of the rest, whose share so grows from layer to layer."""

OURS, EXACT, NUMPY = "ours", "as_shown", "numpy"
"""Our rows: Winograd's convolution allowed; the plan behind the page, where every value is also told as the
sum of its terms and Winograd's rounding would show; and that one by NumPy alone, where Numba is installed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One net: seconds of everyone; how much longer everyone took than our first two.

    ``difference`` is the largest from the plain operators in anyone's outputs; ``share`` says how much of the
    machine's sgemm speed the multiply-adds of direct convolution, in our time, come to.
    """

    name: str
    title: str
    macs: int
    seconds: Mapping[str, Spread]
    ratios: Mapping[str, Spread]
    ratios_shown: Mapping[str, Spread]
    difference: Mapping[str, float]
    share: float
    activations: int
    memory: int


def measure_net(name: str, peers: list[str], rounds: int, threads: int, peak: float) -> Measured:
    """Check everybody against the plain operators, then take times.

    Raises:
        ValueError: somebody's outputs differ by more than rounding.
    """
    title, build, batch = NETS[name]
    graph = build()
    parameters = random_parameters(graph)
    shape = (batch, *graph.shapes["input"][1:])
    x = np.random.default_rng(1).random(shape, np.float32)
    wanted = {record.node.name: record.output for record in forward(graph, parameters, x)}
    plan = compile_plan(graph, parameters, shape, winograd=True)
    runs: dict[str, Run] = {
        OURS: _outputs(plan, x),
        EXACT: _outputs(compile_plan(graph, parameters, shape), x),
        **(
            {NUMPY: _outputs(compile_plan(graph, parameters, shape, compiled=False), x)}
            if functions()
            else {}
        ),
        **{peer: PEERS[peer].make(graph, parameters, x, threads) for peer in peers},
    }
    difference = {each: _checked(each, title, run, wanted) for each, run in runs.items()}
    kept = sum(value.nbytes for value in wanted.values())
    del wanted
    with threadpool_limits(threads, "blas"):
        taken = interleaved(runs, rounds, [peer for peer in peers if PEERS[peer].slow])
    macs = batch * sum(graph.cost(node.name).macs for node in graph)
    return Measured(
        name,
        title,
        macs,
        {each: spread(values) for each, values in taken.items()},
        {each: ratios(values, taken[OURS]) for each, values in taken.items()},
        {each: ratios(values, taken[EXACT]) for each, values in taken.items()},
        difference,
        macs / spread(taken[OURS]).median / peak,
        kept,
        plan.trace_nbytes,
    )


def _outputs(plan: Plan, x: np.ndarray) -> Callable[[], Mapping[str, np.ndarray]]:
    return partial(lambda plan, x: {r.node.name: r.output for r in plan.records(x)}, plan, x)


def _checked(each: str, title: str, run: Run, wanted: Mapping[str, np.ndarray]) -> float:
    difference = differences(run(), wanted)
    if not difference <= TOLERANCE:
        raise ValueError(
            f"bench: outputs of {each} for {title} must be those of the plain operators within "
            f"{TOLERANCE:.0e} of a layer's largest value, they differ by {difference:.1e}"
        )
    return difference
