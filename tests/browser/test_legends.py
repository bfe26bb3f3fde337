"""The colours' legends are always there and always right, whatever has been switched."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.pictures.colours import colours
from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.test_pixels import numbers, trace_address
from tests.browser.test_view import view, wait_for_view
from tests.browser.test_zoo import choose
from tests.server import Server

LEGENDS = """
() => Object.fromEntries([...document.querySelectorAll('#network .strip-column')].map((column) => {
  const legend = column.querySelector('.strip-legend');
  const texts = [...legend.querySelectorAll('span')].map((span) => span.textContent);
  const away = column.classList.contains('away');
  return [column.dataset.node, { title: legend.title, texts, hidden: legend.hidden, away }];
}))
"""
NUMBER = r"[\u2212-]?\d+(?:\.\d+)?"


def said(text: str) -> list[float]:
    """The numbers in a text."""
    return [float(found.replace("\u2212", "-")) for found in re.findall(NUMBER, text)]


def check(page: Page, server: Server) -> None:
    """Every legend against the array that its colours stand for."""
    expect(page.locator(READY)).to_be_visible()
    page.wait_for_url("**model=*")
    now = view(page)
    address = trace_address(page, server)
    legends: dict[str, Any] = page.evaluate(LEGENDS)
    nodes = httpx.get(f"{server.address}/api/models/{now['model']}").json()["nodes"]
    assert set(legends) == {node["name"] for node in nodes}
    for node in nodes:
        legend = legends[node["name"]]
        chosen = node["name"] == now["layer"]
        values = numbers(address, node["name"])
        own = now.get("scale") == "map" and values.ndim == 3 and node["kind"] != "input"
        if legend["away"]:  # scrolled out of sight: it is drawn when it comes into view
            continue
        assert not legend["hidden"], f"{node['name']} has no legend"
        if own and not chosen:
            assert legend["texts"] in (["map"], ["per map"])
            continue
        coloured = values[int(now["channel"])] if own else values
        low, high = float(coloured.min()), float(coloured.max())
        smallest, largest = said(legend["title"].split("smallest")[1])
        assert (smallest, largest) == pytest.approx((low, high), abs=0.00051), node["name"]
        if chosen:
            ends = [said(legend["texts"][0])[0], said(legend["texts"][-1])[0]]
            most = max(abs(low), abs(high))
            first = -most if values.min() < 0 else 0
            assert ends == pytest.approx([first, most], abs=0.0051), node["name"]


def test_legends_follow_image_layer_channel_scale_and_theme(open_page: OpenPage, server: Server) -> None:
    page = open_page("/?layer=conv_1_2&channel=2")
    check(page, server)
    before = view(page)["image"]
    page.locator("sample-grid button").nth(3).click()
    wait_until(page, "(before) => !location.search.includes(before)", before)
    check(page, server)
    page.locator("#work").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    wait_for_view(page, layer="conv_2_1")
    check(page, server)
    page.get_by_role("button", name="Map", exact=True).click()
    wait_for_view(page, scale="map")
    check(page, server)
    page.keyboard.press("ArrowDown")
    wait_for_view(page, channel="3")
    check(page, server)
    page.keyboard.press("t")
    check(page, server)
    page.get_by_role("button", name="Layer", exact=True).first.click()
    wait_until(page, "() => !location.search.includes('scale=map')")
    check(page, server)


@pytest.mark.parametrize("layer", ["block_2_add", "flatten"])
def test_legends_follow_a_switch_to_another_architecture(
    open_page: OpenPage, server: Server, layer: str
) -> None:
    page = open_page("/?layer=conv_1_2&channel=2")
    check(page, server)
    choose(page, "resnet")
    check(page, server)
    page.locator(f'#network [data-head="{layer}"]').evaluate("head => head.click()")
    wait_for_view(page, layer=layer)
    check(page, server)
    assert page.locator(f'#network [data-node="{layer}"]:not(.away)').count() == 1
    choose(page, "tiny_vgg")
    check(page, server)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ramp", ['#network [data-node="conv_1_1"] .strip-ramp', ".histogram-ramp"])
def test_the_ramp_runs_through_the_colours_of_the_maps(open_page: OpenPage, theme: str, ramp: str) -> None:
    page = open_page("/?layer=conv_1_1", color_scheme=theme)
    page.locator(".inspector-histogram .marks").evaluate("caret => { caret.style.visibility = 'hidden'; }")
    picture = np.asarray(Image.open(io.BytesIO(page.locator(ramp).screenshot())).convert("RGB")).astype(int)
    shown = picture[len(picture) // 2]
    assert len(shown) > 100
    places = np.linspace(-1, 1, 2 * len(shown) + 1, dtype=np.float32)[1::2]
    expected = colours(places.reshape(1, 1, -1), grey=False)[0, 0].astype(int)
    if theme == "light":
        # the screenshot may begin a part of a pixel before or behind the ramp
        around = [np.abs(np.roll(shown, by, axis=0)[2:-2] - expected[2:-2]).max() for by in (-1, 0, 1)]
        assert min(around) <= 6
    else:
        assert np.abs(shown - expected).max() > 50, "the dark theme has colours of its own"
        assert np.all(shown[len(shown) // 2] < 48), "zero is as dark as the page"
