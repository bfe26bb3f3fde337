"""``convscope export``: what it takes, and its manual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["export_network"]


def export_network(
    model: Annotated[str, typer.Argument(help="A name that `convscope models` lists, or MODEL~edit-EDITS.")],
    out: Annotated[Path, typer.Argument(metavar="OUT.onnx", help="File to write.")],
) -> None:
    """Write a network as an ONNX file, with its labels and preprocessing.

    The file passes the checker of the onnx package; its tensors are called
    as the layers here. It is read back and run on a test picture before it
    is written. `convscope import` opens it.

    Of an edited network, kernels, biases, scales and swaps are in the
    weights; channels that are muted or filled with one number are operators.
    What is painted into a part of a map is refused by name.

      convscope export resnet resnet.onnx
      convscope export "tiny_vgg~edit-conv_1_1:mute:2" edited.onnx
    """
    from ..exports import run_export

    run_export(model, out)
