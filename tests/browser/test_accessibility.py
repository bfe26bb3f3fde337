"""No violation of axe-core's rules, in either theme, at any width."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import LAPTOP, PHONE, OpenPage

# axe would fetch the style sheets anew and put them into the page, which the page's security policy forbids
OPTIONS = {"preload": False}
CASES = [(theme, size) for theme in ("light", "dark") for size in ("laptop", "phone")]


@pytest.mark.parametrize(("theme", "size"), CASES)
@pytest.mark.parametrize("layer", ["conv_2_1", "output"])
def test_no_violations(open_page: OpenPage, theme: str, size: str, layer: str) -> None:
    viewport = PHONE if size == "phone" else LAPTOP
    page = open_page(f"/?layer={layer}", color_scheme=theme, viewport=viewport, reduced_motion="reduce")
    found: list[dict[str, Any]] = Axe().run(page, options=OPTIONS).response["violations"]
    assert [f"{each['id']}: {[node['html'][:120] for node in each['nodes']]}" for each in found] == []
