"""``convscope import`` and ``convscope export``: what they take, and their manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["LABELS_HELP", "SCALING_HELP", "SIZE_HELP", "register"]

LABELS_HELP = "Names of the classes: a text file with one a line, or JSON."
SCALING_HELP = (
    "How it wants pictures: unit (0 to 1), imagenet, signed (-1 to 1), bytes (0 to 255), caffe (BGR)."
)
SIZE_HELP = "Height and width where the file leaves them open: 224, or 240x320."


def register(app: typer.Typer) -> None:
    """Add both commands to the command line."""
    app.command("import")(import_network)
    app.command("export")(export_network)


def import_network(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An .onnx file.")],
    name: Annotated[str | None, typer.Option(show_default="the file's", help="What to call it.")] = None,
    labels: Annotated[Path | None, typer.Option(help=LABELS_HELP)] = None,
    scaling: Annotated[str | None, typer.Option("--mean-std", help=SCALING_HELP)] = None,
    size: Annotated[str | None, typer.Option(help=SIZE_HELP)] = None,
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
    from app.cli_import import run_import

    run_import(file, name, labels, scaling, size)
    typer.echo("look at it: convscope serve")


def export_network(
    model: Annotated[str, typer.Argument(help="A name that `convscope models` lists.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="File to write.")],
) -> None:
    """Write a network as an ONNX file, with its labels and preprocessing.

    The file passes the checker of the onnx package; its tensors are called
    as the layers here. `convscope import` reads it back.

      convscope export resnet resnet.onnx
    """
    from app.cli_export import run_export

    run_export(model, out)
