"""What the page says of the answer: in order, with its lead, and honest where it means little."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, PHONE, OpenPage
from tests.server import Server


def wanted(trace: dict[str, Any]) -> str:
    """The sentence of the network's own answer, from the server's numbers."""
    first, second, *_ = (entry["label"].replace("_", " ") for entry in trace["top"])
    points = min(99, round(trace["doubt"]["margin"] * 100))
    distance = "hardly" if points < 1 else f"{points} point{'' if points == 1 else 's'}"
    if trace["doubt"]["unsure"]:
        return f"Not sure: {first} is {distance} ahead of {second}. Perhaps nothing it knows."
    return f"{first}, {distance} ahead of {second}."


def seen(doubt: dict[str, Any]) -> str:
    """What the other network sees, as it stands in the sentence of both."""
    opinion = doubt["opinion"]
    name = opinion["label"]
    thing = f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
    return f"EfficientNet-Lite0 sees {thing}, {int(100 * opinion['probability'])}\u202f%"


@pytest.mark.parametrize("title", ["Cat", "Coins"])
def test_the_sentence_is_the_servers_numbers_in_words(
    open_page: OpenPage, server: Server, title: str
) -> None:
    image = next(each["id"] for each in server.get_json("/api/samples") if each["title"] == title)
    trace = server.get_json(f"/api/traces/lenet5/{image}")
    page = open_page(f"/?model=lenet5&image={image}")
    line = page.locator("class-bars .verdict")
    expect(line).to_have_text(wanted(trace))
    marked = line.evaluate("each => each.classList.contains('unsure')")
    assert marked == trace["doubt"]["unsure"]
    expect(page.locator("class-bars .knows")).to_contain_text("Knows 10 things: 0, 1, 2")


def test_a_stranger_is_doubted_by_another_network_and_one_click_opens_that(
    open_page: OpenPage, server: Server
) -> None:
    samples = {each["title"]: each["id"] for each in server.get_json("/api/samples")}
    doubts = {
        name: server.get_json(f"/api/traces/tiny_vgg/{samples[name]}/doubt") for name in ("Cat", "Espresso")
    }
    assert [doubts[name]["unsure"] for name in doubts] == [True, False]
    page = open_page(f"/?image={samples['Espresso']}")
    line = page.locator("class-bars .verdict")
    expect(line).to_contain_text("EfficientNet-Lite0 agrees")
    page.locator(f'sample-grid [data-image="{samples["Cat"]}"]').click()
    expect(line).to_contain_text(f"{seen(doubts['Cat'])}, which Tiny VGG does not know.")
    assert line.evaluate("each => each.classList.contains('unsure')")
    line.get_by_role("button", name="EfficientNet-Lite0").click()
    expect(page.locator("model-picker [data-part=title]")).to_have_text("EfficientNet-Lite0")
    expect(page.locator("class-bars .best")).to_contain_text(doubts["Cat"]["opinion"]["label"])
    assert f"image={samples['Cat']}" in page.url
    expect(page.locator("class-bars .knows")).to_contain_text("things, from tench to")


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


@pytest.mark.parametrize("title", ["Espresso", "Astronaut", "Cat"])
@pytest.mark.parametrize("viewport", [LAPTOP, {"width": 1280, "height": 720}], ids=["laptop", "small"])
def test_all_classes_are_in_view_beside_the_layers(
    open_page: OpenPage, server: Server, viewport: dict[str, int], title: str
) -> None:
    image = next(each["id"] for each in server.get_json("/api/samples") if each["title"] == title)
    page = open_page(f"/?image={image}", viewport=viewport)
    expect(page.locator("class-bars .verdict .link")).to_be_visible()  # what is said at last, and at most
    steps = page.locator(".steps").bounding_box()
    assert steps is not None
    assert in_view(page, "class-bars li:last-child", steps["y"])


def test_a_new_photo_brings_a_new_sentence(open_page: OpenPage) -> None:
    page = open_page()
    line = page.locator("class-bars .verdict")
    before = line.inner_text()
    page.locator("sample-grid button").nth(1).click()
    expect(line).not_to_have_text(before)
    expect(line).to_have_text(re.compile(r"ahead of|EfficientNet-Lite0"))
