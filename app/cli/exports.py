"""``convscope export``: a network of the package as an ONNX file."""

from __future__ import annotations

from pathlib import Path

import typer

from cnn_core.models import load_model
from cnn_core.onnx_export import OPSET, export_model

from .writing import write_whole

__all__ = ["run_export"]


def run_export(name: str, out: Path) -> None:
    """Write the file and say what is in it.

    Raises:
        CnnError: there is no such network, or it cannot be written as ONNX.
        DiskFull, OSError: the file cannot be written; one that was there is untouched.
    """
    model = load_model(name)
    data = export_model(model.graph, model.parameters, name=model.name, labels=model.labels, spec=model.spec)
    write_whole(out, data)
    layers = len(model.graph) - 1
    typer.echo(f"{out}: {layers} layers, operator set {OPSET}, {len(data) / 1000:,.0f} kB, checked")
