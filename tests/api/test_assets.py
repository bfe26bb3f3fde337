"""The page's code comes in bundles that may be kept for ever, or file by file where that is wanted."""

from __future__ import annotations

import gzip
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest

import app.assets
from app.assets import Bundles, Sources, open_assets
from app.bundling import bundle, find_esbuild, fingerprint
from app.config import Settings
from tests.api.live import Live, served

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
EXPLORE = "js/pages/explore.js"


@pytest.fixture(scope="module")
def esbuild() -> Path:
    found = find_esbuild(ROOT)
    assert found, "make test puts esbuild into node_modules"
    return found


@pytest.fixture(scope="module")
def unbundled() -> Iterator[Live]:
    with served(Settings(bundles=False)) as live:
        yield live


def test_a_page_is_served_from_bundles(live: Live) -> None:
    assert isinstance(live.app.state.assets, Bundles)
    assert "/static/js" not in live.client.get("/").text


def test_every_module_is_in_a_bundle_once(esbuild: Path, tmp_path: Path) -> None:
    """A module that were there twice would have its state twice."""
    bundle(STATIC, esbuild, tmp_path)
    names = re.findall(
        r'customElements\.define\("([a-z-]+)"', "".join(p.read_text() for p in tmp_path.rglob("*.js"))
    )
    assert len(names) > 20
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("accepted", "encoding"), [
    ("gzip, deflate, br, zstd", "br"),
    ("gzip", "gzip"),
    ("br;q=0, gzip;q=0.5", "gzip"),
    ("*", "br"),
    ("identity", None),
    ("", None),
])  # fmt: skip
def test_a_bundle_comes_as_small_as_the_browser_takes_it(
    live: Live, accepted: str, encoding: str | None
) -> None:
    address = live.app.state.assets.addresses(EXPLORE)[0]
    with live.client.stream("GET", address, headers={"Accept-Encoding": accepted}) as answer:
        raw = b"".join(answer.iter_raw())

    assert answer.headers.get("content-encoding") == encoding
    assert "accept-encoding" in answer.headers["vary"].lower()
    unpacked = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding](raw)
    assert unpacked == live.app.state.assets.files[address.removeprefix("/assets/")].bodies[""]


@pytest.mark.parametrize("entry", [EXPLORE, "css/app.css", "js/theme.js"])
def test_an_address_holds_a_digest_and_is_kept_for_ever(live: Live, entry: str) -> None:
    for address in live.app.state.assets.addresses(entry):
        answer = live.client.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert re.search(r"-[A-Z0-9]{8}\.(js|css)$", address)
        kind = {"js": "text/javascript", "css": "text/css"}[address.rpartition(".")[2]]
        assert answer.headers["content-type"].startswith(kind)


def test_an_address_that_is_not_of_this_state_is_not_found(live: Live) -> None:
    assert live.client.get("/assets/js/explore-AAAAAAAA.js").status_code == 404
    assert live.client.get("/assets/../pyproject.toml").status_code == 404


def test_a_page_without_bundles_has_its_sources(unbundled: Live) -> None:
    text = unbundled.client.get("/").text

    assert f'<script type="module" src="/static/{EXPLORE}">' in text
    assert '<link rel="stylesheet" href="/static/css/app.css">' in text
    assert unbundled.client.get(f"/static/{EXPLORE}").text == (STATIC / EXPLORE).read_text()
    assert unbundled.client.get("/assets/js/explore-AAAAAAAA.js").status_code == 404


def test_a_changed_file_is_another_state_with_other_addresses(esbuild: Path, tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path / "static")
    before = fingerprint(tmp_path / "static")
    bundle(tmp_path / "static", esbuild, tmp_path / "before")
    with (tmp_path / "static" / EXPLORE).open("a") as file:
        file.write('addEventListener("changed", () => {});\n')
    bundle(tmp_path / "static", esbuild, tmp_path / "after")

    assert fingerprint(tmp_path / "static") != before
    old, new = (Bundles(tmp_path / name).addresses for name in ("before", "after"))
    assert old(EXPLORE)[0] != new(EXPLORE)[0]
    assert old("css/app.css") == new("css/app.css")


def test_what_a_page_fetches_later_uses_the_modules_that_are_there(live: Live) -> None:
    """Explore and its later parts share one chunk: nothing that is on the page is fetched in pieces again."""
    assert len(live.app.state.assets.addresses(EXPLORE)) <= 4


@pytest.mark.parametrize("problem", ["no esbuild", "code that is none"])
def test_without_bundles_the_server_says_why_and_sends_the_sources(
    esbuild: Path,
    problem: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    static = tmp_path / "static"
    shutil.copytree(STATIC, static)
    monkeypatch.setattr(app.assets, "asset_folder", lambda name: tmp_path / name)
    if problem == "code that is none":
        (static / EXPLORE).write_text("let = ;")
        monkeypatch.setattr(app.assets, "find_esbuild", lambda _: esbuild)
    with caplog.at_level(logging.WARNING):
        found = open_assets(True)

    assert isinstance(found, Sources)
    assert "file by file" in caplog.text
    assert {"no esbuild": "no esbuild", "code that is none": "explore.js"}[problem] in caplog.text
