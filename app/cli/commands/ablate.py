"""``convscope ablate``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import SCALING_HELP, SIZE_HELP

__all__ = ["ablate"]


def ablate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A name that `convscope models` lists, FILE.onnx, or MODEL~edit-EDITS."
        ),
    ],
    data: Annotated[Path, typer.Argument(help="Folder or zip with one folder of photos for each class.")],
    layer: Annotated[str, typer.Option("--layer", metavar="NAME", help="Whose channels are muted.")],
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="Write the table here: FILE.csv or FILE.json. May be given twice."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    tolerance: Annotated[
        float,
        typer.Option(min=0, max=100, help="Points of accuracy that a candidate for pruning may cost."),
    ] = 0.0,
    scaling: Annotated[
        str | None, typer.Option("--mean-std", help=f"Of a .onnx file. {SCALING_HELP}")
    ] = None,
    size: Annotated[str | None, typer.Option(help=f"Of .onnx files. {SIZE_HELP}")] = None,
) -> None:
    """Mute every channel of a layer in turn and measure on DATA what it costs.

    A row a channel: the change of accuracy without it, of each class, how
    many photos get another answer, how the score of the right class changes.
    Dead channels are zero at every place of every photo; duplicates go with
    another channel with a correlation of 0.99 or more.

    Candidates for pruning cost no more accuracy than --tolerance, each by
    itself; what all of them cost together is measured too, since single
    costs do not add up.

      convscope ablate tiny_vgg photos/ --layer conv_1_2
      convscope ablate resnet photos.zip --layer block_2_1_conv -o table.csv
      convscope ablate "tiny_vgg~edit-conv_1_1:mute:2" photos/ --layer conv_2_1

    Folders are matched to classes by name. What comes before the layer is
    computed once; photos are read a few at a time, however many there are.
    """
    from ..ablate import AblateOptions, run_ablate

    run_ablate(AblateOptions(model, data, layer, tuple(out or ()), as_json, tolerance / 100, scaling, size))
