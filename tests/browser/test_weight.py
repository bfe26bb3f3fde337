"""What a first visit costs, read off the answers a real browser got."""

from __future__ import annotations

from typing import Any

from tests.browser.conftest import READY, OpenPage

BYTES, REQUESTS = 60_000, 8


def test_a_first_visit_of_explore_is_light(open_page: OpenPage) -> None:
    """Scripts and style sheets until the page is at rest, compressed as they came."""
    page = open_page("about:blank", ready=False)
    answers: list[Any] = []
    page.on("response", answers.append)
    page.goto("/")
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    code = [each for each in answers if each.url.endswith((".js", ".css"))]
    assert {each.status for each in code} == {200}
    assert {each.headers["content-encoding"] for each in code} == {"br"}
    sizes = {each.url: each.request.sizes()["responseBodySize"] for each in code}

    assert sum(sizes.values()) <= BYTES, sizes
    assert len(sizes) <= REQUESTS, list(sizes)
