"""Subject after subject, the page keeps no more than those it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page

from tests.browser.conftest import READY, OpenPage, wait_until

CHANGES = 200
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
    for step in range(times):
        _follow(page, page.locator("sample-grid button").nth((step + 1) % 8), CLICK)


def change(page: Page, times: int) -> None:
    """Beside a pinned subject, one after the other: a network of other weights, and with it another photo."""
    networks = ("tiny_vgg~untrained-2", "tiny_vgg", "tiny_vgg~untrained-1")
    for step in range(times // 2):
        _follow(page, page.get_by_label("Network of B"), CHOOSE, networks[step % len(networks)])
        _follow(page, page.locator("sample-grid button").nth(1 + step % 7), CLICK)


CLICK = "button => button.click()"
CHOOSE = "(select, value) => { select.value = value; select.dispatchEvent(new Event('change')); }"


def _follow(page: Page, control: Locator, use: str, value: str | None = None) -> None:
    before = page.evaluate("location.search")
    control.evaluate(use, value)
    wait_until(page, "(before) => location.search !== before", before)
    page.wait_for_selector(READY)


def keeps_no_more(page: Page, go_on: Callable[[Page, int], None]) -> None:
    """200 changes leave no more behind than 20 have."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    go_on(page, WARM)
    before = used(client)
    go_on(page, CHANGES)
    after = used(client)
    assert before["Memory"] > GROWTH / 20, "the values on the page were not counted"
    assert after["Memory"] - before["Memory"] < GROWTH
    assert after["Nodes"] - before["Nodes"] < 2000
    assert after["JSEventListeners"] - before["JSEventListeners"] < 200


def test_200_images_take_no_more_memory_than_a_few(open_page: OpenPage) -> None:
    keeps_no_more(open_page("/?layer=conv_2_1"), switch)


def test_200_changes_beside_a_pinned_subject_take_no_more_memory_than_a_few(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1")
    page.keyboard.press("p")
    page.wait_for_selector("body.pinned")
    page.get_by_role("button", name="Network", exact=True).click()
    page.wait_for_selector("body.compared")
    keeps_no_more(page, change)
