"""What people bring outlives the server's memory: in a folder, or in a store that several machines share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from app.services.blobs import Blobs, FolderBlobs, NoSuchStore, RemoteBlobs, open_blobs
from app.services.kept_images import KeptImages
from app.services.locks import is_held, locked, try_lock
from app.services.stopping import Stop
from tests.api.live import SMALL, served, until
from tests.api.pictures import noise, uploaded
from tests.api.real_things import NETWORK, made_atlas, sent


@pytest.fixture
def bucket() -> Iterator[str]:
    """An empty address of fsspec."""
    yield "memory://convscope-tests"
    fsspec.filesystem("memory").rm("/convscope-tests", recursive=True)


@pytest.fixture(params=["folder", "remote"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Blobs]:
    if request.param == "folder":
        yield FolderBlobs(tmp_path / "new" / "folder")
    else:
        yield open_blobs(request.getfixturevalue("bucket"), "part")


def test_files_are_written_read_listed_and_removed(blobs: Blobs) -> None:
    assert blobs.entries() == []
    with pytest.raises(FileNotFoundError):
        blobs.read("missing")
    for name, data in (("first", b"1"), ("second", b"22"), ("first", b"333")):
        blobs.write(name, data)
    assert blobs.read("first") == b"333"
    assert {entry.name: entry.size for entry in blobs.entries()} == {"first": 3, "second": 2}
    with blobs.alone():
        blobs.remove("first")
    blobs.remove("first")
    assert [entry.name for entry in blobs.entries()] == ["second"]
    assert blobs.where("second").endswith("second")


def test_a_store_that_nobody_knows_says_what_would_help() -> None:
    with pytest.raises(NoSuchStore, match=r"CONVSCOPE_STORE: cannot open nowhere://x .* pip install"):
        open_blobs("nowhere://x", "images")
    assert isinstance(open_blobs("memory://x", "images"), RemoteBlobs)


def test_a_lock_is_held_by_one_and_to_look_is_not_to_hold(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    held = try_lock(path)
    assert held is not None
    assert is_held(path)
    assert try_lock(path) is None
    held.release()
    assert not is_held(path)
    with locked(path):
        assert is_held(path)


def test_the_images_used_longest_ago_go_first(blobs: Blobs) -> None:
    kept = KeptImages(blobs, 3 * 1200)  # noise does not shrink: about 870 bytes each
    names = [f"{number:032x}" for number in range(5)]
    for number, name in enumerate(names):
        kept.put(name, noise(16, 16, number))
        kept.pack(name, noise(16, 16, number))
    assert [kept.get(name) is not None for name in names] == [False, True, True, True, True]
    assert (kept.get(names[4]) == noise(16, 16, 4)).all()
    assert sum(entry.size for entry in blobs.entries()) <= kept.capacity


def test_an_image_is_kept_before_it_is_packed(blobs: Blobs) -> None:
    kept, name = KeptImages(blobs, 10_000), f"{7:032x}"
    kept.put(name, noise(16, 16))
    assert [entry.name for entry in blobs.entries()] == [f"{name}.npy"]
    assert (kept.get(name) == noise(16, 16)).all()
    kept.pack(name, noise(16, 16))
    assert [entry.name for entry in blobs.entries()] == [f"{name}.png"]
    assert (kept.get(name) == noise(16, 16)).all()
    kept.put(name, noise(16, 16))
    for damage in (b"", b"\x93NUMPY\x01\x00", blobs.read(f"{name}.npy")[:-1]):
        blobs.write(f"{name}.png", damage)
        assert (kept.get(name) == noise(16, 16)).all()
        blobs.write(f"{name}.npy", damage)
        assert kept.get(name) is None
        kept.put(name, noise(16, 16))


def test_an_image_outlives_the_server_and_its_memory(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as before:
        image = uploaded(before, noise(20, 30))
        trace = before.client.get(f"/api/traces/tiny_vgg/{image}/nodes/conv_1_1").content
    with served(settings) as after:
        assert after.client.get(f"/api/traces/tiny_vgg/{image}/nodes/conv_1_1").content == trace
        assert after.metric("convscope_image_cache_entries") == 1


def test_an_image_that_was_damaged_is_not_shown_and_can_be_brought_again(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as live:
        image, other = uploaded(live, noise(20, 30)), uploaded(live, noise(20, 30, seed=1))
        folder = tmp_path / "images"
        until(lambda: {path.suffix for path in folder.iterdir()} == {".png"})
        whole = (folder / f"{image}.png").read_bytes()
    for damage in (b"", whole[: len(whole) // 2], (folder / f"{other}.png").read_bytes()):
        (folder / f"{image}.png").write_bytes(damage)
        with served(settings) as live:
            answer = live.client.get(f"/api/images/{image}")
            assert answer.status_code == 404
            assert "upload it again" in answer.json()["detail"]
            assert uploaded(live, noise(20, 30)) == image
            assert live.client.get(f"/api/images/{image}").status_code == 200
            until(lambda: {path.suffix for path in folder.iterdir()} == {".png"})
        assert (folder / f"{image}.png").read_bytes() == whole


def test_where_nothing_can_be_written_images_stay_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with served(SMALL.model_copy(update={"data_folder": tmp_path / "file" / "data"})) as live:
        image = uploaded(live, noise(20, 30))
        assert live.client.get(f"/api/traces/tiny_vgg/{image}").status_code == 200


def test_two_machines_share_a_store(tmp_path: Path, bucket: str) -> None:
    one, other = (SMALL.model_copy(update={"data_folder": tmp_path / name, "store": bucket}) for name in "ab")
    with served(one) as first, served(other) as second:
        image = uploaded(first, noise(20, 30))
        form = {"files": {"file": NETWORK}, "data": {"verify": "later"}}
        model = sent(first.client, "POST", "/api/models", **form)["id"]
        atlas = made_atlas(first.client, model)
        address = f"/api/traces/{model}/{image}/nodes/relu_node"
        assert first.client.get(address).content == second.client.get(address).content
        card = f"/api/atlases/{atlas}/layers/relu_node/channels/1"
        assert sent(second.client, "GET", card) == sent(first.client, "GET", card)
        assert sent(second.client, "GET", f"/api/models/{model}/atlas")["atlas"]["id"] == atlas
        assert second.client.delete(f"/api/models/{model}").status_code == 204
        # what it read a second ago it may still believe
        until(lambda: first.client.get(f"/api/models/{model}").status_code == 404)


def test_what_another_process_removed_is_let_go_and_what_is_taken_in_is_not(tmp_path: Path) -> None:
    with served(SMALL.model_copy(update={"data_folder": tmp_path})) as live:
        form = {"files": {"file": NETWORK}, "data": {"verify": "later"}}
        model = sent(live.client, "POST", "/api/models", **form)["id"]
        sent(live.client, "GET", f"/api/models/{model}/reach?y=0&x=0")
        assert live.metric("convscope_model_cache_entries") == 1
        taken_in = Stop()
        live.services.imports._comparing["f" * 16] = [taken_in]  # compared before it is kept
        verified = Stop()
        live.services.imports._comparing[model] = [verified]
        live.services.imports.verifying.add(model)
        for path in (tmp_path / "models").glob(f"{model}.*"):
            path.unlink()
        until(lambda: live.metric("convscope_model_cache_entries") == 0)
        assert verified.is_set
        assert not taken_in.is_set
