"""How fast the Explore page answers a pointer and a key: ``python -m tests.benchmarks.pointer``.

A move is timed from its event to the first task behind the rendering that shows it, wherever values can be
pointed at; a key from its press likewise.
"""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser, Page

from app.bench.measure import Spread, busy_with_others, spread
from app.config import Settings
from tests.api.graphs import install
from tests.api.live import served
from tests.browser.conftest import LAPTOP, READY
from tests.browser.large import large
from tests.chromium import launch
from tests.server import running_server

PLACES = {
    "sheet": '.strip-column[data-role="focus"] .strip-cell >> nth=0',
    "column": '.strip-column[data-node="conv_1_1"] .strip-cell >> nth=4',
    "photo": 'crop-box [data-part="crop"]',
    "map": ".big-field",
    "field": ".field-frame",
}
"""Where values are pointed at: maps, the photo, and both pictures of the inspector."""

SHIPPED = ("tiny_vgg", "resnet", "efficientnet")
"""Networks whose layers are switched; the deepest has 125."""

MOVES, SWITCHES = 40, 20

WATCH = """() => {
  window.moves = [];
  addEventListener("pointermove", (event) => {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.moves.push(performance.now() - event.timeStamp);
      channel.port2.postMessage(0);
    });
  }, { capture: true });
}"""

PRESS = """(key) => new Promise((resolve) => {
  const began = performance.now();
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve(performance.now() - began);
    channel.port2.postMessage(0);
  });
})"""


def main() -> None:
    """Point at every place, switch the layer of networks small and large, print the times."""
    with busy_with_others() as others, launch() as browser:
        for place, found in pointed(browser).items():
            print(f"pointer moved on the {place} to painted: {told(found)}, goal 16")
        for network, found in switched(browser):
            print(f"key to another layer of {network}: {told(found)}, goal 50")
    print(f"Meanwhile others took {100 * others.share:.0f} % of the processor, the browser among them.")


def pointed(browser: Browser) -> dict[str, Spread]:
    """Milliseconds from a move of the pointer to its frame, over each place, a sum being shown."""
    with running_server() as server:
        page = browser.new_page(base_url=server.address, viewport=LAPTOP, color_scheme="light")  # type: ignore[arg-type]
        page.goto("/?layer=conv_2_1&channel=3&y=20&x=20")
        page.wait_for_selector(READY)
        page.wait_for_timeout(1000)
        page.evaluate(WATCH)
        found = {place: spread(_moved(page, selector)) for place, selector in PLACES.items()}
        page.close()
    return found


def _moved(page: Page, selector: str) -> list[float]:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 2)
    page.wait_for_timeout(300)
    page.evaluate("moves.length = 0")
    for number in range(MOVES):
        across, down = (number * 7 % 29 + 0.5) / 29, (number * 11 % 31 + 0.5) / 31
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"])
        # At every phase of the screen's own rhythm.
        page.wait_for_timeout(50 + number % 17)
    return list(page.evaluate("moves"))


def switched(browser: Browser) -> Iterator[tuple[str, Spread]]:
    """Milliseconds from a key to the frame with the next layer: networks that come along, and a large one."""
    with running_server() as server:
        for name in SHIPPED:
            yield name, _switches(browser, f"{server.address}/?model={name}")
    with served(Settings(), install(large())) as live:
        view = f"{str(live.client.base_url).rstrip('/')}/?model=large&layer=block_5.conv&channel=3"
        yield "59 layers, 512 channels", _switches(browser, view)


def _switches(browser: Browser, address: str) -> Spread:
    page = browser.new_page(viewport=LAPTOP, color_scheme="light")  # type: ignore[arg-type]
    page.goto(address)
    page.wait_for_selector(READY)
    page.evaluate("document.querySelector('#work').focus()")
    found = []
    for number in range(SWITCHES):
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
        found.append(page.evaluate(PRESS, "ArrowRight" if number % 10 < 5 else "ArrowLeft"))
        page.wait_for_selector(READY)
    page.close()
    return spread(found)


def told(found: Spread) -> str:
    """Median and quartiles, in milliseconds."""
    return f"{found.median:.1f} ms ({found.low:.1f} to {found.high:.1f})"


if __name__ == "__main__":
    main()
