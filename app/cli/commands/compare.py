"""``convscope compare``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import SCALING_HELP, SIZE_HELP

__all__ = ["compare"]


def compare(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A name that `convscope models` lists, or FILE.onnx.")
    ],
    b: Annotated[str, typer.Argument(metavar="B", help="The same, or A~untrained-1.")],
    image: Annotated[Path, typer.Option("--image", "-i", help="A photo, or a folder or zip of photos.")],
    tolerance: Annotated[
        float | None,
        typer.Option(min=0, help="Exit with 1 if a layer's relative L2 is above this, naming the first."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    images: Annotated[
        int | None, typer.Option(min=1, show_default="all", help="Take so many of the photos, evenly.")
    ] = None,
    scaling: Annotated[str | None, typer.Option("--mean-std", help=f"Of .onnx files. {SCALING_HELP}")] = None,
    size: Annotated[str | None, typer.Option(help=f"Of .onnx files. {SIZE_HELP}")] = None,
) -> None:
    """Hold network B against network A, layer by layer, on the same photos.

    Layers correspond by name and shape; where two networks of nearly the
    same layers share few names, in their order. For every pair: relative L2,
    which is ||B - A|| / ||A||, the cosine of the two, the largest difference
    of a value, and how many values differ in a bit or more.

    With --tolerance it is a check for whoever ports a network: exit code 1
    if a layer is further apart, or if the outputs have no counterpart.

      convscope compare mine.onnx ported.onnx --image photos/ --tolerance 1e-4
      convscope compare tiny_vgg tiny_vgg~untrained-1 --image espresso.jpg
    """
    from ..compare import ComparedFiles, run_compare

    if not run_compare(ComparedFiles(a, b, image, images, scaling, size), tolerance, as_json):
        raise typer.Exit(1)
