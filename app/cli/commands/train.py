"""``convscope train``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import DATA_HELP, split_names, split_settings

__all__ = ["train"]


_RECIPES = "the recipe's"

_Holdout = Annotated[
    int, typer.Option(min=0, help="Images of each class, the last by name, to measure on and never train on.")
]
_Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", show_default="ARCH where runs lie", help="Folder to write to."),
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
_Epochs = Annotated[int | None, typer.Option(min=1, show_default=_RECIPES, help="Times each image is shown.")]
_Batch = Annotated[int | None, typer.Option(min=1, show_default=_RECIPES, help="Images in one step.")]
_Rate = Annotated[
    float | None, typer.Option("--lr", min=1e-9, show_default=_RECIPES, help="Highest learning rate.")
]
_Seed = Annotated[
    int | None, typer.Option(min=0, show_default=_RECIPES, help="The same seed gives the same weights.")
]


def train(
    architecture: Annotated[
        str | None,
        typer.Argument(
            metavar="ARCH",
            show_default="with --audio: spoken_words",
            help="The network to train: a name that `convscope models` lists.",
        ),
    ] = None,
    data: Annotated[Path | None, typer.Option(help=DATA_HELP)] = None,
    audio: Annotated[
        Path | None,
        typer.Option(help="Instead of --data: folder or zip with one folder of sounds for each class."),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(metavar="A,B,C", show_default="all", help="Train on these classes of the data alone."),
    ] = None,
    holdout: _Holdout = 50,
    epochs: _Epochs = None,
    batch: _Batch = None,
    rate: _Rate = None,
    seed: _Seed = None,
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
      convscope train --audio words/ --holdout 10

    Sounds are shorter than a minute: WAV, FLAC, OGG or MP3. Where their names
    begin with who speaks, as SPEAKER_nohash_0.wav, whole speakers are held
    back, as many as have N of each class together.

    The folder --out gets ARCH.safetensors and ARCH.json at the end (weights
    and their card), a row in metrics.csv and a new checkpoint.safetensors
    after every epoch; and as a race's folder has them, a row a step in
    steps.csv, one a test in scores.csv, and snapshots in states/. However
    a run was stopped, the same command with --resume takes it up, and ends
    with the weights it would have had.

    While it runs and afterwards `convscope serve` shows it: /train?run=NAME
    for a folder NAME where runs lie by themselves, which is runs in the data
    folder or what CONVSCOPE_RUNS_FOLDER says.
    """
    from ...config import load_settings
    from ..train import TrainOptions, run_training

    chosen, source = _asked(architecture, data, audio)
    where = out or load_settings().runs / chosen
    changed = {"epochs": epochs, "batch": batch, "rate": rate, "seed": seed}
    recipe = {name: str(value) for name, value in changed.items() if value is not None}
    recipe |= split_settings(settings or [])
    run_training(TrainOptions(chosen, source, split_names(classes), holdout, recipe, where, resume, threads))


def _asked(architecture: str | None, data: Path | None, audio: Path | None) -> tuple[str, Path]:
    """The network to train, and what on."""
    source = data or audio
    if source is None or (data and audio):
        raise typer.BadParameter("wanted one of --data and --audio")
    chosen = architecture or ("spoken_words" if audio else None)
    if chosen is None:
        raise typer.BadParameter("wanted the network to train", param_hint="ARCH")
    return chosen, source
