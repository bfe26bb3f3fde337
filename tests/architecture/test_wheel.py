"""An installed wheel is whole: page, weights and command; it runs beside anybody's own packages."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.server import PATIENCE, ROOT, running_server

NAMES = ("app", "tests", "static", "templates", "docs")
"""Names of folders here that a user's own folder may have too."""


@dataclass(frozen=True)
class Installed:
    """An environment of its own with nothing of this checkout but what the wheel holds."""

    packages: Path
    python: Path
    command: Path


def succeeds(*command: str | Path, folder: Path = ROOT) -> str:
    """What a command prints; it fails the test where it fails."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    succeeds(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built)
    (file,) = built.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Installed:
    """The wheel in a new environment, which finds what it depends on where the tests do."""
    home = wheel.parent / "venv"
    succeeds(sys.executable, "-m", "venv", "--without-pip", home)
    binaries = home / ("Scripts" if sys.platform == "win32" else "bin")
    python = binaries / "python"
    succeeds(
        sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", "--no-index", wheel
    )
    packages = Path(succeeds(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib"))
    return Installed(packages, python, binaries / "convscope")


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder whose own packages are called as folders of the checkout."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in NAMES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(f"raise ImportError('this is the user\\'s own {name}')\n")
    return folder


def relative_files(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not {"__pycache__", "_checkout"} & set(path.parts)
    }


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("app", "convscope"),
        ("cnn_core", "cnn_core"),
        ("static", "convscope/_assets/static"),
        ("templates", "convscope/_assets/templates"),
    ],
)
def test_the_wheel_holds_every_file(wheel: Path, source: str, target: str) -> None:
    held = {
        name.removeprefix(f"{target}/")
        for name in zipfile.ZipFile(wheel).namelist()
        if name.startswith(f"{target}/")
    }
    assert relative_files(ROOT / source) <= held


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    version = wheel.name.split("-")[1]
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert tops == {"cnn_core", "convscope", f"convscope-{version}.dist-info"}
    assert not any("_checkout" in name for name in zipfile.ZipFile(wheel).namelist())


def test_what_a_notebook_imports_is_in_the_wheel(installed: Installed, elsewhere: Path) -> None:
    lines = "import convscope, cnn_core; print(convscope.explore.__module__, convscope.__file__)"
    module, file = succeeds(installed.python, "-c", lines, folder=elsewhere).split()
    assert module == "convscope.notebook"
    assert file.startswith(str(installed.packages))


def test_the_command_runs_beside_a_users_own_packages(installed: Installed, elsewhere: Path) -> None:
    assert "tiny_vgg" in succeeds(installed.command, "models", folder=elsewhere)


def test_every_module_of_the_wheel_can_be_imported(installed: Installed, elsewhere: Path) -> None:
    """Also those that only a command imports: an absolute import of ``app`` would fail here."""
    lines = """
import convscope, importlib, pkgutil, sys
leave = {"convscope.cli.__main__", "convscope.bench.torch_module", "convscope.bench.onnx_model"}
names = {each.name for each in pkgutil.walk_packages(convscope.__path__, "convscope.")} - leave
for name in sorted(names):
    importlib.import_module(name)
print(len(names), sorted({"app", "tests", "static"} & set(sys.modules)))
"""
    count, others = succeeds(installed.python, "-c", lines, folder=elsewhere).split(maxsplit=1)
    assert int(count) > 60
    assert others.strip() == "[]"


def test_a_server_from_the_wheel_has_page_scripts_and_weights(installed: Installed, elsewhere: Path) -> None:
    with running_server(folder=elsewhere, command=[str(installed.command)]) as server:
        page = httpx.get(server.address)
        assert page.status_code == 200
        (address,) = re.findall(r'<script type="module" src="(/assets/[^"]+)">', page.text)
        script = httpx.get(server.address + address)
        assert script.headers["content-type"].startswith("text/javascript")
        assert script.headers["content-encoding"] == "br"
        assert httpx.get(f"{server.address}/api/models/tiny_vgg").status_code == 200


def test_a_checkout_has_the_name_of_an_installed_one(elsewhere: Path) -> None:
    """What an editable installation puts on the path: the folder of ``app/_checkout/convscope.py``."""
    lines = f"""
import sys; sys.path[:0] = [{str(ROOT / "app/_checkout")!r}]
import convscope.config
print(convscope.explore.__module__, convscope.config.__file__, "app" in sys.modules)
"""
    shown = succeeds(sys.executable, "-c", lines, folder=elsewhere).split()
    assert shown == ["convscope.notebook", str(ROOT / "app/config.py"), "False"]
