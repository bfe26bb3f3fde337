"""What the page says of the answer: in order, with its lead, and honest where it means little."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, OpenPage
from tests.server import Server


def wanted(trace: dict[str, Any]) -> str:
    """The sentence, from the server's numbers."""
    first, second, *_ = (entry["label"].replace("_", " ") for entry in trace["top"])
    points = min(99, round(trace["doubt"]["margin"] * 100))
    distance = "hardly" if points < 1 else f"{points} point{'' if points == 1 else 's'}"
    if trace["doubt"]["unsure"]:
        return f"Not sure: {first} is {distance} ahead of {second}. Perhaps nothing it knows."
    return f"{first}, {distance} ahead of {second}."


@pytest.mark.parametrize("title", ["Espresso", "Cat", "Astronaut", "Coins", "Bricks"])
def test_the_sentence_is_the_servers_numbers_in_words(
    open_page: OpenPage, server: Server, title: str
) -> None:
    image = next(each["id"] for each in server.get_json("/api/samples") if each["title"] == title)
    trace = server.get_json(f"/api/traces/tiny_vgg/{image}")
    page = open_page(f"/?image={image}")
    line = page.locator("class-bars .verdict")
    expect(line).to_have_text(wanted(trace))
    marked = line.evaluate("each => each.classList.contains('unsure')")
    assert marked == trace["doubt"]["unsure"]


def test_bars_come_in_order_with_their_numbers(open_page: OpenPage, server: Server) -> None:
    image = server.get_json("/api/samples")[1]["id"]
    top = server.get_json(f"/api/traces/tiny_vgg/{image}")["top"]
    page = open_page(f"/?image={image}")
    rows = page.locator("class-bars li")
    shown = [row.split("\n") for row in rows.all_inner_texts()]
    assert [name for name, _ in shown] == [entry["label"].replace("_", " ") for entry in top]
    for (_, text), entry in zip(shown, top, strict=True):
        assert float(text.removeprefix("<")) == pytest.approx(100 * entry["probability"], abs=0.1)


def in_view(page: Page, selector: str, below: float) -> bool:
    box = page.locator(selector).first.bounding_box()
    return box is not None and box["y"] >= 0 and box["y"] + box["height"] <= below


def test_a_phone_shows_photo_answer_and_the_beginning_of_the_layers_at_once(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE, reduced_motion="reduce")
    sheet = page.locator(".sheet-toggle").bounding_box()
    assert sheet is not None
    for selector in ("crop-box", "class-bars .verdict", "class-bars li:last-child", "sample-grid button"):
        assert in_view(page, selector, sheet["y"]), selector
    assert in_view(page, "#network [data-head]", sheet["y"])


@pytest.mark.parametrize("title", ["Espresso", "Astronaut"])
@pytest.mark.parametrize("viewport", [LAPTOP, {"width": 1280, "height": 720}], ids=["laptop", "small"])
def test_all_classes_are_in_view_beside_the_layers(
    open_page: OpenPage, server: Server, viewport: dict[str, int], title: str
) -> None:
    image = next(each["id"] for each in server.get_json("/api/samples") if each["title"] == title)
    page = open_page(f"/?image={image}", viewport=viewport)
    steps = page.locator(".steps").bounding_box()
    assert steps is not None
    assert in_view(page, "class-bars li:last-child", steps["y"])


def test_a_new_photo_brings_a_new_sentence(open_page: OpenPage) -> None:
    page = open_page()
    line = page.locator("class-bars .verdict")
    before = line.inner_text()
    page.locator("sample-grid button").nth(1).click()
    expect(line).not_to_have_text(before)
    expect(line).to_have_text(re.compile(r"ahead of"))
