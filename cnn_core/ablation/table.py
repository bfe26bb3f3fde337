"""What the mutes of a layer cost over many images: a row a channel, and which channels could go."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict, dataclass
from typing import Any

from cnn_core.ablation.activity import Twin

__all__ = ["ChannelRow", "LayerTable"]


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """What becomes of the answers without one channel.

    ``change`` is that of the accuracy, as a share of all photos; ``others`` counts photos with another first
    class; ``score_change`` is the mean change of the score of a photo's own class.
    """

    channel: int
    right: int
    change: float
    others: int
    score_change: float
    class_changes: tuple[float, ...]
    dead: bool
    twin: Twin | None


@dataclass(frozen=True, slots=True)
class LayerTable:
    """All rows of a layer, with what the network does as it is."""

    node: str
    photos: int
    right: int
    classes: tuple[str, ...]
    class_photos: tuple[int, ...]
    class_right: tuple[int, ...]
    rows: tuple[ChannelRow, ...]
    tolerance: float

    @property
    def accuracy(self) -> float:
        """Of the network as it is."""
        return self.right / self.photos

    @property
    def candidates(self) -> tuple[int, ...]:
        """Channels that could go, the least missed first: each alone costs no more than the tolerance.

        Among equals the one that changes fewer answers, then scores less.
        """
        free = [row for row in self.rows if row.change >= -self.tolerance]
        free.sort(key=lambda row: (-row.change, row.others, abs(row.score_change)))
        return tuple(row.channel for row in free)

    def csv(self) -> str:
        """A line a channel, with its rank among the candidates and the change of every class."""
        ranks = {channel: rank for rank, channel in enumerate(self.candidates, 1)}
        lines: list[dict[str, Any]] = []
        for row in self.rows:
            line = _row(row, self)
            changes, nearest = line.pop("class_changes"), line.pop("nearest") or {}
            line["dead"], line["duplicate"] = int(row.dead), int(line["duplicate"])
            line |= {"nearest": nearest.get("channel"), "correlation": nearest.get("correlation")}
            line["candidate"] = ranks.get(row.channel)
            lines.append(line | {f"change of {name}": change for name, change in changes.items()})
        file = io.StringIO()
        writer = csv.DictWriter(file, list(lines[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
        return file.getvalue()

    def fields(self) -> dict[str, Any]:
        """The same for JSON."""
        return {
            "layer": self.node,
            "photos": self.photos,
            "accuracy": self.accuracy,
            "classes": [
                {"name": name, "photos": photos, "right": right}
                for name, photos, right in zip(self.classes, self.class_photos, self.class_right, strict=True)
            ],
            "channels": [_row(row, self) for row in self.rows],
            "tolerance": self.tolerance,
            "candidates": list(self.candidates),
        }


def _row(row: ChannelRow, table: LayerTable) -> dict[str, Any]:
    twin = row.twin
    return {
        "channel": row.channel,
        "accuracy": row.right / table.photos,
        "change": row.change,
        "other_answers": row.others,
        "score_change": row.score_change,
        "class_changes": dict(zip(table.classes, row.class_changes, strict=True)),
        "dead": row.dead,
        "nearest": asdict(twin) if twin else None,
        "duplicate": bool(twin and twin.duplicate),
    }
