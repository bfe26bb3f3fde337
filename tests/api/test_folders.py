"""Folder: how often a network is right before and after edits, over photos in class folders."""

import io
import zipfile

import pytest
import skimage.data
from PIL import Image

from cnn_core.graph import Edit, edited
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor
from cnn_core.runtime import compile_plan
from tests.api.live import frames, until

EDITS = "conv_1_1:mute:1,7;conv_2_2:scale:3:2"


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


PHOTOS = {
    f"{folder}/{piece}.png": picture[31 * piece : 31 * piece + 200, 23 * piece : 23 * piece + 240]
    for folder, picture in (
        ("orange", skimage.data.coffee()),
        ("Bell Pepper", skimage.data.chelsea()),
        ("koala", skimage.data.rocket()),
    )
    for piece in range(4)
}


@pytest.fixture(scope="module")
def photos(live):
    """A set sent file by file, with a file that is none and a folder of another class."""
    name = live.client.post("/api/photos").json()["id"]
    files = {path: png(pixels) for path, pixels in PHOTOS.items()}
    for path, data in {**files, "orange/x.txt": b"none", "cats/1.png": files["koala/0.png"]}.items():
        assert live.client.put(f"/api/photos/{name}/{path}", content=data).status_code == 204
    return name


def first_classes(edits):
    model = load_model("tiny_vgg")
    graph, parameters = edited(model.graph, model.parameters, edits)
    plan = compile_plan(graph, parameters, (1, 3, 64, 64))
    found = {}
    for path, pixels in PHOTOS.items():
        *_, last = plan.records(to_tensor(pixels, model.spec))
        found[path] = model.labels[last.output[0].argmax()]
    return found


def told(live, model, **query):
    answer = live.client.get(f"/api/models/{model}/folder", params=query)
    assert answer.status_code == 200, answer.text
    return [header for header, _ in frames([answer.content])]


def test_counts_are_those_of_both_networks_run_apart(live, photos):
    header, *some, done = told(live, "tiny_vgg", photos=photos, edit=EDITS)
    assert (header["a"], header["b"]) == ("tiny_vgg", f"tiny_vgg~edit-{EDITS}")
    assert (header["total"], header["unknown"]) == (13, ["cats"])
    names = [each["label"] for each in header["classes"]]
    counted = {each["label"]: each["photos"] for each in header["classes"]}
    assert counted == {"orange": 5, "bell_pepper": 4, "koala": 4}
    before = first_classes([])
    after = first_classes([Edit("conv_1_1", "mute", (1, 7)), Edit("conv_2_2", "scale", (3,), 2.0)])
    folders = {"orange": "orange", "bell_pepper": "Bell Pepper", "koala": "koala"}
    for name, seen, right, right_after in zip(
        names, done["seen"], done["before"], done["after"], strict=True
    ):
        own = [path for path in PHOTOS if path.startswith(f"{folders[name]}/")]
        assert seen == len(own)
        assert right == sum(before[path] == name for path in own)
        assert right_after == sum(after[path] == name for path in own)
    assert done["before"] != done["after"]
    assert done["other"] == sum(before[path] != after[path] for path in PHOTOS)
    assert (done["files"], done["skipped"], some[-1]["left"]) == (13, 1, 0)
    assert done["unreadable"][0].startswith("orange/x.txt: not an image")
    assert some[-1]["files"] == 13


def test_a_zip_and_another_network_are_taken_too(live, photos):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path, pixels in PHOTOS.items():
            file.writestr(f"around/{path}", png(pixels))
    name = live.client.post("/api/photos").json()["id"]
    live.client.put(f"/api/photos/{name}/photos.zip", content=archive.getvalue())
    twin = told(live, "tiny_vgg", photos=name, against="tiny_vgg~untrained-1")
    same = told(live, "tiny_vgg", photos=name)
    assert (twin[0]["a"], twin[0]["b"], twin[0]["total"]) == ("tiny_vgg~untrained-1", "tiny_vgg", 12)
    assert twin[-1]["after"] == same[-1]["before"] == same[-1]["after"]
    assert (same[-1]["other"], twin[-1]["before"] != twin[-1]["after"]) == (0, True)


def test_leaving_ends_the_work(live, photos, monkeypatch):
    monkeypatch.setattr("app.services.folders._TURN_SECONDS", 0.0)
    path = f"/api/models/tiny_vgg/folder?photos={photos}"
    with live.client.stream("GET", path) as answer:
        next(answer.iter_raw())
        assert live.services.ablations.open == 1
    until(lambda: live.services.ablations.open == 0)
    monkeypatch.setattr(live.services.ablations, "open", 8)
    assert live.client.get(path).status_code == 503


def test_what_cannot_be_counted_is_named(live, photos):
    empty = live.client.post("/api/photos").json()["id"]
    live.client.put(f"/api/photos/{empty}/cats/1.png", content=b"none")
    for query, status, words in (
        ({"photos": "0" * 16}, 404, "no set"),
        ({"photos": empty}, 422, "the network knows none of cats"),
        ({"photos": photos, "against": "nothing"}, 404, "no model"),
        ({"photos": photos, "against": "lenet5"}, 422, "tell different classes apart"),
        ({"photos": photos, "edit": "conv_1_1:mute:10"}, 422, "edit 1 of 1"),
        ({}, 422, "photos"),
    ):
        answer = live.client.get("/api/models/tiny_vgg/folder", params=query)
        assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
