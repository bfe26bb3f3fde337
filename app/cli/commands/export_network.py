"""``convscope export``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export_network"]


def export_network(
    model: Annotated[str, typer.Argument(help="A name that `convscope models` lists.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="File to write.")],
) -> None:
    """Write a network as an ONNX file, with its labels and preprocessing.

    The file passes the checker of the onnx package; its tensors are called
    as the layers here. `convscope import` reads it back.

      convscope export resnet resnet.onnx
    """
    from ..exports import run_export

    run_export(model, out)
