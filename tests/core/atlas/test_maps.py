"""What is counted of a layer's maps, however they lie in memory and however many there are."""

import numpy as np
import pytest

from cnn_core.atlas import histograms
from cnn_core.atlas.histograms import BINS, HALF, Histograms, bins_of
from cnn_core.atlas.layers import SurveyedLayer
from cnn_core.atlas.maps import PIECE, Maps
from cnn_core.atlas.shards import _sums, _zeros
from cnn_core.graph.field import ReceptiveField

ORDERS = {"NCHW": (0, 1, 2, 3), "NHWC": (0, 2, 3, 1), "NHCW": (0, 2, 1, 3)}


def maps_of(values, order, before="before", count=None):
    """The same ``(N, C, H, W)`` values, lying in this order within a border."""
    axes = ORDERS[order]
    whole = np.pad(values.transpose(axes), [(0, 0), *[(1, 2)] * 3], constant_values=99)
    inside = whole[:, 1:-2, 1:-2, 1:-2].transpose(np.argsort(axes))
    _, channels, height, width = values.shape
    layer = SurveyedLayer("node", before, 0, channels, height, width, ReceptiveField((3, 3), (1, 1), (0, 0)))
    return Maps(inside, layer, count or len(values))


@pytest.mark.parametrize("order", ORDERS)
def test_the_largest_value_and_its_first_place_are_found(order):
    # few different values, so that most maps have several largest ones
    values = np.random.default_rng(1).integers(-3, 3, (3, 5, 6, 7)).astype(np.float32)
    maps = maps_of(values, order, before="node", count=2)
    flat = values[:2].reshape(2, 5, -1)
    assert np.array_equal(maps.peaks, flat.max(axis=2))
    images, channels = np.nonzero(np.ones((2, 5)))
    assert np.array_equal(maps.places(images, channels), flat.argmax(axis=2).reshape(-1))
    assert np.array_equal(maps.largest, np.abs(flat).max(axis=(0, 2)))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("side", [5, 150])
def test_pieces_are_all_values_once_in_units_of_their_channels(order, side):
    values = np.random.default_rng(2).normal(size=(2, 8, side, side)).astype(np.float32)
    maps = maps_of(values, order, before="node")
    factors = np.exp2(np.arange(8)).astype(np.float32)
    total, rows = np.zeros(8), []
    for row, piece in maps.pieces(factors):
        assert piece.size <= PIECE
        rows += range(row.start, row.stop)
        total += maps.by_channel(piece.sum(axis=0, dtype=np.float64))
    assert rows == list(range(2 * side))
    assert total == pytest.approx((values.sum(axis=(0, 2, 3), dtype=np.float64)) * factors)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("channels", [3, 44])
@pytest.mark.parametrize("signed", [True, False])
def test_histograms_of_many_values_are_numpys(order, channels, signed, monkeypatch):
    as_pixels, counted = [], histograms._counted_as_pixels
    monkeypatch.setattr(histograms, "_counted_as_pixels", lambda *a: as_pixels.append(1) or counted(*a))
    values = np.random.default_rng(3).normal(size=(2, channels, 36, 36)).astype(np.float32)
    values *= np.exp2(np.arange(channels) % 5)[:, None, None]
    values = values if signed else np.abs(values)
    maps, found = maps_of(values, order, before="node"), Histograms.empty(channels)
    factors = found.widen(slice(0, channels), maps.largest)
    for _, piece in maps.pieces(factors):
        places = np.empty(piece.shape, np.uint8)
        bins_of(piece, places, signed=maps.signed)
        found.count(slice(0, channels), places, maps.columns(np.arange(channels)), signed=maps.signed)
    for channel, own in enumerate(values.swapaxes(0, 1)):
        edges = (np.arange(BINS + 1) - HALF) * 2.0 ** found.exponents[channel]
        assert np.array_equal(np.histogram(own, edges)[0], found.counts[channel])
    assert bool(as_pixels) == (order == "NHWC" and channels == 44)


def test_zeros_and_sums_are_those_of_all_rows():
    piece = np.maximum(np.random.default_rng(4).normal(size=(603, 5)), 0).astype(np.float32)
    assert np.array_equal(_zeros(piece), (piece == 0).sum(axis=0))
    for signed in (True, False):
        assert _sums(piece, signed) == pytest.approx(piece.sum(axis=0, dtype=np.float64), rel=1e-6)
