"""Pages that tests take in turn: a new window costs more than what most tests do in it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, CDPSession, Error, Page

__all__ = ["LOOK", "Pages"]

LOOK = {"viewport", "color_scheme", "reduced_motion"}
"""What a page can be given at any time; everything else is a matter of its browser profile."""
USES = 40
"""Tests after which a page is thrown away, with whatever the browser remembers of it."""


@dataclass
class _Kept:
    page: Page
    client: CDPSession
    uses: int = 0

    def dress(self, look: dict[str, Any]) -> None:
        self.page.set_viewport_size(look["viewport"])
        theme, motion = look["color_scheme"], look.get("reduced_motion", "no-preference")
        self.page.emulate_media(media="screen", color_scheme=theme, reduced_motion=motion)

    def clear(self) -> None:
        """Stop what runs and forget what was; only files of the server stay in the browser's cache."""
        for other in self.page.context.pages[1:]:
            other.close()
        self.page.unroute_all(behavior="ignoreErrors")
        origin = urlsplit(self.page.url)
        self.page.goto(f"{origin.scheme}://{origin.netloc}/healthz")  # a few bytes, and no script
        self.page.evaluate("localStorage.clear(), sessionStorage.clear()")
        self.page.context.clear_cookies()
        self.page.mouse.move(-1, -1)
        self.client.send("Page.resetNavigationHistory")
        self.uses += 1


class Pages:
    """Each has a browser profile of its own, and begins like a new one."""

    def __init__(self, browser: Browser, home: str, script: str) -> None:
        self._browser, self._home, self._script = browser, home, script
        self._idle: list[_Kept] = []
        self._taken: dict[Page, _Kept] = {}

    def take(self, look: dict[str, Any]) -> Page:
        """A page that nobody uses, of a size and theme."""
        kept = self._idle.pop() if self._idle else self._new()
        kept.dress(look)
        self._taken[kept.page] = kept
        return kept.page

    def give_back(self, page: Page) -> None:
        """Leave a page for whoever is next, unless it is worn out or cannot be cleared."""
        kept = self._taken.pop(page)
        with suppress(Error):
            kept.clear()
            if kept.uses < USES:
                self._idle.append(kept)
                return
        page.context.close()

    def _new(self) -> _Kept:
        context = self._browser.new_context(base_url=self._home)
        context.add_init_script(self._script)
        page = context.new_page()
        return _Kept(page, context.new_cdp_session(page))
