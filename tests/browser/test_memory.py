"""Subject after subject, the page keeps no more than those it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import READY, OpenPage

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


GO_ON = """
async ([changes, ready]) => {
  const frame = () => new Promise(requestAnimationFrame);
  for (const [selector, place, value] of changes) {
    const control = document.querySelectorAll(selector)[place];
    const taken = () => (value === null ? control.ariaPressed === 'true' : control.value === value);
    if (value === null) control.click();
    else {
      control.value = value;
      control.dispatchEvent(new Event('change'));
    }
    // The next frame is the first that can say that something is on its way.
    for (let frames = 0; frames < 2 || !taken() || !document.querySelector(ready); frames += 1) await frame();
  }
}
"""
"""Use one control after the other, each when what the one before asked for is painted."""

Change = tuple[str, int, str | None]
"""A control, as selector and place, and what is chosen with it; None: it is clicked."""


def switch(times: int) -> list[Change]:
    """Open the samples one after the other, each to its end."""
    return [(SAMPLES, (step + 1) % 8, None) for step in range(times)]


def change(times: int) -> list[Change]:
    """Beside a pinned subject, one after the other: a network of other weights, and with it another photo."""
    networks = ("tiny_vgg~untrained-2", "tiny_vgg", "tiny_vgg~untrained-1")
    return [
        each
        for step in range(times // 2)
        for each in ((NETWORK, 0, networks[step % len(networks)]), (SAMPLES, 1 + step % 7, None))
    ]


SAMPLES, NETWORK = "sample-grid button", "[aria-label='Network of B']"


def keeps_no_more(page: Page, changes: Callable[[int], list[Change]]) -> None:
    """200 changes leave no more behind than 20 have."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.evaluate(GO_ON, [changes(WARM), READY])
    before = used(client)
    page.evaluate(GO_ON, [changes(CHANGES), READY])
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
