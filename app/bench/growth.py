"""How time and memory of a trace grow with the input's side, the batch and the channels."""

from __future__ import annotations

import csv
import io
import tracemalloc
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from rich.console import Console

from cnn_core.graph.graph import Graph
from cnn_core.layers import Conv2d, MaxPool2d, ReLU
from cnn_core.layers.base import Array
from cnn_core.models.blocks import Builder
from cnn_core.preprocess import InputSpec
from cnn_core.runtime import Plan, compile_plan

from ..cli.writing import write_whole
from ..pictures.growth_plot import Growth, draw_growth
from .measure import interleaved, spread
from .nets import random_parameters
from .report import Machine, machine

__all__ = ["write_growth"]

SIDE, BATCH, CHANNELS = 128, 1, 32
"""What stays while another grows."""

ROUNDS = 5
STEPS = {
    "side": (32, 64, 128, 256, 512),
    "batch": (1, 2, 4, 8, 16, 32, 64),
    "channels": (4, 8, 16, 32, 64, 128, 256),
}


@dataclass(frozen=True, slots=True)
class _Size:
    side: int = SIDE
    batch: int = BATCH
    channels: int = CHANNELS


def write_growth(folder: Path) -> None:
    """Measure, and write ``growth.csv`` and ``growth.svg`` into a folder, made if missing."""
    console = Console(stderr=True, highlight=False)
    here = machine()
    rows = []
    for name, values in STEPS.items():
        for value in values:
            console.print(f"{name} {value}")
            rows.append(_measured(name, value, here))
    folder.mkdir(parents=True, exist_ok=True)
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, [field.name for field in fields(Growth)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(row) for row in rows)
    write_whole(folder / "growth.csv", file.getvalue())
    write_whole(folder / "growth.svg", draw_growth(rows, _notes(here)))
    console.print(f"{folder / 'growth.csv'} and growth.svg written.")


def _notes(here: Machine) -> list[str]:
    return [
        f"Four 3×3 convolutions with ReLU, two max pools; where not said {SIDE}×{SIDE}, batch {BATCH}, "
        f"{CHANNELS} filters, then twice as many. Every activation is kept; Winograd is not used.",
        f"{here.processor}, {_count(here.threads)}, NumPy {here.versions['numpy']}; sgemm "
        f"{2e-9 * here.sgemm:.0f} GFLOP/s, copy {1e-9 * here.copy:.1f} GB/s. Bars from quartile to quartile.",
    ]


def _count(threads: int) -> str:
    return "one thread" if threads == 1 else f"{threads} threads"


def _measured(name: str, value: int, here: Machine) -> Growth:
    size = _Size(**{name: value})
    graph = _stack(size)
    parameters = random_parameters(graph)
    x = np.random.default_rng(0).random((size.batch, 3, size.side, size.side), np.float32)
    tracemalloc.start()
    plan = compile_plan(graph, parameters, x.shape)
    kept = sum(record.output.nbytes for record in plan.records(x))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    seconds = spread(interleaved({"ours": lambda: _drained(plan, x)}, ROUNDS)["ours"])
    macs = size.batch * sum(graph.cost(node.name).macs for node in graph)
    return Growth(
        grows=name,
        value=value,
        milliseconds=1e3 * seconds.median,
        low=1e3 * seconds.low,
        high=1e3 * seconds.high,
        roofline=1e3 * max(macs / here.sgemm, _moved(graph, size.batch) / here.copy),
        multiply_adds=macs,
        peak_bytes=peak,
        activation_bytes=kept,
    )


def _drained(plan: Plan, x: Array) -> None:
    for _ in plan.records(x):
        pass


def _moved(graph: Graph, batch: int) -> int:
    """Bytes that cross memory at least: every output and weight once, every output once more a reader."""
    shapes = graph.infer_shapes(batch)
    read = sum(int(np.prod(shapes[source])) for node in graph for source in node.inputs)
    written = sum(int(np.prod(shapes[node.name])) for node in graph if node.inputs)
    weights = sum(int(np.prod(shape)) for shape in graph.parameter_shapes().values())
    return 4 * (read + written + weights)


def _stack(size: _Size) -> Graph:
    net = Builder(InputSpec(channels=3, height=size.side, width=size.side))
    for stage, filters in enumerate((size.channels, 2 * size.channels), 1):
        for step in (1, 2):
            net.add(f"conv_{stage}_{step}", Conv2d(net.channels, filters, (3, 3), padding=(1, 1, 1, 1)))
            net.add(f"relu_{stage}_{step}", ReLU())
            net.channels = filters
        net.add(f"max_pool_{stage}", MaxPool2d((2, 2), (2, 2)))
    return net.classify(10)
