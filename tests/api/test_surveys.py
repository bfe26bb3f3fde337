"""An atlas of one's own photos over HTTP: sent file by file or as a zip, surveyed, stopped, cancelled."""

from __future__ import annotations

import io
import re
import threading
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.config import Settings
from app.services.photo_sets import PhotoSets
from cnn_core import load_model
from cnn_core.atlas import Atlas, Shard, Surveyor, jobs, open_atlas
from tests.api.live import PATIENCE, Live, served, until

ADDRESS = "/api/models/tiny_vgg/atlas"


def png(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (64, 64, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


PHOTOS = {f"mine/{name}/{i}.png": png(10 * i + len(name)) for name in ("pizza", "orange") for i in range(5)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def live(folder: Path) -> Iterator[Live]:
    limits = {"photo_bytes": 60_000, "photo_set_bytes": 400_000}
    with served(Settings(workers=2, data_folder=folder, atlas_threads=2, **limits)) as running:
        yield running


def begun(live: Live) -> str:
    answer = live.client.post("/api/photos")
    assert answer.status_code == 201
    return str(answer.json()["id"])


def sent(live: Live, files: dict[str, bytes]) -> str:
    name = begun(live)
    for path, data in files.items():
        assert live.client.put(f"/api/photos/{name}/{path}", content=data).status_code == 204
    return name


def surveyed(live: Live, photos: str) -> dict[str, Any]:
    assert live.client.post(ADDRESS, params={"photos": photos}).status_code == 202
    until(lambda: live.client.get(ADDRESS).json()["state"] != "computing")
    found: dict[str, Any] = live.client.get(ADDRESS).json()
    return found


@pytest.fixture(scope="module")
def atlas(live: Live, folder: Path) -> Atlas:
    """Of ten photos in two folders, and two files that are none."""
    name = sent(live, {**PHOTOS, "mine/list.txt": b"milk, bread", "mine/orange/cut.png": png(1)[:90]})
    state = surveyed(live, name)
    assert state["state"] == "done", state
    assert not (folder / "photos" / name).exists()  # what cards show is in the atlas
    return open_atlas(folder / "atlases" / state["atlas"]["id"], load_model("tiny_vgg"))


def test_folders_become_classes_and_what_is_no_image_is_named(atlas: Atlas) -> None:
    assert atlas.classes == ("orange", "pizza")
    assert atlas.photos == len(PHOTOS)
    assert atlas.manifest["skipped"] == 2
    named = atlas.manifest["skipped_named"]
    assert [line.split(":")[0] for line in named] == ["mine/list.txt", "mine/orange/cut.png"]
    patch = atlas.card("output", 0).top[0]
    wanted = np.asarray(Image.open(io.BytesIO(PHOTOS[atlas.name_of(patch.photo)])))
    assert np.array_equal(atlas.picture(patch.photo), wanted)


def test_a_zip_makes_the_same_numbers(live: Live, atlas: Atlas) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for path, data in {
            **PHOTOS,
            "mine/list.txt": b"milk, bread",
            "mine/orange/cut.png": png(1)[:90],
        }.items():
            packed.writestr(path, data)
    state = surveyed(live, sent(live, {"all.zip": buffer.getvalue()}))
    assert state["atlas"]["id"] == atlas.id


def test_who_makes_an_atlas_is_told_while_it_grows(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_PHOTOS_A_SHARD", 16)
    service, address, gate = live.services.atlases, "/api/models/lenet5/atlas", threading.Event()
    survey = Surveyor.survey

    def held(surveyor: Surveyor, number: int) -> Shard:
        if number > 3:
            gate.wait(PATIENCE)
        return survey(surveyor, number)

    monkeypatch.setattr(Surveyor, "survey", held)
    assert live.client.post(address).status_code == 202
    until(lambda: live.client.get(address).json()["photos"] == 64)
    told = live.client.get(address).json()
    assert [row["name"] for row in told["workers"]] == ["thread 1", "thread 2"]
    assert sum(row["shards"] for row in told["workers"]) == 4
    assert told["photos_a_second"] > 0
    assert told["seconds_left"] > 0
    assert live.client.delete(address).status_code == 200
    gate.set()
    until(lambda: service.running == 0)
    stopped = live.client.get(address).json()
    assert stopped["state"] == "stopped"
    assert 64 < stopped["photos"] < stopped["total"] == 400
    again = live.client.post(address, params={"photos": "same"}).json()
    assert again["total"] == 400
    until(lambda: live.client.get(address).json()["state"] == "done")


def test_the_same_photos_sent_again_are_known_to_be_the_same(tmp_path: Path, live: Live) -> None:
    digests = []
    for files in (PHOTOS, PHOTOS, {**PHOTOS, "mine/pizza/0.png": PHOTOS["mine/pizza/1.png"]}):
        name = sent(live, files)
        digests.append(live.services.photos.photos(name).digest)
        assert live.client.delete(f"/api/photos/{name}").status_code == 204
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    ("path", "data", "status", "detail"),
    [
        ("../../a.png", b"a", 404, ""),
        ("a/%2E%2E/%2E%2E/b.png", b"a", 422, "no file can be called"),
        ("a%5Cb.png", b"a", 422, "no file can be called"),
        ("x" * 300 + ".png", b"a", 422, "no file can be called"),
        ("large.png", b"a" * 60_001, 413, "large.png is larger than 0 MB"),
        ("much.zip", b"a" * 400_001, 413, "much.zip is larger than 0 MB"),
    ],
)
def test_what_cannot_be_taken_is_said(live: Live, path: str, data: bytes, status: int, detail: str) -> None:
    name = begun(live)
    answer = live.client.put(f"/api/photos/{name}/{path}", content=data)
    assert answer.status_code == status
    assert detail in answer.json()["detail"]
    assert not [each for each in (live.services.photos.folder / name).rglob("*") if each.is_file()]
    live.client.delete(f"/api/photos/{name}")


def test_a_set_takes_no_more_than_there_is_room_for(live: Live) -> None:
    name = begun(live)
    answers = [live.client.put(f"/api/photos/{name}/{i}.png", content=b"a" * 59_000) for i in range(7)]
    assert [answer.status_code for answer in answers] == [204] * 6 + [413]
    assert "a set may take" in answers[-1].json()["detail"]
    begun(live)
    assert name in {path.name for path in live.services.photos.folder.iterdir()}
    more = sent(live, {f"{i}.png": b"a" * 59_000 for i in range(2)})
    begun(live)  # now the first one has to go
    assert name not in {path.name for path in live.services.photos.folder.iterdir()}
    assert more in {path.name for path in live.services.photos.folder.iterdir()}


def test_a_full_disk_is_said(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    name = begun(live)

    async def full(*_: Any) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(PhotoSets, "_write", full)
    answer = live.client.put(f"/api/photos/{name}/a.png", content=b"a")
    assert answer.status_code == 507
    assert "the disk is full: make room" in answer.json()["detail"]


def test_sets_that_are_not_there_or_hold_nothing_are_refused(live: Live) -> None:
    empty, gone = begun(live), "0" * 16
    answer = live.client.post(ADDRESS, params={"photos": empty})
    assert answer.status_code == 422
    assert "there is no file in it" in answer.json()["detail"]
    for refused in (
        live.client.post(ADDRESS, params={"photos": gone}),
        live.client.put(f"/api/photos/{gone}/a.png", content=b"a"),
        live.client.delete(f"/api/photos/{gone}"),
        live.client.post("/api/models/lenet5/atlas", params={"photos": "same"}),
    ):
        assert refused.status_code == 404
    broken = sent(live, {"all.zip": b"no zip"})
    answer = live.client.post(ADDRESS, params={"photos": broken})
    assert answer.status_code == 422
    assert "wanted a folder, a zip" in answer.json()["detail"]


def test_photos_none_of_which_is_an_image_are_told_of(live: Live) -> None:
    state = surveyed(live, sent(live, {"a.txt": b"a", "b.txt": b"b"}))
    assert state["state"] == "stopped"
    assert "none of 2 files is a readable image; a.txt: not an image" in state["problem"]


def test_a_card_is_one_page_that_needs_nothing_else(live: Live, atlas: Atlas) -> None:
    answer = live.client.get(f"/api/models/tiny_vgg/cards/{atlas.id}/relu_2_1/3")
    assert answer.status_code == 200
    assert 'filename="tiny_vgg-relu_2_1-3.html"' in answer.headers["content-disposition"]
    page, card = answer.text, atlas.card("relu_2_1", 3)
    assert not re.findall(r'(?:src|href)="(?!data:)', page)
    assert "<script" not in page
    for value in (*(patch.value for patch in card.top), *(value for _, value in card.low)):
        assert f"<figcaption>{value:.4g}</figcaption>" in page
    pictures = re.findall(r'src="data:image/png;base64,([^"]+)" alt="Patch', page)
    assert len(pictures) == len(card.top)
    top, left, bottom, right = card.top[0].box
    first = np.asarray(Image.open(io.BytesIO(b64decode(pictures[0]))))
    assert np.array_equal(first[..., :3], atlas.picture(card.top[0].photo)[top:bottom, left:right])
    counted = sum(int(each.replace(",", "")) for each in re.findall(r'title="([\d,]+) values', page))
    assert counted == sum(card.counts) - round(card.zeros * sum(card.counts))
    assert "Made for it" in page
    for partner in card.sources:
        assert f"{partner.strength:+.2f}" in page


def test_a_card_of_other_weights_is_no_page(live: Live, atlas: Atlas) -> None:
    other = live.client.get(f"/api/models/lenet5/cards/{atlas.id}/relu_2_1/3")
    assert other.status_code == 422
    assert "is of Tiny VGG, not of the weights of LeNet" in other.json()["detail"]
    assert live.client.get(f"/api/models/tiny_vgg/cards/{atlas.id}/relu_2_1/99").status_code == 404
