"""How often the Shift lab is up to date while its photo is dragged: ``python -m tests.benchmarks.drag``.

An update is a frame that shows the maps, the errors and the sentence of another shift than the frame
before it, counted when it is painted: in the first task behind the rendering. The mouse is the browser's
own: every event moves the photo a pixel across and one down, and the next is sent when the page has
taken the one before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from app.bench.measure import Spread, busy_with_others, spread
from tests.browser.conftest import LAPTOP
from tests.chromium import launch
from tests.server import running_server

DRAGS, ROUNDS, RADIUS = 3, 4, 20
"""Rounds of a drag, and how far from its middle each leads, in pixels of the network's input."""

READY = "shift-table[data-state=ready]"

WATCH = """async () => {
  const { shift } = await import("/static/js/state/shift.js");
  const table = document.querySelector("shift-table"), channel = new MessageChannel();
  const asked = new Map(), found = { times: [], waits: [] };
  let shown = table.dataset.place, next = shown;
  addEventListener("pointermove", ({ timeStamp }) => queueMicrotask(() => {
    const { dx, dy } = shift.place.value, place = `${dx},${dy}`;
    if (place !== found.last) asked.set(place, timeStamp);
    found.last = place;
  }));
  channel.port1.onmessage = () => {
    if (next === shown) return;
    shown = next;
    found.times.push(performance.now());
    found.waits.push(performance.now() - asked.get(shown));
  };
  new MutationObserver(() => {
    next = table.dataset.place;
    channel.port2.postMessage(0);
  }).observe(table, { attributes: true, attributeFilter: ["data-place"] });
  window.dragged = found;
}"""


@dataclass(frozen=True)
class Drag:
    """Updates a second, and milliseconds from moving the mouse to the painted update."""

    rate: float
    waits: list[float]


def main() -> None:
    """Drag a few times, print each and the middle of them."""
    with busy_with_others() as others, launch() as browser, running_server() as server:
        drags = list(drags_at(browser, server.address))
    for drag in drags:
        wait = spread(drag.waits)
        print(f"{drag.rate:.1f} updates a second; moved to painted {wait.median:.0f} ms, {_quartiles(wait)}")
    print(f"Meanwhile others took {100 * others.share:.0f} % of the processor, the browser among them.")


def drags_at(browser: Browser, address: str) -> Iterator[Drag]:
    """Drag the photo of a page on its own, ``DRAGS`` times."""
    page = browser.new_page(base_url=address, viewport=LAPTOP, color_scheme="light")  # type: ignore[arg-type]
    page.goto("/shift")
    page.wait_for_selector(READY)
    page.evaluate(WATCH)
    for _ in range(DRAGS):
        yield _drag(page)
    page.close()


def _drag(page: Page) -> Drag:
    box = page.locator(".shift-handle").bounding_box()
    assert box is not None
    zoom = box["width"] / 64
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate("dragged.times.length = dragged.waits.length = 0")
    for _ in range(ROUNDS):
        for across, down in ((1, 0), (0, 1), (-1, 0), (0, -1)):
            page.mouse.move(x + across * RADIUS * zoom, y + down * RADIUS * zoom, steps=RADIUS)
    found = page.evaluate("dragged")
    page.mouse.move(x, y, steps=RADIUS)
    page.mouse.up()
    page.wait_for_selector(READY)
    times = found["times"]
    return Drag(1e3 * (len(times) - 1) / (times[-1] - times[0]), found["waits"])


def _quartiles(found: Spread) -> str:
    return f"quartiles {found.low:.0f} and {found.high:.0f}"


if __name__ == "__main__":
    main()
