"""``convscope race``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DATA_HELP, split_names, split_settings

__all__ = ["race"]


def race(
    task: Annotated[
        str, typer.Argument(metavar="TASK", help="shapes or digits, drawn from a seed.")
    ] = "digits",
    data: Annotated[
        Path | None, typer.Option(show_default="those of the task", help=f"Own pictures instead. {DATA_HELP}")
    ] = None,
    nets: Annotated[str, typer.Option(metavar="A,B", help="Who runs.")] = "cnn,mlp,cnn-shuffled,mlp-shuffled",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="rate, batch, optimizer, schedule, init, decay, shift, passes, seed; several times.",
        ),
    ] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="RUN", help="Go on with a race that was stopped.")
    ] = None,
) -> None:
    """
    Let a CNN and a fully connected net of one size learn on the same batches.

    [bold]Examples[/bold]

      convscope race shapes

      convscope race --data mnist.npz --set rate=0.01 --set batch=64 --set optimizer=adam \\
        --set schedule=cosine --set decay=0.01 --set passes=12

    The race lies in the data folder; the Training lab opens it, while it runs and afterwards.
    """
    # NumPy and the networks take a moment to load
    from ..race import RaceOptions, run_race

    run_race(RaceOptions(task, data, split_names(nets) or (), split_settings(settings or []), resume))
