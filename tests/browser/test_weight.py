"""What a first visit costs, read off the answers a real browser got."""

from __future__ import annotations

import re

from playwright.sync_api import Response

from tests.browser.conftest import READY, OpenPage

PICTURE, REST, REQUESTS = 60_000, 70_000, 8
"""Compressed bytes of scripts and styles: to the first picture, with what is read beside it; and requests."""


def test_a_first_visit_of_explore_is_light(open_page: OpenPage) -> None:
    page = open_page("about:blank", ready=False)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto("/")
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    code = [each for each in answers if each.url.endswith((".js", ".css"))]
    assert {each.status for each in code} == {200}
    sizes = {each.url: each.request.sizes()["responseBodySize"] for each in code}
    named = re.findall(r'(?:src|href)="([^"]+\.(?:js|css))"(?! data-sheet)', answers[0].text())
    picture = [size for url, size in sizes.items() if url.endswith(tuple(named))]

    assert len(picture) == len(named) >= 4
    assert sum(picture) <= PICTURE, sizes
    assert sum(sizes.values()) <= REST, sizes
    assert len(sizes) <= REQUESTS, list(sizes)
