"""``convscope evaluate``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DATA_HELP, split_names

__all__ = ["evaluate"]


def evaluate(
    model: Annotated[
        str,
        typer.Argument(help="A name that `convscope models` lists, or a .safetensors file that train wrote."),
    ],
    data: Annotated[
        Path,
        typer.Argument(help=DATA_HELP),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
    classes: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", show_default="all", help="Measure on these classes of the data alone."),
    ] = None,
    holdout: Annotated[
        int | None,
        typer.Option(
            min=1, show_default="all", help="Measure on the last N images of each class by name alone."
        ),
    ] = None,
    unknown: Annotated[
        bool,
        typer.Option(
            "--unknown", help="Classes the model does not know are no error: say how often it is unsure."
        ),
    ] = False,
    write_card: Annotated[
        bool,
        typer.Option("--write-card", help="Put the scores into MODEL's card, in place of those it has."),
    ] = False,
) -> None:
    """Measure how often MODEL is right on DATA.

    Top-1 is the share of images whose own class came first, top-3 of those
    whose class was among the first three. Classes are matched by name: one
    that the model does not know is an error, unless --classes leaves it out;
    one that the data lacks is not. With --unknown such classes are measured
    apart: a good model is unsure about them, and sure about its own; both
    rules of doubt are measured, the entropy of its answer and, where the
    extra `imagenet` is installed, the opinion of a network that knows more. The
    expected calibration error says how far its probabilities are from how
    often it is right at such a probability: 0 where each can be believed.
    --write-card renews the scores in MODEL's card, and refuses where they
    are not of the images that the card names.

      convscope evaluate tiny_vgg photos/
      convscope evaluate tiny_vgg photos/ --holdout 50 --unknown
      convscope evaluate runs/pets/tiny_vgg.safetensors photos.zip --json
    """
    from ..evaluate import EvaluateOptions, run_evaluation

    run_evaluation(EvaluateOptions(model, data, split_names(classes), holdout, unknown, as_json, write_card))
