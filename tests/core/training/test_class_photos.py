"""Photos in class folders, read one after another."""

import zipfile

import numpy as np
import pytest
from PIL import Image

from cnn_core.errors import BadDataset
from cnn_core.training.class_photos import ClassPhotos

LABELS = ("espresso", "red_panda", "koala")


@pytest.fixture
def folder(tmp_path):
    for name, value in (("espresso/b.png", 10), ("espresso/a.png", 20), ("Red Panda/c.png", 30)):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((4, 5, 3), value, np.uint8)).save(path)
    (tmp_path / "photos" / "cats").mkdir()
    Image.fromarray(np.zeros((2, 2, 3), np.uint8)).save(tmp_path / "photos" / "cats" / "d.png")
    (tmp_path / "photos" / "espresso" / "notes.txt").write_text("no picture")
    (tmp_path / "photos" / "espresso" / ".hidden.png").write_text("no picture")
    return tmp_path / "photos"


def zipped(folder):
    path = folder.parent / "photos.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, f"around/{file.relative_to(folder)}")
    return path


@pytest.mark.parametrize("form", [lambda folder: folder, zipped], ids=["folder", "zip"])
def test_photos_come_with_the_numbers_of_a_network_s_classes(folder, form):
    photos, unknown = ClassPhotos.at(form(folder)).known_as(LABELS)
    assert unknown == ("cats",)
    found = {photo.name.rpartition("/")[2]: photo for photo in photos.read()}
    assert {name: photo.label for name, photo in found.items()} == {
        "a.png": 0,
        "b.png": 0,
        "notes.txt": 0,
        "c.png": 1,
    }
    assert len(photos) == 4
    assert found["a.png"].pixels.shape == (4, 5, 3)
    assert (found["a.png"].pixels == 20).all()
    assert found["notes.txt"].pixels is None
    assert "not an image" in found["notes.txt"].problem


def test_folders_that_a_network_does_not_know_are_refused_by_name(folder, tmp_path):
    with pytest.raises(BadDataset, match="knows none of Red Panda, cats, espresso; it knows car"):
        ClassPhotos.at(folder).known_as(["car"])
    with pytest.raises(BadDataset, match="no class folders"):
        ClassPhotos.at(folder / "cats")
    with pytest.raises(BadDataset, match="no such file"):
        ClassPhotos.at(tmp_path / "nothing")
