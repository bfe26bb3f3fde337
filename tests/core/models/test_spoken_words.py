"""The network that hears: moved in time, a sound moves its maps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cnn_core.models import Model, load_model, trace
from cnn_core.preprocess import Crop
from cnn_core.sound import HOP, RATE, sound_pixels, wav_bytes


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model("spoken_words")


def noise() -> np.ndarray:
    return np.random.default_rng(11).integers(-5000, 5000, 2 * RATE).astype(np.int16)


@pytest.mark.parametrize(
    ("milliseconds", "layer", "columns"),
    [(100, "conv_1_relu", 5), (100, "conv_2_relu", 5), (80, "conv_4_relu", 2), (160, "max_pool_2", 2)],
)
def test_a_sound_moved_in_time_moves_its_maps(
    model: Model, milliseconds: int, layer: str, columns: int
) -> None:
    late = np.concatenate([np.zeros(milliseconds * RATE // 1000, np.int16), noise()])[: 2 * RATE]
    seen = Crop(50, 0, 96, 64)
    before, after = (trace(model, sound_pixels(sound), seen)[layer].output for sound in (noise(), late))
    inside = slice(3, -3)  # what padding stands beside does not move along
    np.testing.assert_allclose(
        after[..., columns:][..., inside], before[..., :-columns][..., inside], atol=1e-4
    )
    assert np.abs(after[..., :-columns] - before[..., :-columns]).max() > 0.1


def test_a_file_is_traced_as_its_samples_are(model: Model, tmp_path: Path) -> None:
    (tmp_path / "noise.wav").write_bytes(wav_bytes(noise()))
    found = trace(model, tmp_path / "noise.wav")
    assert found.crop == Crop((1 + (2 * RATE - 400) // HOP - 96) // 2, 0, 96, 64)
    np.testing.assert_array_equal(found.output, trace(model, sound_pixels(noise())).output)
