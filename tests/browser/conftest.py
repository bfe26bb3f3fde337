"""A real server, a real browser, and pages that may not complain about anything."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Request, expect

from app.config import Settings
from tests.api.graphs import every_kind, install
from tests.api.live import Live, served
from tests.browser.large import large
from tests.browser.pages import LOOK, Pages
from tests.server import Server, running_server

READY = "#network[data-state=ready]"
PHONE = {"width": 390, "height": 844}
LAPTOP = {"width": 1440, "height": 900}
PATIENCE = 60_000
"""Milliseconds a page may take for anything on a busy machine; a page that is in order needs far less."""
expect.set_options(timeout=PATIENCE)
VISITED = "if (location.origin !== 'null') localStorage['convscope.visited'] = '1';"
"""Nobody is invited who has been here."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything beside this file drives a browser: ``-m "not browser"`` leaves it out."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Complaints:
    """What pages complained of; ``allow`` names, as patterns, what a test provokes."""

    home: str
    heard: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def allow(self, pattern: str) -> None:
        """A complaint that matches is part of the test."""
        self.allowed.append(pattern)

    def listen(self, page: Page) -> None:
        """Write down console errors, exceptions, failed requests and requests to any other host."""
        page.on("console", self._console)
        page.on("pageerror", self._thrown)
        page.on("requestfailed", self._failed)
        page.on("request", self._foreign)

    def leave(self, page: Page) -> None:
        """Do not care any more."""
        page.remove_listener("console", self._console)
        page.remove_listener("pageerror", self._thrown)
        page.remove_listener("requestfailed", self._failed)
        page.remove_listener("request", self._foreign)

    def _thrown(self, error: Error) -> None:
        self.heard.append(f"exception: {error}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.heard.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _failed(self, request: Request) -> None:
        # the page itself gives up on answers it no longer wants
        if request.failure != "net::ERR_ABORTED":
            self.heard.append(f"request failed: {request.url}: {request.failure}")

    def _foreign(self, request: Request) -> None:
        if not request.url.startswith((self.home, "blob:", "data:")):
            self.heard.append(f"request to another host: {request.url}")

    def unexpected(self) -> list[str]:
        """What nobody allowed."""
        return [heard for heard in self.heard if not any(re.search(each, heard) for each in self.allowed)]


OpenPage = Callable[..., Page]


def wait_until(page: Page, function: str, argument: Any = None) -> None:
    """Until a function of the page gives something true.

    Playwright's own ``wait_for_function`` evaluates strings in the page, which its security policy forbids.
    """
    deadline = time.monotonic() + PATIENCE / 1000
    while not page.evaluate(function, argument):
        assert time.monotonic() < deadline, f"waited in vain for {function} of {argument!r}"
        page.wait_for_timeout(30)


@pytest.fixture(scope="session")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where that server keeps what it makes."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def server(data_folder: Path) -> Iterator[Server]:
    with running_server(environment={"CONVSCOPE_DATA_FOLDER": str(data_folder)}) as running:
        yield running


@pytest.fixture
def complaints(server: Server) -> Iterator[Complaints]:
    listener = Complaints(server.address)
    yield listener
    if unexpected := listener.unexpected():
        pytest.fail("the page complained:\n" + "\n".join(unexpected), pytrace=False)


@pytest.fixture(scope="session")
def pages(browser: Browser, server: Server) -> Pages:
    """Those that no test uses now."""
    return Pages(browser, server.address, VISITED)


@pytest.fixture
def open_page(browser: Browser, server: Server, pages: Pages, complaints: Complaints) -> Iterator[OpenPage]:
    """Open an address of the server in a cleared browser profile and wait until every layer is painted.

    In a fresh one on the first visit, and where an option cannot be had otherwise.
    """
    taken, contexts = [], []

    def fresh(first_visit: bool, options: dict[str, Any]) -> Page:
        context = browser.new_context(base_url=server.address, **options)
        contexts.append(context)
        if not first_visit:
            context.add_init_script(VISITED)
        return context.new_page()

    def open_at(address: str = "/", *, ready: bool = True, first_visit: bool = False, **options: Any) -> Page:
        options = {"viewport": LAPTOP, "color_scheme": "light", **options}
        if first_visit or options.keys() - LOOK:
            page = fresh(first_visit, options)
        else:
            page = pages.take(options)
            taken.append(page)
        page.context.set_default_timeout(PATIENCE)
        complaints.listen(page)
        page.goto(address)
        if ready:
            page.wait_for_selector(READY)
        return page

    yield open_at
    for page in taken:
        complaints.leave(page)
        pages.give_back(page)
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def lab() -> Iterator[Live]:
    """A server with a network of every kind of layer, and with one that fits no screen."""
    with served(Settings(), install(large(), every_kind())) as live:
        yield live


@pytest.fixture
def open_large(lab: Live, complaints: Complaints, open_page: OpenPage) -> OpenPage:
    """Open an address of that server, which outlives the pages."""
    complaints.home = str(lab.client.base_url).rstrip("/")

    def open_at(address: str, **options: Any) -> Page:
        return open_page(complaints.home + address, **options)

    return open_at
