"""The Shift lab with a network that gives maps: every layer moves along, and no answer is made up."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from app.config import Settings
from tests.api.classless import maps
from tests.api.graphs import install
from tests.api.live import Live, served
from tests.browser.conftest import Complaints, OpenPage

TABLE = "shift-table"


@pytest.fixture(scope="module")
def plain() -> Iterator[Live]:
    """A server with that network alone."""
    with served(Settings(), install(maps())) as live:
        yield live


def test_maps_move_along_and_nothing_is_said_of_an_answer(
    plain: Live, complaints: Complaints, open_page: OpenPage
) -> None:
    complaints.home = str(plain.client.base_url).rstrip("/")
    page = open_page(f"{complaints.home}/shift?model=maps&dx=4&dy=0&border=wrap", ready=False)
    page.wait_for_selector(f"{TABLE}[data-place='4,0'][data-state=ready]")
    expect(page.locator(f"{TABLE} [data-node=pool]")).to_be_visible()
    expect(page.locator(f"{TABLE} .shift-answer")).to_be_hidden()
    summary = page.locator("shift-sweep [data-part=summary]")
    summary.scroll_into_view_if_needed()
    expect(summary).to_have_text(
        "This network gives no classes: there is no answer that could flip.", use_inner_text=True
    )
    for part in page.locator("shift-sweep [data-only=answers]").all():
        expect(part).to_be_hidden()
