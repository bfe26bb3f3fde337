"""The page's own timings, in a real browser against a real server: ``make bench-page``.

A time ends when the browser has painted the frame that shows the result: after the next animation frame, in
the first task behind its rendering. Every first visit has a server and a profile of its own, every sample and
photo is one that the server has not traced before.
"""

from __future__ import annotations

import base64
import gzip
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import get_args

import numpy as np
import skimage.data
from PIL import Image
from playwright.sync_api import Browser, Page
from rich import box
from rich.console import Console
from rich.table import Table

from app.bench.measure import busy_with_others, spread
from app.bench.nets import random_parameters, resnet18
from app.config import Settings
from app.payloads.frame_schemas import Encoding
from app.payloads.frames import layer_frame
from app.services.trace_service import LayerOutput
from cnn_core import ImageTrace, Model
from cnn_core.graph.statistics import statistics
from cnn_core.models import Card, load_model
from cnn_core.preprocess import InputSpec
from tests.api.graphs import install
from tests.api.live import served
from tests.benchmarks.drag import drags_at
from tests.benchmarks.edited import LAYERS, edited
from tests.benchmarks.pointer import PRESS, pointed, switched, told
from tests.browser.branched import deep
from tests.browser.conftest import LAPTOP, READY
from tests.browser.test_memory import GO_ON, switch, used
from tests.chromium import launch
from tests.server import running_server

VISITS, PHOTOS, SWITCHES, WARM = 5, 7, 200, 20
LARGE = "resnet18"
COMPARED = {"tiny_vgg": "50 ms", "efficientnet": "150 ms"}
SETTLING = 2000
"""Milliseconds in which a browser that opens a window is busy with itself."""

WATCH = """
const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = () => resolve(performance.now());
  channel.port2.postMessage(0);
}));
const ready = (again) => new Promise((resolve) => {
  let left = !again;
  const look = () => {
    const state = document.getElementById("network")?.dataset.state;
    if (state && state !== "ready") left = true;
    if (!left || state !== "ready") return;
    watcher.disconnect();
    painted().then(resolve);
  };
  const watcher = new MutationObserver(look);
  const attributeFilter = ["data-state"];
  watcher.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter });
});
window.bench = { painted, ready, visit: ready(false) };
"""

SAMPLE = """async (number) => {
  const done = window.bench.ready(true), began = performance.now();
  document.querySelectorAll("sample-grid button")[number].click();
  return await done - began;
}"""

PHOTO = """async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const files = new DataTransfer(), input = document.querySelector("input[type=file]");
  files.items.add(new File([bytes], "photo.jpg", { type: "image/jpeg" }));
  input.files = files.files;
  const done = window.bench.ready(true), began = performance.now();
  input.dispatchEvent(new Event("change", { bubbles: true }));
  return await done - began;
}"""

FRAMES = """() => {
  window.bench.frames = [];
  window.bench.tasks = [];
  let last = performance.now();
  const tick = (now) => {
    window.bench.frames.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
  const note = (list) => window.bench.tasks.push(...list.getEntries().map((each) => each.duration));
  new PerformanceObserver(note).observe({ type: "longtask" });
}"""

ROOM = """() => {
  const stage = document.querySelector(".strip-stage");
  return stage.scrollWidth - stage.clientWidth - stage.scrollLeft;
}"""

SCRIPTS = (
    "performance.getEntriesByType('resource').map(({ name }) => name).filter((name) => name.endsWith('.js'))"
)


@dataclass(frozen=True)
class Line:
    what: str
    found: str
    goal: str


def main() -> None:
    """Measure everything, print the table."""
    lines: list[Line] = []
    with busy_with_others() as others, launch() as browser:
        with running_server() as server:
            lines += list(_at(browser, server.address))
            lines.append(_dragged(browser, server.address))
            for model, goal in COMPARED.items():
                lines += _compared(browser, server.address, model, goal)
            for model, (layer, goal) in LAYERS.items():
                with _page(browser, server.address, f"/?model={model}&layer={layer}") as page:
                    lines.append(Line(f"{model}: a number of {layer} to all maps", _told(edited(page)), goal))
        lines += _pointed(browser)
        visits = [_first_visit(browser) for _ in range(VISITS)]
        lines.insert(0, Line("first visit to all maps painted", _told(visits), "500 ms"))
        lines.append(_large(browser))
        lines += _deep(browser)
    lines += _wire()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("what", "median (quartiles)", "goal"):
        table.add_column(heading, no_wrap=True)
    for line in lines:
        table.add_row(line.what, line.found, line.goal)
    console = Console(width=110, highlight=False)
    console.print(
        f"Chromium {browser.version}, {LAPTOP['width']}x{LAPTOP['height']}, tiny_vgg where not said"
    )
    console.print(table)
    console.print(
        f"Meanwhile others took {100 * others.share:.0f} % of the processor, the browser among them."
    )


def _first_visit(browser: Browser) -> float:
    with running_server() as server, _page(browser, server.address) as page:
        return float(page.evaluate("window.bench.visit"))


def _at(browser: Browser, address: str) -> Iterator[Line]:
    with _page(browser, address) as page:
        page.evaluate("window.bench.visit")
        scripts = [page.request.get(each).body() for each in page.evaluate(SCRIPTS)]
        count = page.locator("sample-grid button").count()
        samples = [page.evaluate(SAMPLE, number) for number in range(1, count)]
        yield Line("another sample clicked to all maps redrawn", _told(samples), "80 ms")
        photos = [page.evaluate(PHOTO, _photo(number)) for number in range(PHOTOS)]
        yield Line("own photo (1600x1200 JPEG) to all maps redrawn", _told(photos), "150 ms")
        size = sum(len(gzip.compress(each, 9)) for each in scripts)
        yield Line("script, gzipped", f"{size / 1000:.1f} kB in {len(scripts)} files", "100 kB")
        yield Line(f"memory kept a switch, over {SWITCHES}", f"{_leaked(page) / 1000:.1f} kB", "0")


def _pointed(browser: Browser) -> Iterator[Line]:
    for place, found in pointed(browser).items():
        yield Line(f"pointer moved on the {place} to painted", told(found), "16 ms")
    for network, found in switched(browser):
        yield Line(f"key to another layer of {network}", told(found), "50 ms")


def _dragged(browser: Browser, address: str) -> Line:
    found = spread([drag.rate for drag in drags_at(browser, address)])
    told = f"{found.median:.1f} ({found.low:.1f} to {found.high:.1f})"
    return Line("updates a second while the photo of the Shift lab is dragged", told, "30")


def _compared(browser: Browser, address: str, model: str, goal: str) -> Iterator[Line]:
    """Two photos side by side: from a key to all maps of B - A; and from another B, which is traced."""
    with _page(browser, address, f"/?model={model}") as page:
        page.keyboard.press("p")
        count = page.locator("sample-grid button").count()
        changed = [page.evaluate(SAMPLE, number) for number in range(1, count)]
        keys = []
        for _ in range(PHOTOS):
            page.evaluate(PRESS, "1")
            page.wait_for_timeout(300)
            keys.append(page.evaluate(PRESS, "3"))
            page.wait_for_timeout(300)
    yield Line(f"{model}: key to all maps of B - A", _told(keys), goal)
    yield Line(f"{model}: another B, traced, to all maps of B - A", _told(changed), "")


def _large(browser: Browser) -> Line:
    with served(Settings(), install(_resnet18())) as live:
        address = str(live.client.base_url)
        with _page(browser, address, f"/?model={LARGE}") as page:
            page.evaluate("window.bench.visit")
            photos = [page.evaluate(PHOTO, _photo(10 + number)) for number in range(PHOTOS)]
    return Line("ResNet-18 at 224x224: own photo to every thumbnail", _told(photos), "400 ms")


def _deep(browser: Browser) -> Iterator[Line]:
    """120 convolutions at 224x224: opened in a fresh profile, then scrolled from end to end by the wheel."""
    opened, frames, tasks = [], [], []
    for _ in range(VISITS):
        server = served(Settings(), install(deep()))
        with server as live, _page(browser, str(live.client.base_url), "/?model=deep") as page:
            opened.append(float(page.evaluate("window.bench.visit")))
            found = _scrolled(page)
            frames += found["frames"]
            tasks += found["tasks"]
    what = "120 convolutions at 224x224"
    yield Line(f"{what}: address to all maps in view", _told(opened), "3000 ms")
    yield Line(f"{what}: a frame while scrolling", _told(frames), "16.7 ms")
    longest = f"{max(tasks):.0f} ms, {len(tasks)} in {VISITS} runs" if tasks else "none"
    yield Line(f"{what}: tasks over 50 ms while scrolling", longest, "none")


def _scrolled(page: Page) -> dict[str, list[float]]:
    box_ = page.locator(".strip-stage").bounding_box()
    assert box_ is not None
    page.mouse.move(box_["x"] + box_["width"] / 2, box_["y"] + box_["height"] / 2)
    page.wait_for_load_state("networkidle")
    page.evaluate(FRAMES)
    while page.evaluate(ROOM) > 1:
        page.mouse.wheel(100, 0)
        page.wait_for_timeout(16)
    found: dict[str, list[float]] = page.evaluate("window.bench")
    return found


def _resnet18() -> Model:
    labels = tuple(f"class_{number}" for number in range(1000))
    card = Card("ResNet-18", architecture="", data="", licence="", command="", seed=0, epochs=0)
    graph = resnet18()
    spec = InputSpec(channels=3, height=224, width=224)
    return Model(LARGE, "ResNet-18", graph, random_parameters(graph), labels, spec, card)


def _leaked(page: Page) -> float:
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.evaluate(GO_ON, [switch(WARM), READY])
    before = used(client)["Memory"]
    page.evaluate(GO_ON, [switch(SWITCHES), READY])
    return (used(client)["Memory"] - before) / SWITCHES


def _wire() -> Iterator[Line]:
    for model in (load_model("tiny_vgg"), _resnet18()):
        run = ImageTrace(model, skimage.data.astronaut())  # type: ignore[no-untyped-call]
        layers = [
            LayerOutput(
                r.node.name, r.node.layer.kind, n, len(model.graph), r.output, statistics(r.output), 0.0
            )
            for n, r in enumerate(run)
        ]
        for encoding in get_args(Encoding):
            sizes, taken = zip(*(_encoded(layers, encoding) for _ in range(PHOTOS)), strict=True)
            told = f"{sizes[0] / 1000:,.0f} kB in {_told(list(taken))}"
            yield Line(f"the wire, all layers of {model.title}, {encoding}", told, "")


def _encoded(layers: list[LayerOutput], encoding: Encoding) -> tuple[int, float]:
    """Bytes and milliseconds."""
    started = time.perf_counter()
    size = sum(len(layer_frame(layer, encoding)) for layer in layers)
    return size, 1e3 * (time.perf_counter() - started)


@contextmanager
def _page(browser: Browser, address: str, path: str = "/") -> Iterator[Page]:
    """A page in a profile of its own, all maps painted."""
    context = browser.new_context(base_url=address, viewport=LAPTOP, color_scheme="light")  # type: ignore[arg-type]
    try:
        context.add_init_script(WATCH)
        page = context.new_page()
        page.wait_for_timeout(SETTLING)
        page.goto(path)
        page.wait_for_selector(READY)
        yield page
    finally:
        context.close()


def _photo(number: int) -> str:
    """A JPEG that nobody has sent yet, as base64."""
    pixels = np.roll(skimage.data.astronaut(), 13 * number, axis=1)  # type: ignore[no-untyped-call]
    file = io.BytesIO()
    Image.fromarray(pixels).resize((1600, 1200)).save(file, "JPEG", quality=90)
    return base64.b64encode(file.getvalue()).decode()


def _told(milliseconds: list[float]) -> str:
    return told(spread(milliseconds))


if __name__ == "__main__":
    main()
