"""What is to be surveyed, cut into shards in a way that does not depend on who will do them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

import numpy as np

from cnn_core.atlas.layers import SurveyedLayer, surveyed_layers
from cnn_core.atlas.photos import Photos
from cnn_core.errors import BadDataset, GraphError
from cnn_core.layers.base import Array
from cnn_core.models.base import Model

__all__ = ["FORMAT", "Job", "make_job", "weights_digest"]

FORMAT = 2
"""Changes when an atlas of the same network and photos would hold other numbers."""

SHARD_MACS = 16_000_000_000
"""Multiply-adds of a shard, at most about: a second or two of one core, which is what a lost worker costs."""

MOST_PHOTOS_A_SHARD, FEWEST_PHOTOS_A_SHARD = 256, 16

LEAST_SHARDS = 8
"""Of few photos too there is something for several workers to do, and a bar that moves."""

BATCH_BYTES = 64 * 2**20
"""Memory for the outputs of one batch, about."""

PEAK_BYTES, PEAK_PHOTOS = 2**28, 2**16
"""Beyond either, the strongest values of every second, fourth, ... photo alone are kept one by one."""

MOST_CHANNELS = 2**18
"""Of all layers together: an atlas takes some kilobytes a channel, in memory as on disk."""


@dataclass(frozen=True)
class Job:
    """A network, photos, and how they are cut: shard ``i`` is ``shard_photos`` photos, the last one fewer.

    Of every ``keep_every``-th photo all channels' strongest values are kept.
    """

    model: Model
    photos: Photos
    layers: tuple[SurveyedLayer, ...]
    shard_photos: int
    batch: int
    keep_every: int
    weights: str
    key: str

    @property
    def total(self) -> int:
        """Photos, readable or not."""
        return len(self.photos.labels)

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return -(-self.total // self.shard_photos)

    @property
    def channels(self) -> int:
        """Of all layers."""
        return sum(layer.channels for layer in self.layers)

    def photos_of(self, number: int) -> range:
        """The photos of a shard."""
        first = number * self.shard_photos
        return range(first, min(first + self.shard_photos, self.total))

    def rectify(self, values: Array) -> Array:
        """Values of all channels, last axis: what rectifiers were given becomes what they gave."""
        found = np.array(values)
        for layer in self.layers:
            if layer.rectified:
                np.maximum(found[..., layer.span], 0, out=found[..., layer.span])
        return found


def make_job(model: Model, photos: Photos) -> Job:
    """Cut a survey of a network on photos into shards.

    Raises:
        BadDataset: there are no photos.
        GraphError: the network has several inputs, or more channels than an atlas holds.
    """
    total = len(photos.labels)
    if not total:
        raise BadDataset("photos: wanted at least one, got none")
    layers = surveyed_layers(model.graph)
    channels = sum(layer.channels for layer in layers)
    if channels > MOST_CHANNELS:
        raise GraphError(
            f"atlas: wanted at most {MOST_CHANNELS:,} channels, "
            f"{model.title} has {channels:,} in {len(layers)} layers"
        )
    macs = max(1, model.graph.total_cost().macs)
    values = sum(int(np.prod(shape[1:])) for shape in model.graph.shapes.values())
    weights = weights_digest(model)
    cut = {
        "shard_photos": _power(
            min(SHARD_MACS // macs, total // LEAST_SHARDS), FEWEST_PHOTOS_A_SHARD, MOST_PHOTOS_A_SHARD
        ),
        "batch": _power(BATCH_BYTES // (4 * values), 1, FEWEST_PHOTOS_A_SHARD),
        "keep_every": _power(
            max(-(-total * channels * 4 // PEAK_BYTES), -(-total // PEAK_PHOTOS)), 1, 1 << 30, up=True
        ),
    }
    key = hashlib.blake2b(repr((FORMAT, weights, photos.digest, cut)).encode(), digest_size=16).hexdigest()
    return Job(model, photos, layers, weights=weights, key=key, **cut)


def weights_digest(model: Model) -> str:
    """A fingerprint of all that makes a network's numbers: graph, parameters, how it takes pictures."""
    told = json.dumps(model.graph.to_config(), sort_keys=True) + repr(model.spec)
    digest = hashlib.blake2b(told.encode(), digest_size=16)
    for name in sorted(model.parameters):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(model.parameters[name]).data)
    return digest.hexdigest()


def _power(number: int, least: int, most: int, *, up: bool = False) -> int:
    """A power of two, at most the number (at least, if ``up``), within bounds that are powers of two."""
    whole = max(1, number)
    power = 1 << (whole - 1).bit_length() if up else 1 << (whole.bit_length() - 1)
    return max(least, min(most, power))
