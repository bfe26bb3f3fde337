"""``convscope import``, ``export``, ``serve --model`` and ``convscope.explore``."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import onnx
import pytest

from app.notebook import CannotExplore, explore
from cnn_core.onnx_import import import_model
from tests.cli.command import convscope
from tests.core.onnx_import.files import classifier
from tests.server import COMMAND, running_server


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """A small network in a file."""
    path = tmp_path / "mine.onnx"
    path.write_bytes(classifier().SerializeToString())
    return path


def imported(*arguments: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    return convscope("import", *arguments, CONVSCOPE_DATA_FOLDER=str(folder))


def test_import_says_what_came_of_it(mine: Path, tmp_path: Path) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("a\nb\nc\nd\ne\n")
    done = imported(
        mine, "--name", "my net", "--labels", labels, "--mean-std", "signed", folder=tmp_path / "data"
    )
    assert done.returncode == 0, done.stderr
    assert "my net: 10 layers, 461 parameters" in done.stdout
    assert "input: 3 x 8 x 8, scaled: signed" in done.stdout
    assert "output: 5 classes" in done.stdout
    assert "compared with: ONNX Runtime " in done.stdout
    assert "verified by ONNX Runtime " in done.stdout
    assert len(list((tmp_path / "data" / "models").iterdir())) == 2


def test_an_imported_network_is_traced_by_its_name(mine: Path, espresso: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    imported(mine, folder=folder)
    done = convscope(
        "trace", espresso, "--model", "mine", "--out", tmp_path / "out", CONVSCOPE_DATA_FOLDER=str(folder)
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "trace.json").is_file()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--size", "big"), "--size wants a side"),
        (("--size", "9"), "the file fixes its height to 8"),
        (("--mean-std", "loud"), "wanted one of unit, imagenet"),
    ],
)
def test_what_does_not_fit_is_one_line(
    mine: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    done = imported(mine, *arguments, folder=tmp_path / "data")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("archived", [False, True])
def test_a_file_of_pytorch_is_one_line_that_says_how_to_convert_it(tmp_path: Path, archived: bool) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"\x80\x02}q\x00.")
    if archived:
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("model/data.pkl", b"\x80\x02}q\x00.")
    done = imported(path, folder=tmp_path / "data")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert "a PyTorch file, and nothing is unpickled here" in done.stderr
    assert "torch.onnx.export(" in done.stderr


def test_export_and_back(tmp_path: Path) -> None:
    out = tmp_path / "out.onnx"
    done = convscope("export", "tiny_vgg", out)
    assert done.returncode == 0, done.stderr
    onnx.checker.check_model(onnx.load(out), full_check=True)
    back = imported(out, folder=tmp_path / "data")
    assert "verified by ONNX Runtime " in back.stdout
    assert import_model(out.read_bytes()).labels is not None


def test_serve_opens_with_the_network(mine: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--no-browser", "--model", str(mine)],
        env={**os.environ, "CONVSCOPE_DATA_FOLDER": str(tmp_path / "data")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            line = next(line for line in process.stdout if "http://" in line)
            page = next(word for word in line.split() if word.startswith("http://"))
            address, _, identity = page.partition("/?model=")
            assert httpx.get(f"{address}/api/models/{identity}").json()["title"] == "mine"
        finally:
            process.kill()
            process.wait()


def test_the_next_server_knows_it(mine: Path, tmp_path: Path) -> None:
    done = imported(mine, folder=tmp_path / "data")
    identity = done.stdout.rpartition("kept as ")[2].split()[0]
    with running_server(environment={"CONVSCOPE_DATA_FOLDER": str(tmp_path / "data")}) as server:
        assert server.get_json(f"/api/models/{identity}")["title"] == "mine"


def test_explore_opens_a_page_and_returns(
    mine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA_FOLDER", str(tmp_path / "data"))
    page = explore(mine, None, labels=["a", "b", "c", "d", "e"], open_page=False)
    try:
        assert page.verification.startswith("verified by ONNX Runtime ")
        address, _, identity = page.address.partition("/?model=")
        told = httpx.get(f"{address}/api/models/{identity}").json()
        assert told["title"] == "mine"
        assert told["classes"] == ["a", "b", "c", "d", "e"]
        assert f'<iframe src="{page.address}"' in page._repr_html_()
        assert "frame-ancestors http://localhost:*" in httpx.get(address).headers["Content-Security-Policy"]
        assert repr(page) == f"<Page {page.address}: {page.verification}>"
    finally:
        # as when the interpreter is gone
        page.server.stdin.close()
        assert page.server.wait(30) is not None
        page.close()
    with pytest.raises(httpx.ConnectError):
        httpx.get(page.address)


def test_explore_wants_torch_for_what_is_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(CannotExplore, match="wanted torch to be installed"):
        explore(object(), None)
