"""What ``convscope bench`` prints: a table for people, JSON for machines."""

from __future__ import annotations

import importlib.metadata
import json
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from cnn_core.runtime.compiled import load
from cnn_core.runtime.team import team

from .forward import EXACT, NUMPY, OURS, Measured, measure_net
from .measure import Spread, busy_with_others, copy_speed, sgemm_peak
from .nets import NETS
from .peers import PEERS
from .training import STEPS, MeasuredStep, measure_step

__all__ = ["BenchOptions", "Machine", "machine", "report"]

WIDTH = 170
VERSIONS = ("numpy", "numba", "torch", "onnxruntime", "onnx")


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """What was asked for; no nets are all of them, ``peers`` None all that are installed."""

    nets: tuple[str, ...]
    rounds: int
    peers: tuple[str, ...] | None
    training: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured; multiply-adds and bytes a second."""

    processor: str
    threads: int
    versions: dict[str, str]
    sgemm: float
    sgemm_one: float
    copy: float


def report(options: BenchOptions) -> None:
    """Measure what was asked for, telling on standard error how far it is."""
    nets = _known("network", options.nets or (*NETS, *STEPS), (*NETS, *STEPS))
    peers = _known("peer", options.peers or _installed(), PEERS)
    if missing := [f"{peer} needs {', '.join(PEERS[peer].missing)}" for peer in peers if PEERS[peer].missing]:
        raise typer.BadParameter("; ".join(missing))
    console = Console(stderr=options.as_json, width=WIDTH, highlight=False)
    load()
    here = machine()
    console.print(_described(here))
    with busy_with_others() as others:
        forwards = list(_forwards(nets, peers, options, here, console))
        steps = [
            measure_step(n, peers, options.rounds, here.threads)
            for n in nets
            if n in STEPS and options.training
        ]
    if options.as_json:
        typer.echo(json.dumps(_tree(here, forwards, steps, others.share), indent=2))
        return
    if steps:
        console.print(_steps_table(steps))
    console.print(f"Meanwhile others took {100 * others.share:.0f} % of the processor.")


def _known(what: str, names: Sequence[str], known: Any) -> list[str]:
    if wrong := [name for name in names if name not in known]:
        raise typer.BadParameter(f"no {what} {wrong[0]!r}; there are {', '.join(known)}")
    return list(names)


def _installed() -> tuple[str, ...]:
    return tuple(name for name, peer in PEERS.items() if not peer.missing)


def machine() -> Machine:
    """This one; takes a second or two."""
    threads = team().threads
    return Machine(
        processor=_processor(),
        threads=threads,
        versions={"python": platform.python_version(), **dict(_versions())},
        sgemm=sgemm_peak(threads),
        sgemm_one=sgemm_peak(1),
        copy=copy_speed(),
    )


def _versions() -> Iterator[tuple[str, str]]:
    for name in VERSIONS:
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _described(here: Machine) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in here.versions.items())
    return (
        f"{here.processor}, {here.threads} threads; {versions}\n"
        f"sgemm {2e-9 * here.sgemm:.0f} GFLOP/s ({2e-9 * here.sgemm_one:.0f} on one thread), "
        f"copy {1e-9 * here.copy:.1f} GB/s on one thread"
    )


def _forwards(
    nets: Sequence[str], peers: list[str], options: BenchOptions, here: Machine, console: Console
) -> Iterator[Measured]:
    for name in nets:
        if name in NETS:
            found = measure_net(name, peers, options.rounds, here.threads, here.sgemm)
            if not options.as_json:
                console.print(_table(found))
            yield found


def _table(found: Measured) -> Table:
    heading = (
        f"{found.title}, every activation kept. {found.macs / 1e6:,.0f} million multiply-adds, "
        f"{100 * found.share:.0f} % of sgemm; memory {found.memory / found.activations:.2f} of what is kept"
    )
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title=heading, title_justify="left")
    table.add_column("who", no_wrap=True)
    for column in ("ms", "quartiles", "by ours", "quartiles", "by ours as shown", "quartiles", "difference"):
        table.add_column(column, justify="right", no_wrap=True)
    titles = {OURS: "ours, Winograd allowed", EXACT: "ours, as the page shows", NUMPY: "ours, NumPy alone"}
    for each, seconds in found.seconds.items():
        table.add_row(
            titles.get(each) or PEERS[each].title,
            *_two(seconds, 1e3),
            *_two(found.ratios[each]),
            *_two(found.ratios_shown[each]),
            f"{found.difference[each]:.0e}",
        )
    return table


def _steps_table(steps: Sequence[MeasuredStep]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, title="Training steps", title_justify="left")
    table.add_column("net", no_wrap=True)
    table.add_column("who", no_wrap=True)
    for column in ("ms", "quartiles", "by ours", "quartiles"):
        table.add_column(column, justify="right", no_wrap=True)
    for step in steps:
        for each, seconds in step.seconds.items():
            title = PEERS[each].title.removesuffix(", hooks") if each in PEERS else "ours"
            table.add_row(step.title, title, *_two(seconds, 1e3), *_two(step.ratios[each]))
    return table


def _two(spread: Spread, scale: float = 1.0) -> tuple[str, str]:
    low, high = _number(scale * spread.low), _number(scale * spread.high)
    return _number(scale * spread.median), f"{low}–{high}"


def _number(value: float) -> str:
    return f"{value:,.2f}" if value < 100 else f"{value:,.0f}"


def _tree(
    here: Machine, forwards: Sequence[Measured], steps: Sequence[MeasuredStep], others: float
) -> dict[str, Any]:
    return {
        "machine": asdict(here),
        "others": others,
        "forward": [asdict(found) for found in forwards],
        "training": [asdict(step) for step in steps],
    }
