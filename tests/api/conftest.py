"""One server for all tests that do not need one of their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api.live import Live, served


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """The application with small limits and its real models."""
    with served() as running:
        yield running
