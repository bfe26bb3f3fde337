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


CHOOSE = "(select, value) => { select.value = value; select.dispatchEvent(new Event('change')); }"


def change(page: Page, times: int) -> None:
    """Beside a pinned subject, one after the other: photos, noise, the network untrained and trained."""
    photos, network = page.locator("sample-grid button"), page.get_by_label("Network of B")
    steps = (
        lambda: photos.nth(1).evaluate("button => button.click()"),
        lambda: page.get_by_role("button", name="Noise", exact=True).evaluate("button => button.click()"),
        lambda: network.evaluate(CHOOSE, "tiny_vgg~untrained-1"),
        lambda: photos.nth(3).evaluate("button => button.click()"),
        lambda: network.evaluate(CHOOSE, "tiny_vgg"),
    )
    for step in range(times):
        before = page.evaluate("location.search")
        steps[step % len(steps)]()
        wait_until(page, "(before) => location.search !== before", before)
        page.wait_for_selector(READY)


def test_200_changes_beside_a_pinned_subject_take_no_more_memory_than_a_few(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1")
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.keyboard.press("p")
    page.wait_for_selector("body.pinned")
    change(page, WARM)
    before = used(client)
    change(page, SWITCHES)
    after = used(client)
    assert after["Memory"] - before["Memory"] < GROWTH
    assert after["Nodes"] - before["Nodes"] < 2000
    assert after["JSEventListeners"] - before["JSEventListeners"] < 200


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
