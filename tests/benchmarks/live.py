"""How fast camera and microphone go through every layer: ``python -m tests.benchmarks.live [MODEL ...]``.

A real Chromium whose camera shows a film made here, and whose microphone hears tones, against a real server.
For each network, with what it takes, the updates a second and the delay that 95 of 100 keep, as the page
measures and tells them, and the processor time of an update: the server's, and that of all of the browser.
With ``--seconds 20`` each is watched so long.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.cameras import browser_with_devices, pictures, two_tones, y4m
from tests.browser.conftest import LAPTOP, READY, VISITED
from tests.chromium import launch
from tests.server import running_server

MODELS = ("tiny_vgg", "resnet", "efficientnet", "efficientnet_lite0", "spoken_words")
TICK = os.sysconf("SC_CLK_TCK")
WARM = 4.0
"""Seconds before anything counts."""
PAINTED = "() => Number(document.querySelector('.live-numbers').dataset.painted)"
TOLD = "() => [...document.querySelectorAll('.live-numbers dd')].map((each) => each.textContent)"


def main() -> None:
    """Watch each network and print one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", default=MODELS)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        film = Path(folder) / "film.y4m"
        film.write_bytes(y4m(pictures(30, 480, 640), rate=30))
        _compare(film, options.models, options.seconds, Path(folder))


def _compare(film: Path, models: Sequence[str], seconds: float, folder: Path) -> None:
    environment = {"CONVSCOPE_DATA_FOLDER": str(folder)}
    sound = two_tones(folder / "tones.wav")
    with (
        running_server(environment=environment) as server,
        launch() as plain,
        browser_with_devices(plain, film, sound) as browser,
    ):
        print("network               updates/s  p95 ms  left out, 5 s  CPU ms: server  browser")
        for model in models:
            context = browser.new_context(base_url=server.address, viewport=LAPTOP)  # type: ignore[arg-type]
            context.add_init_script(VISITED)
            page = context.new_page()
            page.goto(f"/?model={model}")
            page.wait_for_selector(READY)
            print(f"{model:20}", *_watched(page, server.process.pid, seconds), flush=True)
            context.close()


def _watched(page: Page, server: int, seconds: float) -> Iterable[str]:
    page.locator("[data-source=camera]").click()
    page.wait_for_selector(".passing")
    page.wait_for_timeout(1000 * WARM)
    before = page.evaluate(PAINTED), _spent([server]), _spent(_below(os.getpid()))
    page.wait_for_timeout(1000 * seconds)
    after = page.evaluate(PAINTED), _spent([server]), _spent(_below(os.getpid()))
    rate, behind, left = page.evaluate(TOLD)
    updates, served, all_of_it = (late - early for late, early in zip(after, before, strict=True))
    each = 1000 / max(1, updates)
    return (
        f"{rate:>10}",
        f"{behind:>7}",
        f"{left:>14}",
        f"{each * served:15.1f}",
        f"{each * (all_of_it - served):8.1f}",
    )


def _below(process: int) -> list[int]:
    """A process's children, their children, and so on."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _fields(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    found = [process]
    for parent in found:
        found += [child for child, of in parents.items() if of == parent]
    return found[1:]


def _spent(processes: Iterable[int]) -> float:
    """Seconds of processor time."""
    return sum(int(fields[11]) + int(fields[12]) for each in processes if (fields := _fields(each))) / TICK


def _fields(process: int) -> list[str]:
    """What follows the name in ``/proc/PID/stat``; nothing where it has ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


if __name__ == "__main__":
    main()
