"""No violation of axe-core's rules, in either theme, at any width."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenPage
from tests.browser.looks import seems_right


@pytest.mark.parametrize("layer", ["conv_2_1", "output"])
def test_no_violations(open_page: OpenPage, layer: str) -> None:
    seems_right(open_page(f"/?layer={layer}"))


@pytest.mark.parametrize(
    "address", ["/learn", "/learn#questions", "/learn#teach", "/?layer=conv_1_1#lesson=value.3"]
)
def test_no_violations_in_the_course(open_page: OpenPage, address: str) -> None:
    page = open_page(address, ready=False)
    page.wait_for_selector("learn-page[data-state=ready], .lesson-option")
    seems_right(page)
