"""What tests of every kind share."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import skimage.data
from PIL import Image
from playwright.sync_api import Browser

from tests.chromium import launch

# Hundreds of processes import the same code: it is compiled once, whatever the shell says.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# Before any settings are made: no test may see or touch the models that a person has imported.
os.environ["CONVSCOPE_DATA_FOLDER"] = tempfile.mkdtemp(prefix="convscope-tests-")
# Clients that run inside of a test's process ask by these names.
os.environ["CONVSCOPE_HOSTS"] = "testserver,here"
atexit.register(shutil.rmtree, os.environ["CONVSCOPE_DATA_FOLDER"], ignore_errors=True)


@pytest.fixture(scope="session")
def espresso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of an espresso cup, 600 x 400, as a JPEG."""
    path = tmp_path_factory.mktemp("photos") / "espresso.jpg"
    Image.fromarray(skimage.data.coffee()).save(path, quality=92)
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each opens a profile of its own in it."""
    with launch() as running:
        yield running


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Name a failed test at once: a run that is ended from outside prints no summary."""
    if report.failed and "PYTEST_XDIST_WORKER" not in os.environ:
        sys.stderr.write(f"\nFAILED {report.nodeid} ({report.when})\n")
