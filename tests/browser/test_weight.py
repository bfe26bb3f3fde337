"""What a first visit costs, read off the answers a real browser got."""

from __future__ import annotations

import re
from html import unescape

import httpx
from playwright.sync_api import Response

from tests.browser.conftest import READY, OpenPage
from tests.server import Server

PICTURE, REST, REQUESTS = 60_000, 80_000, 24
"""Compressed bytes of scripts and styles: to the first picture, with what is read beside it; and requests."""


def test_a_first_visit_of_explore_is_light(open_page: OpenPage) -> None:
    # what the film of a first visit fetches on its way depends on how far it has come
    page = open_page("about:blank", ready=False, first_visit=True, reduced_motion="reduce")
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


def test_what_the_page_asks_for_first_is_asked_for_beside_its_code_and_once(
    open_page: OpenPage, server: Server
) -> None:
    for _ in range(100):  # until the server is warm
        text = httpx.get(f"{server.address}/").text
        first = [
            unescape(each) for each in re.findall(r'<link rel="preload" as="fetch" href="([^"]+)"', text)
        ]
        if len(first) == 4:
            break
    assert [each.split("?")[0].split("/")[2] for each in first] == ["models", "samples", "models", "traces"]
    page = open_page("about:blank", ready=False, first_visit=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(server.address)))
    page.goto("/")
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    assert [asked.count(each) for each in first] == [1, 1, 1, 1]
    code = [number for number, each in enumerate(asked) if each.endswith(".js")]
    assert asked.index(first[-1]) < max(code), "the trace waited for the page's code"
    assert not any("/frames" in each for each in asked if each not in first)
    other = httpx.get(f"{server.address}/?model=resnet").text
    assert 'href="/api/samples"' in other
    assert "/frames" not in other
