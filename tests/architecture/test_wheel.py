"""An installed wheel is whole: page, weights and command, without the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import httpx
import pytest

from app.assets import slim
from tests.server import ROOT, running_server


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel holds, as an installation lays it out."""
    built = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(built)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(built / "site")
    return built / "site"


def relative_files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("app", "app"),
        ("cnn_core", "cnn_core"),
        ("static", "app/_assets/static"),
        ("templates", "app/_assets/templates"),
    ],
)
def test_the_wheel_holds_every_file(installed: Path, source: str, target: str) -> None:
    assert relative_files(ROOT / source) - {"notebook.py"} <= relative_files(installed / target)


def test_the_wheel_holds_nothing_else(installed: Path) -> None:
    found = {path.name.split("-")[0] for path in installed.iterdir()}
    assert found == {"app", "cnn_core", "convscope", "convscope.py"}


def test_what_a_notebook_imports_is_in_the_wheel(installed: Path) -> None:
    assert (installed / "convscope.py").read_text() == (ROOT / "app/notebook.py").read_text()


def test_a_server_from_the_wheel_has_page_scripts_and_weights(installed: Path, tmp_path: Path) -> None:
    with running_server(environment={"PYTHONPATH": str(installed)}, folder=tmp_path) as server:
        page = httpx.get(server.address)
        assert page.status_code == 200
        script = httpx.get(f"{server.address}/static/js/pages/explore.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.text == slim((ROOT / "static/js/pages/explore.js").read_text())
        assert httpx.get(f"{server.address}/api/models/tiny_vgg").status_code == 200
        loaded = subprocess.run(
            [sys.executable, "-c", "import app; print(app.__file__)"],
            env={"PYTHONPATH": str(installed)},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
    assert loaded.stdout.startswith(str(installed))
