"""``convscope import``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import LABELS_HELP, READING_HELP, SCALING_HELP, SIZE_HELP

__all__ = ["import_network"]


def import_network(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .onnx file.")],
    name: Annotated[str | None, typer.Option(show_default="the file's", help="What to call it.")] = None,
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    scaling: Annotated[str | None, typer.Option("--mean-std", help=SCALING_HELP)] = None,
    size: Annotated[str | None, typer.Option(help=SIZE_HELP)] = None,
    output: Annotated[str | None, typer.Option(help="Which of the file's outputs is the answer.")] = None,
    reading: Annotated[str | None, typer.Option("--read-as", help=READING_HELP)] = None,
) -> None:
    """Take in a network of your own, so that the page and every command know it.

    The file is read within limits and never run. The network then computes
    one picture here and in another program (ONNX Runtime where it is
    installed, else the reference of the onnx package), and every layer is
    compared: the result is printed, and stays on the page.

      convscope import my.onnx --name mine
      convscope import my.onnx --labels labels.txt --mean-std imagenet --size 224

    A PyTorch network becomes such a file with one call:

      torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "my.onnx",
                        external_data=False)
    """
    from ..imports import run_import

    run_import(file, name, labels, scaling, size, output, reading)
    typer.echo("look at it: convscope serve")
