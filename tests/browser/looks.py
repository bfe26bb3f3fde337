"""One page in every look it has: both themes, laptop and phone. It is opened once; only its look changes."""

from __future__ import annotations

from collections.abc import Iterator

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.browser.conftest import LAPTOP, PHONE, wait_until

# axe would fetch the style sheets anew and put them into the page, which the page's security policy forbids;
# and it would describe all that is in order, two megabytes for a page, which takes longer than to find it
OPTIONS = {"preload": False, "resultTypes": ["violations"]}
FOUND = """
async ([context, options]) => {
  const { violations } = await axe.run(context ?? document, options);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' ')}`);
}
"""
THEMES = ("light", "dark")
SIZES = {"laptop": LAPTOP, "phone": PHONE}
FITS = "() => document.documentElement.scrollWidth <= innerWidth"
"""What is drawn follows a new size some frames later."""
PAINTED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def looks(page: Page) -> Iterator[str]:
    """Give the page one look after the other, and the name of each."""
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)  # type: ignore[arg-type]
        for theme in THEMES:
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.evaluate(PAINTED)
            yield f"{size}, {theme}"


def violations(page: Page, context: str | None = None) -> list[str]:
    """What axe-core finds, in the whole page or in one part of it."""
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = page.evaluate(FOUND, [context, OPTIONS])
    return found


def seems_right(page: Page, context: str | None = None) -> None:
    """In every look axe-core finds nothing, and nothing has to be scrolled sideways."""
    for look in looks(page):
        found = violations(page, context)
        assert not found, (look, found)
        wait_until(page, FITS)
