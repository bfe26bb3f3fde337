"""Image after image, the page keeps no more than the one it shows."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import READY, OpenPage, wait_until

SWITCHES = 200
WARM = 20
GROWTH = 6_000_000
"""Bytes; what one image's layers take on the page is about a megabyte, so a leak would be many times this."""


def used(client: CDPSession) -> dict[str, float]:
    """What is left of heap, array buffers and nodes once the browser has collected what nobody holds."""
    for _ in range(2):
        client.send("HeapProfiler.collectGarbage")
    metrics: list[dict[str, Any]] = client.send("Performance.getMetrics")["metrics"]
    found = {each["name"]: each["value"] for each in metrics}
    # A layer's values lie in array buffers, which are no part of the heap.
    heap = client.send("Runtime.getHeapUsage")
    return found | {"Memory": heap["usedSize"] + heap["backingStorageSize"]}


def switch(page: Page, times: int) -> None:
    """Open the samples one after the other, each to its end."""
    buttons = page.locator("sample-grid button")
    count = buttons.count()
    for step in range(times):
        before = page.evaluate("location.search")
        buttons.nth((step + 1) % count).evaluate("button => button.click()")
        wait_until(page, "(before) => location.search !== before", before)
        page.wait_for_selector(READY)


def test_200_images_take_no_more_memory_than_a_few(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1")
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    switch(page, WARM)
    before = used(client)
    switch(page, SWITCHES)
    after = used(client)
    assert before["Memory"] > GROWTH / 20, "the values on the page were not counted"
    assert after["Memory"] - before["Memory"] < GROWTH
    assert after["Nodes"] - before["Nodes"] < 2000
    assert after["JSEventListeners"] - before["JSEventListeners"] < 200
