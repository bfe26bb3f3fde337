"""``convscope shift-report``: what it takes, and its manual."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["shift_report"]


class Fill(StrEnum):
    """How the border of a moved photo is filled."""

    reflect = "reflect"
    wrap = "wrap"
    zeros = "zeros"


class Border(StrEnum):
    """How maps are padded."""

    trained = "trained"
    zeros = "zeros"
    wrap = "wrap"
    reflect = "reflect"


class Pooling(StrEnum):
    """How maps are pooled."""

    trained = "trained"
    max = "max"
    average = "average"
    blur3 = "blur3"
    blur5 = "blur5"
    strided = "strided"


def shift_report(
    model: Annotated[
        str,
        typer.Argument(help="A name that `convscope models` lists, or a .safetensors file that train wrote."),
    ],
    data: Annotated[
        Path, typer.Argument(help="Folder or zip of images, npz of images, labels, or a single image.")
    ],
    max_shift: Annotated[int, typer.Option(min=1, help="Largest shift, in pixels of the network.")] = 8,
    border: Annotated[
        Fill, typer.Option(help="How the moved photo is filled where the classes are asked.")
    ] = Fill.reflect,
    maps: Annotated[
        Border, typer.Option(help="How layers are padded; all but trained keep the photo's grid.")
    ] = Border.trained,
    pooling: Annotated[Pooling, typer.Option(help="How layers are pooled, with the same weights.")] = (
        Pooling.trained
    ),
    layers: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", show_default="every window", help="Layers to compare, by name."),
    ] = None,
    images: Annotated[
        int | None, typer.Option(min=1, show_default="all", help="Take so many of the images, evenly.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; made if missing.")] = Path(
        "shift-report"
    ),
) -> None:
    """Measure what MODEL does when the images of DATA are moved.

    For every layer: does its map move along? The error of a shift by dx is
    ||f(Tx) - T f(x)|| / ||T f(x)||, 0 where every bit agrees; values that
    depend on newly exposed pixels are left out. For the answer: how often
    does the likeliest class change, and how often do two shifts of one image
    agree (consistency, over all pairs of shifts)?

    The folder --out gets errors.csv (the mean over the images, layer by
    layer and dx by dx), flips.csv and shift-report.svg, a picture of both.

      convscope shift-report tiny_vgg photos/ --max-shift 8
      convscope shift-report tiny_vgg cat.jpg --maps wrap --pooling blur3
    """
    from ..shift_report import ReportOptions, write_report

    chosen = None if layers is None else tuple(name.strip() for name in layers.split(","))
    write_report(
        ReportOptions(model, data, max_shift, border.value, maps.value, pooling.value, chosen, images, out)
    )
