"""``convscope trace``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["trace"]


def trace(
    image: Annotated[
        Path,
        typer.Argument(help="A photo: JPEG, PNG, WebP, GIF, BMP, TIFF; or a sound: WAV, FLAC, OGG, MP3."),
    ],
    model: Annotated[
        str, typer.Option("--model", "-m", help="A name that `convscope models` lists.")
    ] = "tiny_vgg",
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write to; made if missing.")] = Path(
        "trace"
    ),
    crop: Annotated[
        str | None,
        typer.Option(
            metavar="LEFT,TOP,WIDTH",
            help="Part of the image to use, in its own pixels. (default: largest, centred)",
        ),
    ] = None,
) -> None:
    """Write every layer of an image to files.

    Each layer becomes one .npy array, float32 (channels, height, width), and
    one .png picture of all its channels; trace.json has the classes, shapes,
    ranges and times. Colours are those of the page: orange above zero, blue
    below, on one scale for the whole layer.

      convscope trace espresso.jpg --out espresso --crop 40,0,300
      convscope trace yes.wav --model spoken_words
      python -c "import numpy; print(numpy.load('espresso/conv_1_1.npy').shape)"
    """
    from ..trace import parse_crop, write_trace

    write_trace(image, model, out, parse_crop(crop))
