"""No violation of axe-core's rules, in either theme, at any width."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import LAPTOP, PHONE, OpenPage

# axe would fetch the style sheets anew and put them into the page, which the page's security policy forbids
OPTIONS = {"preload": False}
CASES = [(theme, size) for theme in ("light", "dark") for size in ("laptop", "phone")]


@pytest.mark.parametrize(("theme", "size"), CASES)
@pytest.mark.parametrize("layer", ["conv_2_1", "output"])
def test_no_violations(open_page: OpenPage, theme: str, size: str, layer: str) -> None:
    viewport = PHONE if size == "phone" else LAPTOP
    page = open_page(f"/?layer={layer}", color_scheme=theme, viewport=viewport, reduced_motion="reduce")
    assert violations(page) == []


@pytest.mark.parametrize(("theme", "size"), CASES)
@pytest.mark.parametrize(
    "address", ["/learn", "/learn#questions", "/learn#teach", "/?layer=conv_1_1#lesson=value.3"]
)
def test_no_violations_in_the_course(open_page: OpenPage, theme: str, size: str, address: str) -> None:
    viewport = PHONE if size == "phone" else LAPTOP
    page = open_page(address, ready=False, color_scheme=theme, viewport=viewport, reduced_motion="reduce")
    page.wait_for_selector("learn-page[data-state=ready], .lesson-option")
    assert violations(page) == []


def violations(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found]
