"""Pictures that somebody brings: the forms they may have, and what is said of those that cannot be used."""

from __future__ import annotations

import gzip
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from cnn_core.errors import BadDataset
from cnn_core.training.idx import is_idx, read_idx
from cnn_core.training.race.brought import load_pictures, read_pictures, recipe_for, save_pictures, task_of
from cnn_core.training.race.nets import build_net
from cnn_core.training.race.settings import Settings

RNG = np.random.default_rng(7)
PICTURES = RNG.integers(0, 256, (40, 28, 28), np.uint8)
LABELS = np.arange(40, dtype=np.uint8) % 2 * 3
"""Of the classes 0 and 3."""


def idx(array: NDArray[np.uint8]) -> bytes:
    """An array as a file of MNIST."""
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def mnist(folder: Path, images: NDArray[np.uint8] = PICTURES, labels: NDArray[np.uint8] = LABELS) -> Path:
    """A folder with a pair of files as they are found, one of them packed."""
    folder.mkdir(exist_ok=True)
    (folder / "train-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(labels))
    return folder


def photos(folder: Path, mode: str = "RGB", count: int = 9) -> Path:
    """Class folders of pictures of one colour each."""
    for name, value in (("dark", 20), ("light", 200)):
        (folder / name).mkdir(parents=True)
        for n in range(count):
            Image.new(mode, (40, 40), value if mode == "L" else (value, n, 0)).save(
                folder / name / f"{n}.png"
            )
    return folder


def test_the_files_of_mnist_are_read_packed_or_not(tmp_path: Path) -> None:
    found = read_pictures(mnist(tmp_path / "mnist"))
    assert found.title == "mnist"
    assert found.counts == {"0": 20, "3": 20}
    assert np.array_equal(found.train.images[..., 0], PICTURES)
    assert np.array_equal(found.train.labels, LABELS // 3)
    with zipfile.ZipFile(tmp_path / "mnist.zip", "w") as archive:
        for path in (tmp_path / "mnist").iterdir():
            archive.write(path, f"mnist/{path.name}")
    assert np.array_equal(read_pictures(tmp_path / "mnist.zip").train.images, found.train.images)


def test_pictures_to_test_on_that_come_along_are_tested_on(tmp_path: Path) -> None:
    folder = mnist(tmp_path / "mnist")
    (folder / "t10k-images-idx3-ubyte").write_bytes(idx(PICTURES[:10] // 2))
    (folder / "t10k-labels-idx1-ubyte").write_bytes(idx(LABELS[:10]))
    task = task_of(read_pictures(folder))
    assert (len(task.train), len(task.test)) == (40, 10)
    held = {picture.tobytes() for picture in PICTURES[:10] // 2}
    assert {np.round(255 * x).astype(np.uint8).tobytes() for x in task.test} == held
    task = task_of(read_pictures(mnist(tmp_path / "alone")))
    assert (len(task.train), len(task.test)) == (32, 8)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("train-labels-idx1-ubyte", None, "train-images-idx3-ubyte.gz came alone; bring the labels"),
        ("train-labels-idx1-ubyte", idx(LABELS[:9]), "has 40 pictures, train-labels-idx1-ubyte 9 labels"),
        ("train-labels-idx1-ubyte", idx(LABELS)[:20], "train-labels-idx1-ubyte is cut short: 12 of 40 bytes"),
        ("train-labels-idx1-ubyte", idx(PICTURES), "are of one kind"),
        ("train-images-idx3-ubyte.gz", idx(PICTURES[:, :9]), r"pictures are \(9, 28\) pixels"),
        ("train-images-idx3-ubyte.gz", gzip.compress(idx(PICTURES))[:200], "is cut short"),
    ],
)
def test_a_file_of_mnist_that_cannot_be_used_is_named(
    tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    path = mnist(tmp_path / "mnist") / name
    if data is None:
        path.unlink()
    else:
        path.write_bytes(data)
    with pytest.raises(BadDataset, match=words):
        read_pictures(tmp_path / "mnist")


def test_an_idx_file_unpacks_to_no_more_than_it_says() -> None:
    bomb = gzip.compress(bytes([0, 0, 8, 1]) + struct.pack(">I", 5) + bytes(10_000_000))
    assert is_idx(bomb)
    assert read_idx(bomb, "bomb").shape == (5,)
    with pytest.raises(BadDataset, match="huge claims 4,294,967,295 bytes"):
        read_idx(bytes([0, 0, 8, 1, 255, 255, 255, 255]), "huge")
    with pytest.raises(BadDataset, match="other is no idx file"):
        read_idx(b"PK", "other")


def test_photos_keep_their_colours_and_grey_pictures_stay_grey(tmp_path: Path) -> None:
    found = read_pictures(photos(tmp_path / "colour"))
    assert found.train.images.shape == (18, 32, 32, 3)
    assert found.train.classes == ("dark", "light")
    assert found.train.images[0, 0, 0].tolist() == [20, 0, 0]
    assert read_pictures(photos(tmp_path / "grey", "L")).train.images.shape == (18, 28, 28, 1)
    np.savez(tmp_path / "colour.npz", images=np.zeros((20, 40, 40, 3), np.uint8), labels=np.arange(20) % 2)
    assert read_pictures(tmp_path / "colour.npz").train.images.shape == (20, 32, 32, 3)


def test_what_was_brought_is_kept_whole(tmp_path: Path) -> None:
    found = read_pictures(photos(tmp_path / "mine"))
    save_pictures(tmp_path / "kept.npz", found)
    again = load_pictures(tmp_path / "kept.npz")
    assert (again.title, again.train.classes, again.test) == ("mine", found.train.classes, None)
    assert np.array_equal(again.train.images, found.train.images)
    (tmp_path / "kept.npz").write_bytes(b"PK")
    with pytest.raises(BadDataset, match=r"kept\.npz is gone or damaged"):
        load_pictures(tmp_path / "kept.npz")


def test_only_some_classes_take_part_and_none_with_too_few_pictures(tmp_path: Path) -> None:
    (tmp_path / "mine/rare").mkdir(parents=True)
    Image.new("RGB", (40, 40)).save(tmp_path / "mine/rare/0.png")
    found = read_pictures(photos(tmp_path / "mine"))
    assert task_of(found, "abc", ["light", "dark"]).classes == ("dark", "light")
    assert task_of(found, "abc", ["light", "dark"]).name == "abc"
    for classes, words in (
        (None, "class 'rare' has 1 of at least 8 pictures"),
        (["light"], "at least two classes are needed, got 1"),
        (["light", "cat"], "no class 'cat'; it has dark, light, rare"),
    ):
        with pytest.raises(BadDataset, match=words):
            task_of(found, classes=classes)


def test_photos_are_raced_by_larger_kernels_of_a_recipe_that_can_be() -> None:
    cnn, mlp = (build_net(kind, (3, 32, 32), 5) for kind in ("cnn", "mlp"))
    assert cnn.parameter_shapes()["conv_1.weight"] == (16, 3, 7, 7)
    assert [net.total_cost().parameters for net in (cnn, mlp)] == [25829, 24629]
    for channels in (1, 3):
        Settings.from_config(recipe_for(channels))
