"""What tests of every kind share."""

from __future__ import annotations

from pathlib import Path

import pytest
import skimage.data
from PIL import Image


@pytest.fixture(scope="session")
def espresso(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of an espresso cup, 600 x 400, as a JPEG."""
    path = tmp_path_factory.mktemp("photos") / "espresso.jpg"
    Image.fromarray(skimage.data.coffee()).save(path, quality=92)
    return path
