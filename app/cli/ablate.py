"""``convscope ablate``: what every channel of a layer is worth on many photos."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from cnn_core.ablation import ChannelRow, LayerAblation, LayerTable
from cnn_core.errors import BadDataset, BadInput
from cnn_core.models import Model
from cnn_core.preprocess import to_tensor
from cnn_core.training.class_photos import ClassPhotos

from .imports import open_network
from .progress import counting, name_skipped
from .writing import write_whole

__all__ = ["AblateOptions", "run_ablate"]

SHOWN_CLASSES = 12
"""With more classes a terminal has no room for a column of each; files have them all."""


@dataclass(frozen=True, slots=True)
class AblateOptions:
    """What ``convscope ablate`` was asked for; ``tolerance`` is a share."""

    model: str
    data: Path
    layer: str
    out: tuple[Path, ...] = ()
    as_json: bool = False
    tolerance: float = 0.0
    scaling: str | None = None
    size: str | None = None


@dataclass(slots=True)
class _Pass:
    """One reading of the photos; ``skipped`` names files that are no photos."""

    model: Model
    photos: ClassPhotos
    skipped: list[str] = field(default_factory=list)

    def through(self, ablation: LayerAblation, console: Console, what: str) -> None:
        """Count every photo."""
        read = self._tensors()
        done = 0
        with counting(console, what) as told:
            while batch := list(islice(read, ablation.batch)):
                images = np.concatenate([image for image, _ in batch])
                ablation.add(images, np.array([label for _, label in batch]))
                done += len(batch)
                told(done + len(self.skipped), len(self.photos))

    def _tensors(self) -> Iterator[tuple[Any, int]]:
        for photo in self.photos.read():
            if photo.pixels is None:
                self.skipped.append(f"{photo.name}: {photo.problem}")
            else:
                yield to_tensor(photo.pixels, self.model.spec), photo.label


def run_ablate(options: AblateOptions) -> None:
    """Measure and print; with ``out``, write the tables.

    Raises:
        CnnError: the network, the layer or the photos cannot be used.
        DiskFull, OSError: a file cannot be read or written.
    """
    for path in options.out:
        if path.suffix.lower() not in (".csv", ".json"):
            raise BadInput(f"--out wants FILE.csv or FILE.json, got {str(path)!r}")
    model = open_network(options.model, options.scaling, options.size)
    if not model.labels:
        raise BadInput(f"{model.title} has no classes, so there is no accuracy to lose")
    photos, unknown = ClassPhotos.at(options.data).known_as(model.labels)
    console = Console(stderr=True)
    table, skipped = _measured(model, photos, options, console)
    together = _together(model, photos, table, console)
    name_skipped([*(f"{name}/: no class of the network" for name in unknown), *skipped])
    found = {"model": options.model, "data": options.data.name, **table.fields(), "together": together}
    found |= {"unknown": list(unknown), "skipped": skipped}
    for path in options.out:
        csv = path.suffix.lower() == ".csv"
        write_whole(path, table.csv() if csv else json.dumps(found, indent=2) + "\n")
    if options.as_json:
        print(json.dumps(found, indent=2))
    else:
        _print(table, together)


def _measured(
    model: Model, photos: ClassPhotos, options: AblateOptions, console: Console
) -> tuple[LayerTable, list[str]]:
    ablation = LayerAblation(model.graph, model.parameters, options.layer, model.labels)
    reading = _Pass(model, photos)
    reading.through(ablation, console, "muting")
    if not ablation.photos.any():
        raise BadDataset(f"data {str(options.data)!r}: none of its images can be read")
    return ablation.table(options.tolerance), reading.skipped


def _together(model: Model, photos: ClassPhotos, table: LayerTable, console: Console) -> float | None:
    """The accuracy with all candidates muted; None without candidates."""
    if not table.candidates:
        return None
    ablation = LayerAblation(
        model.graph, model.parameters, table.node, model.labels, singly=False, groups=[table.candidates]
    )
    _Pass(model, photos).through(ablation, console, "muting candidates together")
    return float(ablation.right_without[0].sum() / table.photos)


def _print(table: LayerTable, together: float | None) -> None:
    console = Console(highlight=False)
    console = console if console.is_terminal else Console(highlight=False, width=240)
    classes = table.classes if len(table.classes) <= SHOWN_CLASSES else ()
    shown = Table(box=None, pad_edge=False)
    for name in ("channel", "accuracy", "other answers", "right score", *classes):
        shown.add_column(name, justify="right")
    shown.add_column("")
    for row in table.rows:
        shown.add_row(
            str(row.channel),
            _signed(100 * row.change, 1),
            f"{row.others:,}",
            _signed(row.score_change, 3),
            *(_signed(100 * change, 0) for change in row.class_changes[: len(classes)]),
            _remark(row),
        )
    console.print(shown)
    console.print(
        f"{table.photos:,} photos, accuracy {100 * table.accuracy:.1f} %; "
        f"changes, in points, without each channel of {table.node}"
    )
    console.print(_candidates(table, together))


def _signed(value: float, digits: int) -> str:
    """With its sign, but for what is shown as zero."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]


def _remark(row: ChannelRow) -> str:
    if row.dead:
        return "dead"
    if row.twin and row.twin.duplicate:
        return f"duplicate of {row.twin.channel}, r = {row.twin.correlation:.3f}"
    return ""


def _candidates(table: LayerTable, together: float | None) -> str:
    if together is None:
        return "no candidates for pruning: every channel costs accuracy"
    channels = _listed(table.candidates)
    change = _signed(100 * (together - table.accuracy), 1)
    return f"candidates for pruning, least missed first: {channels}; all of them muted: {change} points"


def _listed(channels: Sequence[int], most: int = 30) -> str:
    shown = ", ".join(map(str, channels[:most]))
    return shown if len(channels) <= most else f"{shown} and {len(channels) - most} more"
