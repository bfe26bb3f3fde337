"""Reading images and labels, and saying what is wrong with data that cannot be used."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import BadDataset
from cnn_core.preprocess import InputSpec, to_tensor
from cnn_core.sound import RATE, read_sound, sound_pixels, wav_bytes
from cnn_core.training import datasets, sources
from cnn_core.training.datasets import normalise, read_dataset, to_tensors
from tests.core.training.problems import SPEC, png, write_classes


def zipped(root: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(root.rglob("*")):
            archive.write(path, prefix + path.relative_to(root).as_posix())
    return target


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_classes(tmp_path / "data", {"b": 3, "a": 2})


def test_folders_become_classes_in_sorted_order(folder: Path) -> None:
    data = read_dataset(folder, SPEC)
    assert data.classes == ("a", "b")
    assert data.labels.tolist() == [0, 0, 1, 1, 1]
    assert data.images.shape == (5, 8, 8, 3)
    assert data.images.dtype == np.uint8
    assert data.names[2] == "b/b_00.png"
    assert data.images[4, 0, 0].tolist() == [0, 10, 100]


@pytest.mark.parametrize("prefix", ["", "wrapper/"])
def test_a_zip_reads_as_its_folder_does(folder: Path, tmp_path: Path, prefix: str) -> None:
    plain = read_dataset(folder, SPEC)
    packed = read_dataset(zipped(folder, tmp_path / "data.zip", prefix), SPEC)
    assert packed.digest() == plain.digest()


def test_files_of_the_system_and_beside_the_classes_are_passed_over(folder: Path) -> None:
    (folder / "README.txt").write_text("about")
    (folder / "__MACOSX").mkdir()
    (folder / "a" / ".DS_Store").write_bytes(b"x")
    data = read_dataset(folder, SPEC)
    assert len(data) == 5
    assert data.skipped == ()


def test_images_are_cut_to_the_networks_aspect_and_size(tmp_path: Path) -> None:
    write_classes(tmp_path, {"a": 1, "b": 1}, size=(30, 16))
    data = read_dataset(tmp_path, InputSpec(channels=1, height=4, width=8))
    assert data.images.shape == (2, 4, 8, 1)


def test_classes_restrict_what_is_read(tmp_path: Path) -> None:
    write_classes(tmp_path, {"a": 1, "b": 2, "c": 3})
    data = read_dataset(tmp_path, SPEC, ["c", "a"])
    assert data.classes == ("a", "c")
    assert data.labels.tolist() == [0, 1, 1, 1]
    with pytest.raises(BadDataset, match=r"no class 'd'; it has a, b, c"):
        read_dataset(tmp_path, SPEC, ["a", "d"])


def test_progress_counts_every_file(folder: Path) -> None:
    seen: list[tuple[int, int]] = []
    read_dataset(folder, SPEC, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(i, 5) for i in range(1, 6)]


def test_a_broken_image_is_skipped_and_named(folder: Path) -> None:
    (folder / "b" / "b_01.png").write_bytes(b"no image at all")
    (folder / "b" / "cut.png").write_bytes(png((1, 2, 3), (40, 40))[:60])
    data = read_dataset(folder, SPEC)
    assert data.labels.tolist() == [0, 0, 1, 1]
    assert [line.split(":")[0] for line in data.skipped] == ["b/b_01.png", "b/cut.png"]
    assert data.skipped[0].startswith("b/b_01.png: not an image in one of JPEG, PNG")


def test_an_image_with_too_many_pixels_is_not_decoded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "a" / "large.png").write_bytes(png((1, 2, 3), (20, 20)))
    monkeypatch.setattr(datasets, "MAX_IMAGE_PIXELS", 100)
    assert read_dataset(folder, SPEC).skipped == ("a/large.png: 20 x 20 pixels, the limit is 100",)


def test_a_member_that_unpacks_to_too_much_is_not_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a" / "bomb.png").write_bytes(bytes(3 * 2**20))
    monkeypatch.setattr(sources, "MAX_FILE_BYTES", 2**20)
    assert read_dataset(zipped(folder, tmp_path / "data.zip"), SPEC).skipped == (
        "a/bomb.png: larger than 1 MiB",
    )


def test_more_files_than_can_be_meant_are_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 3)
    with pytest.raises(BadDataset, match="more than 3 files"):
        read_dataset(folder, SPEC)


@pytest.mark.parametrize("name", ["../a/x.png", "/a/x.png", "a/../../x.png", "..\\a\\x.png"])
def test_a_zip_with_members_outside_itself_is_refused(tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr(name, png((0, 0, 0)))
    with pytest.raises(BadDataset, match="outside the archive"):
        read_dataset(tmp_path / "data.zip", SPEC)


def test_a_damaged_member_is_skipped_and_named(folder: Path, tmp_path: Path) -> None:
    target = zipped(folder, tmp_path / "data.zip")
    data = bytearray(target.read_bytes())
    at = data.index(b"a/a_00.png") + len("a/a_00.png")
    data[at : at + 20] = bytes(20)
    target.write_bytes(data)
    read = read_dataset(target, SPEC)
    assert len(read) == 4
    assert read.skipped[0].startswith("a/a_00.png: damaged or locked zip member")


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({}, "no class folders in it"),
        ({"a": 3}, "at least 2 classes are needed, got only 'a'"),
        ({"a": 2, "empty": 0}, "class 'empty' has no readable image"),
    ],
)
def test_folders_that_cannot_be_trained_on(tmp_path: Path, counts: dict[str, int], message: str) -> None:
    (tmp_path / "data").mkdir()
    write_classes(tmp_path / "data", counts)
    with pytest.raises(BadDataset, match=message):
        read_dataset(tmp_path / "data", SPEC)
    with pytest.raises(BadDataset, match=message):
        read_dataset(zipped(tmp_path / "data", tmp_path / "data.zip"), SPEC)


def test_one_class_is_enough_to_measure_on(tmp_path: Path) -> None:
    assert read_dataset(write_classes(tmp_path, {"a": 3}), SPEC, least_classes=1).classes == ("a",)


def test_a_path_that_is_no_data_set(tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="no such file or folder"):
        read_dataset(tmp_path / "nothing", SPEC)
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(BadDataset, match="wanted a folder, a zip of class folders or an npz"):
        read_dataset(tmp_path / "notes.txt", SPEC)


def test_an_npz_of_images_and_labels(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 8, 8), np.uint8)
    np.savez(tmp_path / "d.npz", images=images, labels=np.array([7, 10, 7, 2], np.uint8))
    data = read_dataset(tmp_path / "d.npz", InputSpec(channels=1, height=8, width=8))
    assert data.classes == ("2", "7", "10")
    assert data.labels.tolist() == [1, 2, 1, 0]
    assert np.array_equal(data.images[..., 0], images)


def test_grey_images_become_colour_for_a_network_of_three_channels(tmp_path: Path) -> None:
    images = np.arange(2 * 20 * 20).reshape(2, 20, 20).astype(np.uint8)
    np.savez(tmp_path / "d.npz", images=images, labels=np.arange(2))
    data = read_dataset(tmp_path / "d.npz", SPEC)
    assert data.images.shape == (2, 8, 8, 3)
    assert (data.images == data.images[..., :1]).all()


def test_an_npz_is_resized_restricted_and_may_name_its_classes(tmp_path: Path) -> None:
    images = np.full((4, 20, 10, 3), 9, np.uint8)
    np.savez(tmp_path / "d.npz", images=images, labels=np.array(["cat", "dog", "cat", "ant"]))
    data = read_dataset(tmp_path / "d.npz", SPEC, ["dog", "cat"])
    assert data.classes == ("cat", "dog")
    assert data.labels.tolist() == [0, 1, 0]
    assert data.images.shape == (3, 8, 8, 3)
    assert (data.images == 9).all()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"images": np.zeros((2, 8, 8), np.uint8)}, "must hold images and labels"),
        ({"images": np.zeros((2, 8, 8), np.float32), "labels": np.arange(2)}, "images must be uint8"),
        ({"images": np.zeros((2, 8), np.uint8), "labels": np.arange(2)}, "images must be uint8"),
        ({"images": np.zeros((2, 8, 8), np.uint8), "labels": np.arange(3)}, "labels must be 2 whole numbers"),
        ({"images": np.zeros((2, 8, 8), np.uint8), "labels": np.array([0.5, 1])}, "labels must be 2 whole"),
        ({"images": np.array([{}, {}]), "labels": np.arange(2)}, "this npz cannot be read"),
        ({"images": np.zeros((2, 8, 8), np.uint8), "labels": np.zeros(2, int)}, "at least 2 classes"),
    ],
)
def test_an_npz_that_cannot_be_used(tmp_path: Path, arrays: dict[str, np.ndarray], message: str) -> None:
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(BadDataset, match=message):
        read_dataset(tmp_path / "d.npz", SPEC)


def test_a_damaged_npz_and_one_that_unpacks_to_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "d.npz").write_bytes(b"PK damaged")
    with pytest.raises(BadDataset, match="this npz cannot be read"):
        read_dataset(tmp_path / "d.npz", SPEC)
    np.savez_compressed(tmp_path / "d.npz", images=np.zeros((50, 8, 8), np.uint8), labels=np.arange(50))
    monkeypatch.setattr(datasets, "MAX_NPZ_BYTES", 1000)
    with pytest.raises(BadDataset, match=r"it unpacks to .* bytes, the limit is 1,000"):
        read_dataset(tmp_path / "d.npz", SPEC)


def test_the_last_of_each_class_by_name_are_held_back(folder: Path) -> None:
    training, validation = read_dataset(folder, SPEC).split(1)
    assert validation.names == ("a/a_01.png", "b/b_02.png")
    assert training.names == ("a/a_00.png", "b/b_00.png", "b/b_01.png")
    with pytest.raises(BadDataset, match="class 'a' has 2 images, too few to hold back 2"):
        read_dataset(folder, SPEC).split(2)


def test_labels_are_matched_to_a_models_by_name(folder: Path) -> None:
    data = read_dataset(folder, SPEC)
    assert data.relabel(["b", "x", "a"]).labels.tolist() == [2, 2, 0, 0, 0]
    with pytest.raises(BadDataset, match="does not know a; it knows b, c"):
        data.relabel(["b", "c"])


def test_some_of_the_classes_can_be_kept(folder: Path) -> None:
    write_classes(folder, {"c": 1})
    kept = read_dataset(folder, SPEC).only(["x", "c", "b"])
    assert kept.classes == ("b", "c")
    assert kept.labels.tolist() == [0, 0, 0, 1]
    assert kept.names == ("b/b_00.png", "b/b_01.png", "b/b_02.png", "c/c_00.png")
    assert len(kept.images) == 4


def test_a_digest_changes_with_any_pixel_or_label(folder: Path) -> None:
    data = read_dataset(folder, SPEC)
    before = data.digest()
    data.images[3, 2, 1, 0] ^= 1
    assert data.digest() != before
    data.images[3, 2, 1, 0] ^= 1
    assert data.digest() == before
    data.labels[0] = 1
    assert data.digest() != before


def test_a_batch_is_what_the_network_sees_of_each_image_alone(folder: Path) -> None:
    spec = InputSpec(channels=3, height=8, width=8, mean=(0.4, 0.5, 0.6), std=(0.2, 0.3, 0.4))
    data = read_dataset(folder, spec)
    batch = normalise(to_tensors(data.images, spec), spec)
    assert batch.dtype == np.float32
    alone = np.concatenate([to_tensor(image, spec) for image in data.images])
    assert np.array_equal(batch, alone)
    with pytest.raises(BadDataset, match=r"images must be \(8, 8, 3\), got \(4, 8, 3\)"):
        to_tensors(data.images[:, :4], spec)


HEARS = InputSpec(channels=1, height=64, width=96, takes="sound")


def write_words(root: Path, words: dict[str, tuple[str, ...]]) -> Path:
    """A folder a word, a second of seeded noise a speaker."""
    for word, speakers in words.items():
        (root / word).mkdir(parents=True)
        for number, speaker in enumerate(speakers):
            noise = np.random.default_rng(number).integers(-2000, 2000, RATE).astype(np.int16)
            (root / word / f"{speaker}_nohash_0.wav").write_bytes(wav_bytes(noise))
    return root


def test_sounds_are_read_as_their_spectrograms(tmp_path: Path) -> None:
    data = read_dataset(write_words(tmp_path, {"no": ("ann",), "yes": ("ann", "bob")}), HEARS)
    assert data.images.shape == (3, 64, 96, 1)
    bob = sound_pixels(read_sound(tmp_path / "yes" / "bob_nohash_0.wav"))
    np.testing.assert_array_equal(data.images[2], bob[:, 1:97, :1])


def test_photos_are_no_sounds_and_sounds_no_photos(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadDataset, match="class 'a' has no readable sound"):
        read_dataset(folder, HEARS)
    with pytest.raises(BadDataset, match="class 'no' has no readable image"):
        read_dataset(write_words(tmp_path / "words", {"no": ("ann",), "yes": ("ann",)}), SPEC)


def test_speakers_are_held_back_whole(tmp_path: Path) -> None:
    people = tuple("abcdefgh")
    words = {"no": people, "yes": (*people[:5], "g"), "up": people}
    data = read_dataset(write_words(tmp_path, words), HEARS)
    training, held = data.split(2)
    speakers = [{name.split("/")[1][0] for name in part.names} for part in (training, held)]
    assert speakers == [set("abcd"), set("efgh")]
    assert np.bincount(held.labels).tolist() == [4, 4, 2]
    with pytest.raises(BadDataset, match="too few speakers to hold back 6 sounds of each class"):
        data.split(6)
