"""``convscope explain``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["explain"]


def explain(
    model: Annotated[
        str, typer.Argument(help="A name that `convscope models` lists, or a .safetensors file.")
    ],
    image: Annotated[Path, typer.Argument(help="A photo: JPEG, PNG, WebP, GIF, BMP, TIFF.")],
    label: Annotated[
        str | None,
        typer.Option("--class", "-c", show_default="the likeliest", help="The class: its name or number."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", "-m", show_default="all", help="A method; may be given several times."),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=0, help="Random networks that maps are held against; 0 for none.")
    ] = 3,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; made if missing.")] = Path(
        "explain"
    ),
) -> None:
    """Explain why MODEL sees a class in IMAGE, and measure whether to believe it.

    Each method's map becomes one .npy array, float32 (height, width), and one
    .png picture of it over the photo: orange speaks for the class, blue
    against. explain.json has what was measured on this photo: does the map
    add up to the score, does it change when the network's weights become
    random, does the answer fall when its pixels are removed (beside random
    order and Edges only, which ask no network).

      convscope explain resnet cat.jpg --class tabby_cat --out cat
      convscope explain tiny_vgg cup.jpg -m lrp -m grad_cam --seeds 0
    """
    from ..explain import write_explanation

    write_explanation(model, image, label, tuple(method or ()), seeds, out)
