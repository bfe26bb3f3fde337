"""A small network, and a folder of photos in three classes with two files that are none."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from cnn_core.atlas import FolderPhotos, jobs, make_atlas
from cnn_core.layers import Add, ReLU
from cnn_core.models.base import Card, Model
from cnn_core.models.blocks import Builder
from cnn_core.preprocess import InputSpec

CLASSES = ("apple", "bus", "cat")
EACH = 9
NO_CARD = Card("Small", "small", "", "", "", 0, 0)


@pytest.fixture(scope="session")
def small_model():
    """Stem, residual block, classes: every way from one surveyed layer to the next but a concatenation."""
    net = Builder(InputSpec(channels=3, height=16, width=16))
    net.conv_act("stem", 6, 3)
    branch = net.conv("branch", 6, 3)
    net.add("sum", Add(), branch, "stem_relu")
    net.add("sum_relu", ReLU())
    graph = net.classify(3)
    parameters = graph.init(np.random.default_rng(5))
    parameters["stem_norm.running_mean"] = 0.4 * parameters["stem_conv.weight"].sum(axis=(1, 2, 3))
    parameters["stem_norm.bias"][1] = -100  # this channel is dead
    return Model("small", "Small", graph, parameters, CLASSES, InputSpec(3, 16, 16), NO_CARD)


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """27 photos of noise on a colour of their class's, ``cat/8.png`` all but equal to ``cat/7.png``."""
    root = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(4)
    for number, name in enumerate(CLASSES):
        (root / name).mkdir()
        for i in range(EACH):
            pixels = rng.integers(0, 160, (20, 18, 3), dtype=np.uint8)
            pixels[..., number] += 80
            if (name, i) == ("cat", 8):
                pixels = np.asarray(Image.open(root / "cat" / "7.png")) ^ 1
            Image.fromarray(pixels).save(root / name / f"{i}.png")
    (root / "bus" / "notes.txt").write_text("no picture")
    (root / "cat" / "cut.png").write_bytes((root / "cat" / "0.png").read_bytes()[:90])
    return root


@pytest.fixture(scope="session")
def photos(folder):
    return FolderPhotos.at(folder)


@pytest.fixture(autouse=True, scope="session")
def small_shards():
    """Shards of eight photos, so that there are four."""
    patch = pytest.MonkeyPatch()
    patch.setattr(jobs, "MOST_PHOTOS_A_SHARD", 8)
    patch.setattr(jobs, "FEWEST_PHOTOS_A_SHARD", 4)
    patch.setattr(jobs, "LEAST_SHARDS", 1)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def atlas(small_model, photos, tmp_path_factory, small_shards):
    return make_atlas(small_model, photos, tmp_path_factory.mktemp("atlases"))
