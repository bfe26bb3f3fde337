"""A channel's card as one page that needs nothing else: every picture is inside it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnn_core.atlas import Atlas, Card, Partner
from cnn_core.preprocess import Pixels
from cnn_core.visualise import Forming

from ..services.atlases import patch_side
from .patches import patch_pixels
from .png import png_bytes

__all__ = ["card_page"]

_CLASSES = 5


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bin of the histogram: its height as a share of the highest, and what it counts."""

    height: float
    count: int
    low: float
    high: float


def card_page(atlas: Atlas, node: str, channel: int, made: Forming | None) -> dict[str, Any]:
    """What the template of a card's page is filled with.

    Raises:
        BadAtlas: no such layer or channel.
    """
    card, layer = atlas.card(node, channel), atlas.layer(node)
    side = patch_side(atlas, layer)
    means = np.nan_to_num(np.asarray(card.class_means))
    best = np.argsort(-means, kind="stable")[:_CLASSES]
    return {
        "title": atlas.manifest["title"],
        "model": atlas.manifest["model"],
        "weights": atlas.manifest["weights"],
        "photos": atlas.photos,
        "card": card,
        "field": layer.field.size,
        "dead": bool(atlas.dead(layer)[channel]),
        "top": [(_inside(patch_pixels(atlas, each, side)), each.value) for each in card.top],
        "cold": [(_inside(_plain(atlas.picture(photo))), value) for photo, value in card.low],
        "made": None if made is None else (_inside(_plain(made.picture)), made.value),
        "bars": _bars(atlas, card, layer.first + channel),
        "classes": [(atlas.classes[k].replace("_", " "), float(means[k])) for k in best],
        "sides": [
            ("Fed most by", _partners(atlas, card.sources)),
            ("Feeds most", _partners(atlas, card.targets)),
        ],
    }


def _bars(atlas: Atlas, card: Card, at: int) -> list[_Bar]:
    """The bins from the first to the last that counts anything: zeros left out, heights as logarithms."""
    counts = np.array(card.counts)
    counts[card.edges.index(0.0)] -= int(atlas.table("zeros")[at])
    some = np.flatnonzero(counts)
    if not len(some):
        return []
    heights = np.log1p(counts) / np.log1p(counts.max())
    span = range(int(some[0]), int(some[-1]) + 1)
    return [_Bar(float(heights[i]), int(counts[i]), card.edges[i], card.edges[i + 1]) for i in span]


def _partners(atlas: Atlas, partners: tuple[Partner, ...]) -> list[tuple[str, Partner]]:
    """Each with its strongest patch."""
    found = []
    for partner in partners:
        top = atlas.card(partner.node, partner.channel).top
        side = patch_side(atlas, atlas.layer(partner.node))
        found.append((_inside(patch_pixels(atlas, top[0], side)) if top else "", partner))
    return found


def _plain(picture: Pixels) -> Pixels:
    return picture[..., 0] if picture.shape[2] == 1 else picture


def _inside(pixels: Pixels) -> str:
    """The picture as an address that holds it."""
    return "data:image/png;base64," + base64.b64encode(png_bytes(np.ascontiguousarray(pixels))).decode()
