"""The zoo on the page: comparing and choosing models, their cards, and digits drawn for LeNet-5."""

from __future__ import annotations

import re
import time

import numpy as np
from playwright.sync_api import Page, expect

from cnn_core.models.base import card_of, find_architecture, model_names
from tests.browser.conftest import LAPTOP, PATIENCE, PHONE, READY, OpenPage, wait_until
from tests.browser.test_arithmetic import get, layer_values, sample_for
from tests.browser.test_view import view, wait_for_view
from tests.server import Server

SEEN = """
() => {
  const canvas = document.querySelector('draw-pad [data-part=seen]');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [...data].filter((_, at) => at % 4 === 0);
}
"""
ANSWERED = "() => document.querySelector('draw-pad [data-part=answer]').textContent.includes(',')"


def open_models(page: Page) -> None:
    page.locator("model-picker > button").click()
    expect(page.locator(".model-table tbody tr")).to_have_count(len(model_names()))


def choose(page: Page, model: str) -> None:
    """Use another model and wait for its result."""
    open_models(page)
    page.locator(f"tr[data-model={model}] .use button").click()
    wait_for_view(page, model=model)
    page.wait_for_selector(READY)


def draw_seven(page: Page) -> None:
    """A seven, by pointer."""
    box = page.locator("draw-pad [data-part=paper]").bounding_box()
    assert box
    path = [(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)]
    page.mouse.move(box["x"] + path[0][0] * box["width"], box["y"] + path[0][1] * box["height"])
    page.mouse.down()
    for across, down in path[1:]:
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=6)
    page.mouse.up()


def test_the_comparison_says_what_the_cards_say(open_page: OpenPage) -> None:
    page = open_page()
    open_models(page)
    for name in model_names():
        made, card = find_architecture(name), card_of(name)
        row = page.locator(f"tr[data-model={name}]")
        expect(row.locator("th b")).to_have_text(made.title)
        expect(row.locator("th span")).to_have_text(made.shows)
        for column, count in ((2, card.parameters), (3, card.macs)):
            title = row.locator("td").nth(column).get_attribute("title") or ""
            assert int(re.sub(r"\D", "", title)) == count
        top1 = f"{100 * card.validation.top1:.1f}\u202f%" if card.validation else "\u2013"
        expect(row.locator("td").first).to_have_text(top1)


def test_reading_a_card_loads_nothing_and_tells_how_to_make_it_again(open_page: OpenPage) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_models(page)
    page.locator("tr[data-model=resnet_random] th button").click()
    card = page.locator(".model-card")
    expect(card.locator("h3")).to_have_text("ResNet, untrained")
    expect(card).to_contain_text("Untrained: chance.")
    page.locator("tr[data-model=tiny_vgg] th button").click()
    expect(card.locator("code")).to_have_text(card_of("tiny_vgg").command)
    assert not [address for address in asked if "/api/models/resnet_random" in address]
    card.get_by_role("button", name="Copy the command").click()
    expect(card.locator(".model-command button")).to_have_text("Copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == card_of("tiny_vgg").command


def test_choosing_a_model_keeps_the_photo_and_changes_the_link(open_page: OpenPage) -> None:
    page = open_page()
    button = page.locator("sample-grid button").nth(1)
    button.click()
    chosen = button.get_attribute("data-image") or ""
    wait_for_view(page, image=chosen)
    choose(page, "vgg")
    assert view(page)["image"] == chosen
    expect(page.locator("class-bars li")).to_have_count(10)


def test_points_of_the_plot_are_reached_by_keys(open_page: OpenPage) -> None:
    page = open_page()
    open_models(page)
    measured = [name for name in model_names() if card_of(name).validation]
    assert page.locator(".model-plot .point").count() == len(measured)
    page.locator(".model-plot [data-point=resnet_random]").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".model-card h3")).to_have_text("ResNet, untrained")
    expect(page.locator(".model-plot [data-point=resnet_random]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".model-table")).to_be_hidden()


def test_on_a_phone_the_comparison_is_a_list_that_fits(open_page: OpenPage) -> None:
    page = open_page(viewport=PHONE)
    open_models(page)
    expect(page.locator(".model-plot")).to_be_hidden()
    dialog = page.locator("model-picker dialog")
    assert dialog.evaluate("(each) => each.scrollWidth <= each.clientWidth")
    page.set_viewport_size(LAPTOP)
    expect(page.locator(".model-plot")).to_be_visible()


def test_lenet_opens_with_a_digit_and_the_photo_comes_back(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?model=lenet5")
    digit = sample_for(server, get(server, "/api/models/lenet5"))
    wait_for_view(page, image=digit)
    expect(page.locator("sample-grid button")).to_have_count(10)
    expect(page.locator("[data-part=digits]")).to_be_visible()
    choose(page, "tiny_vgg")
    first = view(page)["image"]
    assert first != digit
    page.locator("sample-grid button").nth(2).click()
    wait_until(page, "(first) => !location.search.includes(first)", first)
    photo = view(page)["image"]
    choose(page, "lenet5")
    wait_for_view(page, image=digit)
    choose(page, "tiny_vgg")
    wait_for_view(page, image=photo)


def test_a_drawn_digit_is_seen_pixel_by_pixel_as_previewed(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?model=lenet5")
    wait_until(page, "() => location.search.includes('image=')")
    before = view(page)["image"]
    page.get_by_role("button", name="Draw").click()
    expect(page.locator("#draw-title")).to_have_text("Draw a digit")
    draw_seven(page)
    wait_until(page, ANSWERED)
    wait_until(page, "(before) => !location.search.includes(before)", before)
    deadline = time.monotonic() + PATIENCE / 1000
    while True:  # the last of the drawings on their way is the one that stays
        seen = np.array(page.evaluate(SEEN)).reshape(28, 28)
        drawn = layer_values(server, "lenet5", view(page)["image"], "input")[0]
        if np.array_equal(np.round(255 * drawn).astype(int), seen):
            break
        assert time.monotonic() < deadline, "the network got other pixels than the pad showed"
        page.wait_for_timeout(100)
    pad = page.locator("draw-pad")
    pad.get_by_role("button", name="Undo").click()
    wait_until(page, f"() => Math.max(...({SEEN})()) === 0")
    pad.get_by_role("button", name="Done").click()
    page.go_back()
    wait_for_view(page, image=before)
