"""``convscope bench``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["bench"]


def bench(
    nets: Annotated[list[str] | None, typer.Argument(show_default="all", help="Networks, by name.")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Turns that everyone has.")] = 9,
    peers: Annotated[
        str | None,
        typer.Option(metavar="A,B", show_default="all that are installed", help="Run these beside."),
    ] = None,
    training: Annotated[bool, typer.Option(help="Measure training steps too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything measured as JSON.")] = False,
    plot: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Measure how cost grows instead: growth.csv and growth.svg."),
    ] = None,
) -> None:
    """Measure this machine: forward passes and training steps, beside what else could run them.

    The networks have their papers' shapes and drawn weights, and every
    activation is kept. Peers are those that are installed, of PyTorch and
    ONNX Runtime (`pip install 'convscope\\[bench]'`), and two in NumPy alone.
    Everyone's outputs are checked against the plain operators; then all run
    in turn in this one process. A ratio is a peer's time by ours of the same
    round; the table has medians, and quartiles behind them.

      convscope bench
      convscope bench resnet18 squeezenet --rounds 21 --json > bench.json
      convscope bench --plot docs
    """
    if plot is not None:
        from ...bench.growth import write_growth

        write_growth(plot)
        return
    from ...bench.report import BenchOptions, report

    names = None if peers is None else tuple(peer.strip() for peer in peers.split(",") if peer.strip())
    report(BenchOptions(tuple(nets or ()), rounds, names, training, as_json))
