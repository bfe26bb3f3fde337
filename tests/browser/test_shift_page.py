"""The Shift lab as a page: its layers, its heat map, turns and scales, keys, links and narrow screens."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, WebSocket, expect

from app.pictures.colours import colours
from cnn_core.equivariance import Lab, flip_rows
from cnn_core.models import load_model
from tests.browser.conftest import LAPTOP, PHONE, OpenPage, wait_until
from tests.browser.seen import CANVAS, rgba
from tests.browser.test_playground import network_input
from tests.browser.test_shift import LAYERS, TABLE, drag, opened, row, settle
from tests.server import Server

OVERFLOWING = """() => {
  const all = [...document.querySelectorAll("main *")];
  const seen = all.filter((each) => each.getClientRects().length && !each.closest(".samples, svg, .sr-only"));
  const wide = seen.filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5);
  return wide.map((each) => `${each.localName}.${each.className} ${each.textContent.trim().slice(0, 40)}`);
}"""

LANDED = """(id) => {
  const lab = document.getElementById("lab"), inside = getComputedStyle(lab).overflowY !== "visible";
  const box = inside ? lab : document.documentElement;
  const kept = parseFloat(getComputedStyle(box).scrollPaddingTop) || 0;
  const above = kept + (inside ? lab.getBoundingClientRect().top : 0);
  const top = document.getElementById(id).getBoundingClientRect().top - above;
  const end = box.scrollTop + box.clientHeight >= box.scrollHeight - 1;
  return Math.abs(top) < 1 || (end && top > 0);
}"""


def shown(page: Page) -> list[tuple[str, int]]:
    """Layers and channels of the rows."""
    rows = page.locator(f"{TABLE} [data-node]")
    texts = rows.locator(".shift-channel span").all_inner_texts()
    names = [each.get_attribute("data-node") or "" for each in rows.all()]
    return [(name, int(text.split()[-1])) for name, text in zip(names, texts, strict=True)]


def test_a_page_begins_with_channels_that_show_something(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page)
    page.wait_for_url("**layers=*")
    model = load_model("tiny_vgg")
    baseline = Lab(model.graph, model.parameters).baseline(network_input(page, server)[np.newaxis])
    for node, channel in shown(page):
        maps = baseline.maps(node)
        spread = maps.std(axis=(1, 2)) / np.abs(maps).max(axis=(1, 2)).clip(1e-9)
        assert spread[channel] == spread.max(), node
        assert f"{node}:{channel}" in page.url.replace("%3A", ":")
    kept = shown(page)
    before = page.url
    page.locator("sample-grid button").nth(2).click()
    wait_until(page, "(before) => location.href !== before", before)
    page.wait_for_selector(f"{TABLE}[data-state=ready]")
    assert shown(page) == kept, "another photo is compared in the same channels"


def test_layers_are_added_exchanged_and_taken_away(open_page: OpenPage) -> None:
    page = opened(open_page, "layers=conv_1_1:3")
    page.get_by_role("button", name="Add a layer").click()
    expect(page.locator(f"{TABLE} [data-node]")).to_have_count(2)
    row(page, "relu_1_1").get_by_label("Layer", exact=True).select_option("max_pool_1")
    expect(row(page, "max_pool_1")).to_contain_text("values differ")
    page.wait_for_url(re.compile(r"layers=conv_1_1(:|%3A)3,max_pool_1(:|%3A)\d"))
    row(page, "conv_1_1").get_by_role("button", name="Remove this layer").click()
    expect(page.locator(f"{TABLE} [data-node]")).to_have_count(1)
    row(page, "max_pool_1").get_by_role("button", name="Remove this layer").click()
    expect(row(page, "max_pool_1")).to_be_visible()
    before = shown(page)[0][1]
    row(page, "max_pool_1").get_by_role("button", name="Next channel").click()
    number = row(page, "max_pool_1").locator(".shift-channel span")
    expect(number).to_have_text(f"channel {(before + 1) % 10}")


def test_the_heat_map_is_the_cores_and_arrow_keys_walk_on_it(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page)
    page.locator("#sweep").scroll_into_view_if_needed()
    expect(page.locator("shift-sweep")).to_have_attribute("data-rows", "17")
    page.wait_for_url("**image=*")
    model = load_model("tiny_vgg")
    x = network_input(page, server)[np.newaxis]
    wanted = np.stack([each.flips for each in flip_rows(model.graph, model.parameters, x, 8, "zeros")])
    places = "(all) => all.map((each) => [Number(each.getAttribute('cx')), Number(each.getAttribute('cy'))])"
    flips = page.locator("shift-sweep .flip").evaluate_all(places)
    assert sorted(flips) == sorted([int(x) - 8, int(y) - 8] for y, x in np.argwhere(wanted))
    heat = page.locator("shift-sweep svg")
    heat.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    settle(page, "2,-1")
    expect(heat).to_have_attribute("aria-label", re.compile(r"dx 2, dy −1: [a-z ]+, \d"))
    expect(page.locator("shift-sweep .here")).to_have_attribute("x", "1.5")
    for _ in range(9):
        page.keyboard.press("ArrowDown")
    settle(page, "2,8")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("0")
    settle(page, "0,0")
    texts = heat.locator("text").all_text_contents()
    assert texts.count("−8") == 2
    assert {"dx 0", "dy 0"} <= set(texts)


def test_a_click_on_a_square_of_the_heat_map_moves_the_photo_there(open_page: OpenPage) -> None:
    page = opened(open_page)
    heat = page.locator("shift-sweep svg")
    heat.scroll_into_view_if_needed()
    expect(page.locator("shift-sweep")).to_have_attribute("data-rows", "17")
    square = page.locator("shift-sweep svg g rect").nth(17 * 3 + 12)
    box = square.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settle(page, "4,-5")


def test_a_turn_is_in_the_link_and_its_maps_are_the_cores(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, f"{LAYERS}&angle=-45")
    page.locator("#warp").scroll_into_view_if_needed()
    page.wait_for_selector("shift-warp[data-warp='rotate,-45,1']")
    page.wait_for_url("**image=*angle=-45*")
    model = load_model("tiny_vgg")
    baseline = Lab(model.graph, model.parameters).baseline(network_input(page, server)[np.newaxis])
    turned = baseline.rotate(-45, ["conv_1_1", "max_pool_2"])
    still = np.abs(baseline.maps("max_pool_2")[3]).max()
    for place, (node, channel) in enumerate([("conv_1_1", 0), ("max_pool_2", 3)]):
        title = page.locator("shift-warp .shift-error b").nth(place).get_attribute("title") or ""
        assert float(title.split(" ")[0]) == pytest.approx(turned.layers[node].error, rel=1e-6)
        canvas = page.locator("shift-warp [data-map=first] .shift-canvas").nth(place)
        layer = turned.layers[node]
        pixels = rgba(canvas.evaluate(CANVAS))
        np.testing.assert_array_equal(pixels[..., 3] == 255, layer.kept)
        if node == "max_pool_2":
            line = np.append(np.clip(layer.first[channel], 0, still).ravel(), still)
            shown_colours = colours(line)[:-1].reshape(*layer.kept.shape, 3)
            np.testing.assert_array_equal(pixels[layer.kept][:, :3], shown_colours[layer.kept])
    page.locator("shift-warp [data-part=factor]").fill("1.5")
    page.wait_for_url("**factor=1.5*")
    assert "angle=" not in page.url


def test_while_a_photo_is_dragged_one_question_is_under_way(open_page: OpenPage) -> None:
    """A question is sent when the one before it has been answered; what is left behind is never asked."""
    events: list[tuple[str, int]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda text: events.append(("asked", json.loads(text)["seq"])))
        socket.on("framereceived", lambda frame: events.append(told(frame)))

    def told(frame: Any) -> tuple[str, int]:
        (length,) = struct.unpack_from("<I", frame)
        header = json.loads(frame[4 : 4 + length])
        return header["type"], header["seq"]

    page = opened(open_page)
    page.on("websocket", listen)
    page.reload()
    page.wait_for_selector(f"{TABLE}[data-state=ready]")
    # what the page asked for itself has been answered
    while not {("asked", 1), ("result", 1)} <= set(events):
        page.wait_for_timeout(20)
    del events[:]
    drag(page, 20, 10)
    settle(page, "20,10")
    asked = [seq for kind, seq in events if kind == "asked"]
    answered = [seq for kind, seq in events if kind == "result"]
    assert asked == answered
    waiting = 0
    for kind, _ in events:
        waiting += {"asked": 1, "result": -1}.get(kind, 0)
        assert waiting in (0, 1)


def test_what_the_answer_was_computed_from_is_said(open_page: OpenPage) -> None:
    page = opened(open_page, "dx=3&pooling=blur5")
    answer = page.locator(".shift-answer")
    expect(answer).to_contain_text("Net as trained; new pixels are 0.")
    page.locator("[data-border=reflect]").click()
    expect(answer).to_contain_text("Net as trained; it is mirrored.")
    changes = page.locator(".shift-changes")
    expect(changes).to_contain_text("Pooled in another way than in training: max_pool_1, max_pool_2.")
    expect(changes).to_contain_text("conv_1_1")


def test_a_network_without_maps_or_pooling_says_so(open_page: OpenPage) -> None:
    page = opened(open_page, "model=mlp&dx=3")
    expect(page.locator("shift-lead")).to_contain_text("no maps that could move along")
    expect(page.locator("shift-lead")).to_contain_text("The photo moved 3 px right")
    expect(page.locator("shift-variants")).to_contain_text("this network has none")
    expect(page.locator(".shift-poolings")).to_be_hidden()


def test_the_large_canvas_moves_by_fifty_and_has_no_answer(open_page: OpenPage) -> None:
    page = opened(open_page)
    page.locator("[data-place='50']").click()
    settle(page, "50,0")
    expect(page.locator("shift-lead")).to_contain_text("moved 50 px right. conv_1_2")
    expect(row(page, "conv_1_2").locator(".shift-error")).to_have_text("0✓ exact")
    expect(row(page, "conv_1_2")).to_contain_text("stride 1, 220×220")
    expect(page.locator(".shift-answer")).to_be_hidden()
    page.locator("#sweep").scroll_into_view_if_needed()
    expect(page.locator("shift-sweep")).to_contain_text("no answer that could flip")
    expect(page.locator("shift-sweep svg")).to_be_hidden()
    expect(page.locator("shift-sweep a").first).to_be_hidden()


@pytest.mark.parametrize("query", ["dx=3", "dx=-8&dy=3&model=resnet_blur", "dx=50&size=224"])
def test_nothing_sticks_out_of_a_phone(open_page: OpenPage, query: str) -> None:
    page = opened(open_page, query, viewport=PHONE, has_touch=True, is_mobile=True)
    page.wait_for_selector("filter-playground[data-state=ready]")
    assert page.evaluate(OVERFLOWING) == []
    lead, photo = page.locator("shift-lead").bounding_box(), page.locator(".shift-handle").bounding_box()
    assert lead
    assert photo
    assert lead["y"] < photo["y"]


@pytest.mark.parametrize(
    ("part", "viewport"), [("warp", LAPTOP), ("dense", LAPTOP), ("playground", LAPTOP), ("dense", PHONE)]
)
def test_a_link_to_a_lower_part_lands_on_it(open_page: OpenPage, part: str, viewport: Any) -> None:
    page = open_page(f"/shift#{part}", ready=False, viewport=viewport)
    page.wait_for_selector(f"{TABLE}[data-state=ready]")
    page.wait_for_selector("filter-playground[data-state=ready]")
    expect(page.locator("shift-sweep")).to_have_attribute("data-rows", re.compile(r"\d"))
    wait_until(page, LANDED, part)
    page.mouse.move(700 if viewport == LAPTOP else 200, 500)
    page.mouse.wheel(0, -200)
    wait_until(page, f"(id) => !({LANDED})(id)", part)


def test_what_is_out_of_view_is_up_to_date_once_the_photo_rests(open_page: OpenPage) -> None:
    page = opened(open_page, viewport={"width": 1440, "height": 640})
    drag(page, 3, -1)
    settle(page, "3,-1")
    assert page.locator("shift-sweep").evaluate(
        "(each) => each.getBoundingClientRect().top > innerHeight + 100"
    )
    expect(page.locator("shift-sweep .here")).to_have_attribute("x", "2.5")
