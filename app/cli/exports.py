"""``convscope export``: a network as an ONNX file."""

from __future__ import annotations

from pathlib import Path

import typer

from cnn_core.errors import UnsupportedOperator
from cnn_core.onnx_export import OPSET

from ..services.edits import parted
from ..services.network_files import network_file, unwritable_edits
from .imports import find_model
from .writing import write_whole

__all__ = ["run_export"]


def run_export(name: str, out: Path) -> None:
    """Write the file and say what is in it.

    Raises:
        CnnError: there is no such network, or it cannot be written as ONNX.
        DiskFull, OSError: the file cannot be written; one that was there is untouched.
    """
    model = find_model(name)
    text = parted(name)[1]
    try:
        made = network_file(model)
    except UnsupportedOperator as error:
        named = list(unwritable_edits(text, model.graph)) if text else []
        if not named:
            raise
        raise UnsupportedOperator(f"a file cannot hold {'; nor '.join(named)}: leave it out") from error
    write_whole(out, made.data)
    layers = len(model.graph) - 1
    typer.echo(f"{out}: {layers} layers, operator set {OPSET}, {len(made.data) / 1000:,.0f} kB, checked")
    typer.echo(made.finding)
