"""``convscope atlas``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import SCALING_HELP, SIZE_HELP

__all__ = ["atlas"]


def atlas(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A name that `convscope models` lists, or FILE.onnx.")
    ],
    photos: Annotated[Path, typer.Argument(help="A folder or zip of photos; folders in it are classes.")],
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=1024, show_default="this process", help="Dask workers on this machine."),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            show_default="the cores, or 1 a worker",
            help="Shards made at a time, by each worker.",
        ),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Use the cluster of this Dask scheduler: tcp://head:8786."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", show_default="where the page looks", help="Folder for atlases."),
    ] = None,
    scaling: Annotated[
        str | None, typer.Option("--mean-std", help=f"Of a .onnx file. {SCALING_HELP}")
    ] = None,
    size: Annotated[str | None, typer.Option(help=f"Of .onnx files. {SIZE_HELP}")] = None,
) -> None:
    """Find out on PHOTOS what every channel of MODEL detects.

    For every channel of every layer: the patches that excite it most, the
    photos that leave it cold, how strongly and how often it answers, for
    which classes, its twin, and the channels that feed it and that it
    feeds. The page finds the result by itself: Explain, What does a
    channel detect.

      convscope atlas resnet photos/
      convscope atlas resnet photos.zip --workers 4
      convscope atlas resnet photos/ --scheduler tcp://head:8786

    The numbers are the same on one worker or many. However it was stopped,
    the same command goes on where it was; a worker that dies costs the
    shard it was at. Workers of other machines need ConvScope, and the
    photos at the same path.
    """
    from ..atlas import AtlasOptions, run_atlas

    run_atlas(AtlasOptions(model, photos, workers, threads, scheduler, out, scaling, size))
