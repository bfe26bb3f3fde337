"""A network of 120 convolutions on 3x224x224: what is sent of it is what is in view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from app.config import Settings
from tests.api.graphs import install
from tests.api.live import Live, served
from tests.browser.branched import deep
from tests.browser.conftest import READY, Complaints, OpenPage, wait_until
from tests.browser.test_large import IN_VIEW, Fetched

LEFT = "() => document.querySelector('.strip-stage').scrollLeft"
MOST = """() => {
  const stage = document.querySelector('.strip-stage');
  return stage.scrollWidth - stage.clientWidth;
}"""


@pytest.fixture(scope="module")
def tower() -> Iterator[Live]:
    """A server with the deep network."""
    with served(Settings(), install(deep())) as live:
        yield live


def near(page: Page) -> set[str]:
    """Layers in view, or that scrolling by half the strip brings into view."""
    stage = page.evaluate("() => document.querySelector('.strip-stage').clientWidth")
    return set(page.evaluate(IN_VIEW, stage / 2 + 1))


def test_of_120_convolutions_the_maps_in_view_are_sent_each_once_and_nothing_else(
    tower: Live, complaints: Complaints, open_page: OpenPage
) -> None:
    complaints.home = str(tower.client.base_url).rstrip("/")
    nodes = tower.client.get("/api/models/deep").json()["nodes"]
    assert sum(node["kind"] == "conv2d" for node in nodes) > 120
    page = open_page("about:blank", ready=False)
    fetched = Fetched(page)
    page.goto(f"{complaints.home}/?model=deep")
    page.wait_for_selector(READY)
    allowed = near(page) | {"input"}
    assert not fetched.streams
    assert set(page.evaluate(IN_VIEW, 0)) <= fetched.layers <= allowed
    assert len(fetched.layers) < len(nodes) / 8
    box = page.locator(".strip-stage").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    while (left := page.evaluate(LEFT)) < page.evaluate(MOST) - 1:
        page.mouse.wheel(150, 0)
        wait_until(page, f"(left) => ({LEFT})() > left", left)
        allowed |= near(page)
    page.wait_for_selector(READY)
    assert set(page.evaluate(IN_VIEW, 0)) <= fetched.layers <= allowed
    for node, maps in fetched.maps.items():
        assert len(maps) == len(set(maps)), f"{node}: a map was sent twice"
