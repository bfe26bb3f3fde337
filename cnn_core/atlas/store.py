"""An atlas on disk: read where it is looked at, and refused if it is of other weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.atlas.cards import Card, Partner, Patch, Twin
from cnn_core.atlas.histograms import HALF
from cnn_core.atlas.jobs import FORMAT, weights_digest
from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.atlas.looks import boxes_of
from cnn_core.errors import BadAtlas
from cnn_core.graph.field import ReceptiveField
from cnn_core.layers.base import Array
from cnn_core.models.base import Model

__all__ = ["RARE", "TWINS", "Atlas", "find_atlases", "open_atlas"]

TWINS = 0.9
"""Channels whose strongest values correlate more are called twins."""

RARE = 0.02
"""A channel above zero on a smaller share of the photos is rarely on."""


@dataclass(frozen=True)
class Atlas:
    """A finished atlas; arrays are mapped into memory, nothing is read before it is asked for."""

    folder: Path
    manifest: Mapping[str, Any]
    layers: Mapping[str, SurveyedLayer]

    @property
    def id(self) -> str:
        """Weights and content: equal ids, equal numbers."""
        return self.folder.name

    @property
    def photos(self) -> int:
        """Photos that could be read."""
        return int(self.manifest["photos"])

    @property
    def classes(self) -> tuple[str, ...]:
        """The folders the photos came in; empty if they were in one."""
        return tuple(self.manifest["classes"])

    @cached_property
    def _arrays(self) -> dict[str, Array]:
        return {}

    def table(self, name: str) -> Array:
        """One of the atlas's arrays by name, read-only.

        Raises:
            BadAtlas: it is missing or damaged.
        """
        if name not in self._arrays:
            try:
                self._arrays[name] = np.load(self.folder / f"{name}.npy", mmap_mode="r")
            except (OSError, ValueError) as error:
                raise BadAtlas(f"atlas {self.id}: {name}.npy is missing or damaged ({error})") from error
        return self._arrays[name]

    def layer(self, node: str) -> SurveyedLayer:
        """A surveyed layer.

        Raises:
            BadAtlas: that layer was not surveyed; the message lists those that were.
        """
        if node not in self.layers:
            raise BadAtlas(f"atlas {self.id}: no layer {node!r}; it has {', '.join(self.layers)}")
        return self.layers[node]

    def card(self, node: str, channel: int) -> Card:
        """Everything known of a channel.

        Raises:
            BadAtlas: no such layer, or it has no such channel.
        """
        layer = self.layer(node)
        if not 0 <= channel < layer.channels:
            raise BadAtlas(f"atlas {self.id}: {node} has channels 0..{layer.channels - 1}, got {channel}")
        at = layer.first + channel
        values = self.photos * layer.height * layer.width
        best = int(self.table("best_class")[at]) if self.classes else None
        return Card(
            node=node,
            channel=channel,
            top=self._patches(layer, at),
            low=self._coldest(at),
            on=int(self.table("on")[at]) / max(1, self.photos),
            zeros=int(self.table("zeros")[at]) / max(1, values),
            mean=float(self.table("mean")[at]),
            edges=self.edges(at),
            counts=tuple(int(n) for n in self.table("counts")[at]),
            class_means=tuple(float(mean) for mean in self.table("class_mean")[at]),
            best_class=best,
            separation=None if best is None else float(self.table("separation")[at]),
            twin=self._twin(layer, at),
            sources=self._partners("source", at),
            targets=self._partners("target", at),
        )

    def edges(self, at: int) -> tuple[float, ...]:
        """The edges of the bins of a channel's histogram."""
        width = 2.0 ** int(self.table("exponents")[at])
        return tuple((place - HALF) * width for place in range(2 * HALF + 1))

    def rank(self, node: str, channel: int, value: float) -> float:
        """The share of the photos (those whose values are kept) on which the channel stays below a value."""
        peaks = self.table("peaks")[:, self.layer(node).first + channel]
        return float(np.count_nonzero(peaks < value)) / max(1, len(peaks))

    def dead(self, layer: SurveyedLayer) -> Array:
        """Of every channel of a layer whether it is 0 on all photos."""
        values = self.photos * layer.height * layer.width
        return np.asarray(self.table("zeros")[layer.span] == values)

    def rare(self, layer: SurveyedLayer) -> Array:
        """Of every channel whether it is above zero on few photos, but not dead."""
        few = np.asarray(self.table("on")[layer.span]) < RARE * self.photos
        return np.asarray(few & ~self.dead(layer))

    def twinned(self, layer: SurveyedLayer) -> Array:
        """Of every channel whether another of its layer says nearly the same."""
        return np.asarray(self.table("twin_correlation")[layer.span] > TWINS)

    def picture(self, photo: int) -> Array:
        """The photo as the network got it, uint8 ``(H, W, C)``.

        Raises:
            BadAtlas: it is on no card.
        """
        return np.asarray(self.table("pictures")[self._row(photo)])

    def name_of(self, photo: int) -> str:
        """The photo's file."""
        return str(self.manifest["picture_names"][self._row(photo)])

    def label_of(self, photo: int) -> int | None:
        """The photo's class, None if it has none."""
        label = int(self.table("picture_label")[self._row(photo)])
        return None if label < 0 else label

    def peaks_of(self, node: str, channel: int) -> tuple[Array, Array]:
        """The channel's strongest value on every photo kept, and the photos' numbers."""
        return self.table("peaks")[:, self.layer(node).first + channel], self.table("peak_photos")

    def has_picture(self, photos: Array) -> Array:
        """Which of these photos are kept as pictures."""
        kept = self.table("picture_photo")
        places = np.minimum(np.searchsorted(kept, photos), max(0, len(kept) - 1))
        return np.asarray(kept[places] == photos) if len(kept) else np.zeros(len(photos), np.bool_)

    def channel_at(self, at: int) -> tuple[str, int]:
        """The layer and the channel there at a place of the tables."""
        layer = next(layer for layer in self.layers.values() if at < layer.first + layer.channels)
        return layer.node, at - layer.first

    def _row(self, photo: int) -> int:
        kept = self.table("picture_photo")
        row = int(np.searchsorted(kept, photo))
        if row >= len(kept) or kept[row] != photo:
            raise BadAtlas(f"atlas {self.id}: photo {photo} is on no card, so its picture is not kept")
        return row

    def _patches(self, layer: SurveyedLayer, at: int) -> tuple[Patch, ...]:
        photos, places = self.table("top_photo")[at], self.table("top_place")[at]
        values, boxes = self.table("top_value")[at], boxes_of(layer, places)
        found = []
        for photo, place, value, box in zip(photos, places, values, boxes, strict=True):
            if photo >= 0 and not (layer.rectified and value <= 0):
                y, x = divmod(int(place), layer.width)
                top, left, bottom, right = map(int, box)
                found.append(Patch(int(photo), float(value), y, x, (top, left, bottom, right)))
        return tuple(found)

    def _coldest(self, at: int) -> tuple[tuple[int, float], ...]:
        photos, values = self.table("low_photo")[at], self.table("low_value")[at]
        return tuple((int(p), float(v)) for p, v in zip(photos, values, strict=True) if p >= 0)

    def _twin(self, layer: SurveyedLayer, at: int) -> Twin | None:
        other, correlation = int(self.table("twin")[at]), float(self.table("twin_correlation")[at])
        return Twin(other - layer.first, correlation) if other >= 0 else None

    def _partners(self, side: str, at: int) -> tuple[Partner, ...]:
        others, strengths = self.table(f"{side}s")[at], self.table(f"{side}_strengths")[at]
        return tuple(
            Partner(*self.channel_at(int(other)), float(strength))
            for other, strength in zip(others, strengths, strict=True)
            if other >= 0
        )


def open_atlas(folder: str | Path, model: Model | None = None) -> Atlas:
    """The atlas in a folder; with a model, only if it is of its very weights.

    Raises:
        BadAtlas: there is none, it is damaged, of another format, or of other weights than the model's.
    """
    folder = Path(folder)
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        layers = {row["node"]: _layer(row) for row in manifest["layers"]}
        found = {key: manifest[key] for key in ("format", "model", "title", "weights", "photos", "files")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadAtlas(f"{folder}: wanted an atlas, its manifest is missing or damaged ({error})") from error
    if found["format"] != FORMAT:
        raise BadAtlas(f"{folder}: wanted an atlas of format {FORMAT}, got {found['format']}; make it again")
    if missing := [name for name in found["files"] if not (folder / name).is_file()]:
        raise BadAtlas(f"{folder}: {missing[0]} is missing")
    if model is not None and (own := weights_digest(model)) != found["weights"]:
        raise BadAtlas(
            f"{folder}: this atlas is of {found['title']} ({found['model']}, weights "
            f"{found['weights'][:8]}), not of {model.title} ({model.name}, weights {own[:8]})"
        )
    return Atlas(folder, manifest, layers)


def find_atlases(folder: str | Path, weights: str) -> list[Atlas]:
    """The atlases of these weights in a folder of atlases, newest first; damaged ones are passed over."""
    found = []
    for path in Path(folder).glob(f"{weights[:16]}-*"):
        try:
            atlas = open_atlas(path)
        except BadAtlas:
            continue
        if atlas.manifest["weights"] == weights:
            found.append((path.stat().st_mtime_ns, path.name, atlas))
    return [atlas for _, _, atlas in sorted(found, key=lambda row: row[:2], reverse=True)]


def _layer(row: Mapping[str, Any]) -> SurveyedLayer:
    size, stride, offset = (tuple(row["field"][name]) for name in ("size", "stride", "offset"))
    own = {name: row[name] for name in ("node", "before", "first", "channels", "height", "width")}
    return SurveyedLayer(**own, field=ReceptiveField(size, stride, offset))
