"""``convscope train`` and ``convscope evaluate``: what they take, and their manual."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["register"]

_DATA = "Folder or zip with one folder of images for each class, or npz of images, labels."
_RECIPES = "the recipe's"

_Holdout = Annotated[
    int, typer.Option(min=0, help="Images of each class, the last by name, to measure on and never train on.")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", show_default="runs/ARCH", help="Folder to write to; made if missing."),
]
_Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        show_default=_RECIPES,
        help="Any other setting of the recipe; may be given several times.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add both commands to the command line."""
    app.command()(train)
    app.command()(evaluate)


def train(
    architecture: Annotated[
        str,
        typer.Argument(metavar="ARCH", help="The network to train: a name that `convscope models` lists."),
    ],
    data: Annotated[Path, typer.Option(help=_DATA)],
    classes: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", show_default="all", help="Train on these classes of the data alone."),
    ] = None,
    holdout: _Holdout = 50,
    epochs: Annotated[
        int | None, typer.Option(min=1, show_default=_RECIPES, help="Times each image is shown.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, show_default=_RECIPES, help="Images in one step.")
    ] = None,
    rate: Annotated[
        float | None, typer.Option("--lr", min=1e-9, show_default=_RECIPES, help="Highest learning rate.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, show_default=_RECIPES, help="The same seed gives the same weights.")
    ] = None,
    settings: _Settings = None,
    out: _Out = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the last finished epoch of the run in --out.")
    ] = False,
    threads: Annotated[
        int, typer.Option(min=1, help="Threads that share each batch; they do not change the result.")
    ] = 2,
) -> None:
    """Train ARCH on your images; write its weights and how they were made.

    Images are cropped, zoomed, mirrored and recoloured a little at random;
    the learning rate rises, then falls; a moving average of the weights is
    kept. How much of each is the recipe which made ARCH's weights in this
    package: what you do not set stays as it was there. --set changes any of
    it, and a name that does not exist lists those that do.

      convscope train tiny_vgg --data photos/ --holdout 20 --epochs 60
      convscope train tiny_vgg --data photos.zip --classes cat,dog -o runs/pets
      convscope train resnet --data photos/ --set mixup=0 --set optimizer=sgd

    The folder --out gets ARCH.safetensors and ARCH.json at the end (weights
    and their card), a row in metrics.csv and a new checkpoint.safetensors
    after every epoch. However a run was stopped, the same command with
    --resume takes it up, and ends with the weights it would have had.
    """
    from app.cli_train import TrainOptions, run_training

    where = out or Path("runs") / architecture
    changed = {"epochs": epochs, "batch": batch, "rate": rate, "seed": seed}
    recipe = {name: str(value) for name, value in changed.items() if value is not None}
    recipe |= split_settings(settings or [])
    run_training(
        TrainOptions(architecture, data, split_names(classes), holdout, recipe, where, resume, threads)
    )


def evaluate(
    model: Annotated[
        str,
        typer.Argument(help="A name that `convscope models` lists, or a .safetensors file that train wrote."),
    ],
    data: Annotated[
        Path,
        typer.Argument(help=_DATA),
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
    apart: a good model is unsure about them, and sure about its own. The
    expected calibration error says how far its probabilities are from how
    often it is right at such a probability: 0 where each can be believed.
    --write-card renews the scores in MODEL's card, and refuses where they
    are not of the images that the card names.

      convscope evaluate tiny_vgg photos/
      convscope evaluate tiny_vgg photos/ --holdout 50 --unknown
      convscope evaluate runs/pets/tiny_vgg.safetensors photos.zip --json
    """
    from app.cli_evaluate import EvaluateOptions, run_evaluation

    run_evaluation(EvaluateOptions(model, data, split_names(classes), holdout, unknown, as_json, write_card))


def split_names(text: str | None) -> tuple[str, ...] | None:
    """Class names from ``"a, b"``; None if nothing was given."""
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    return names or None


def split_settings(texts: Sequence[str]) -> dict[str, str]:
    """Names and values from ``["mixup=0.2", ...]``.

    Raises:
        typer.BadParameter: one without an equals sign.
    """
    for text in texts:
        if "=" not in text:
            raise typer.BadParameter(f"wanted NAME=VALUE, got {text!r}", param_hint="--set")
    return {name.strip(): value.strip() for name, _, value in (text.partition("=") for text in texts)}
