"""``convscope trace``: every layer of one image as files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from cnn_core.errors import CnnError
from cnn_core.graph.statistics import statistics
from cnn_core.graph.trace import NodeRecord
from cnn_core.models import ImageTrace, Model
from cnn_core.models.image_trace import pixels_for
from cnn_core.preprocess import Crop, crop_from

from ..pictures.contact_sheet import contact_sheet
from .imports import find_model
from .progress import progress_bar
from .writing import write_array, write_picture, write_whole

__all__ = ["BadOption", "parse_crop", "write_trace"]

Box = tuple[int, int, int]


class BadOption(CnnError):
    """A command line option whose value cannot be used."""


def parse_crop(text: str | None) -> Box | None:
    """Left, top and width in image pixels from ``"40,0,300"``.

    Raises:
        BadOption: it is not three whole numbers.
    """
    if text is None:
        return None
    try:
        left, top, width = map(int, text.split(","))
    except ValueError:
        raise BadOption(f"--crop wants three whole numbers, left,top,width, got {text!r}") from None
    return left, top, width


def write_trace(image: Path, model_name: str, out: Path, box: Box | None = None) -> None:
    """Run a model on an image file and write ``<node>.npy``, ``<node>.png`` and ``trace.json`` into ``out``.

    Raises:
        CnnError: the model, the image or the crop cannot be used; nothing has been written then.
        DiskFull, OSError: the folder cannot be written to; what is in it is whole.
    """
    model = find_model(model_name)
    pixels = pixels_for(model.spec, image)
    height, width = pixels.shape[:2]
    crop = crop_from(model.spec, *box, image_width=width, image_height=height) if box else None
    result = ImageTrace(model, pixels, crop)
    out.mkdir(parents=True, exist_ok=True)
    console = Console()
    nodes = [_write_node(record, out) for record in _reported(result, model, console)]
    summary = {
        "model": model.name,
        "image": os.fspath(image),
        "crop": _crop_fields(result.crop),
        "top": [{"label": label, "probability": value} for label, value in result.top(len(model.labels))],
        "nodes": nodes,
        "milliseconds": round(sum(node["milliseconds"] for node in nodes), 3),
    }
    write_whole(out / "trace.json", json.dumps(summary, indent=2) + "\n")
    for label, value in result.top(3):
        console.print(f"{100 * value:5.1f} %  {label.replace('_', ' ')}", highlight=False)
    console.print(f"{len(nodes)} layers in {out}", highlight=False, soft_wrap=True)


def _reported(result: ImageTrace, model: Model, console: Console) -> Iterator[NodeRecord]:
    """The records of a trace, each announced: on a bar in a terminal, else as a line."""
    with progress_bar(console, "layers") as progress:
        task = progress.add_task("", total=len(model.graph))
        for record in result:
            if not console.is_terminal:
                shape = " × ".join(map(str, record.output.shape[1:]))
                console.print(f"{record.node.name}  {shape}", highlight=False, soft_wrap=True)
            progress.update(task, description=record.node.name)
            yield record
            progress.advance(task)


def _write_node(record: NodeRecord, out: Path) -> dict[str, Any]:
    """Write one layer's array and picture; what ``trace.json`` says of it."""
    values = record.output[0]
    name = record.node.name
    write_array(out / f"{name}.npy", values.astype(np.float32, copy=False))
    write_picture(out / f"{name}.png", contact_sheet(values, grey=record.node.layer.kind == "input"))
    return {
        "name": name,
        "kind": record.node.layer.kind,
        "inputs": list(record.node.inputs),
        "shape": list(values.shape),
        **asdict(statistics(values)),
        "milliseconds": round(record.milliseconds, 3),
        "array": f"{name}.npy",
        "picture": f"{name}.png",
    }


def _crop_fields(crop: Crop) -> dict[str, int]:
    return {"left": crop.left, "top": crop.top, "width": crop.width, "height": crop.height}
