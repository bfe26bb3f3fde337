"""What the Shift lab sets beside each other: variants, curves, turn and shift, a fully connected layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from app.pictures.colours import colours
from cnn_core.equivariance import BORDERS, POOLINGS, Lab, dense_contrast
from cnn_core.models import load_model
from tests.browser.conftest import OpenPage
from tests.browser.seen import CANVAS, rgba
from tests.browser.test_playground import network_input
from tests.browser.test_shift import LAYERS, TABLE, drag, opened, settle
from tests.server import Server

VARIANTS = """() => {
  const variants = document.querySelector("shift-variants");
  const told = (variants.told = []);
  const write = () => told.push([...variants.querySelectorAll(".stale b")].map((each) => each.textContent));
  new MutationObserver(write).observe(variants, { attributes: true, subtree: true, childList: true });
}"""
ON_ITS_WAY = """() => {
  const table = document.querySelector("shift-table");
  const told = (table.told = []);
  const write = () => told.push([
    table.dataset.place,
    table.querySelector("[data-part=caption]").textContent,
    table.classList.contains("stale"),
    table.querySelectorAll(".curve .exact").length,
  ]);
  new MutationObserver(write).observe(table, { attributes: true, attributeFilter: ["data-place"] });
}"""


@pytest.mark.parametrize("group", ["border", "pooling"])
def test_every_variant_has_its_error_beside_the_others(
    open_page: OpenPage, server: Server, group: Any
) -> None:
    page = opened(open_page, f"{LAYERS}&dx=3&dy=1&border=wrap")
    settle(page, "3,1")
    page.wait_for_url("**image=*")
    model, x = load_model("tiny_vgg"), network_input(page, server)[np.newaxis]
    names: dict[str, tuple[Any, ...]] = {"border": BORDERS, "pooling": POOLINGS[1:]}
    for name in names[group]:
        lab = Lab(model.graph, model.parameters, **{"border": "wrap", group: name})
        layer = lab.baseline(x).shift(3, 1, ["max_pool_2"]).layers["max_pool_2"]
        number = page.locator(f"shift-variants [data-{group}={name}] b").inner_text()
        assert layer.error is not None
        assert float(number) == pytest.approx(layer.error * 100, abs=0.51)
    expect(page.locator("shift-variants .stale")).to_have_count(0)
    page.evaluate(VARIANTS)
    page.locator("shift-controls [data-place='8']").click()
    settle(page, "8,0")
    expect(page.locator("shift-variants .stale")).to_have_count(0)
    told = page.evaluate("document.querySelector('shift-variants').told.flat()")
    assert set(told) == {"\N{EN DASH}"}, "a number of another place"


def test_while_the_photo_moves_down_the_curves_say_whose_they_are(open_page: OpenPage) -> None:
    page = opened(open_page, LAYERS)
    caption = page.locator(f"{TABLE} [data-part=caption]")
    expect(caption).to_have_text("from −16 to 16 px, at dy = 0")
    page.evaluate(ON_ITS_WAY)
    drag(page, 3, 5)
    settle(page, "3,5")
    expect(caption).to_have_text("from −16 to 16 px, at dy = 5")
    expect(page.locator(f"{TABLE}.stale")).to_have_count(0)
    told = page.evaluate("document.querySelector('shift-table').told")
    assert told, "the photo was seen on its way"
    for place, text, stale, dots in told:
        assert text.endswith(f"dy = {0 if stale else place.split(',')[1]}")
        assert dots > 0, "curves do not vanish on the way"


def test_a_fully_connected_layer_stands_beside(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, f"{LAYERS}&dx=4")
    page.locator("#dense").scroll_into_view_if_needed()
    page.wait_for_selector("shift-dense[data-place='4,0']")
    page.wait_for_url("**image=*")
    model, x = load_model("mlp"), network_input(page, server)[np.newaxis]
    told = dense_contrast(model.graph, model.parameters, x, x, 4, 0, "zeros")
    assert told.change is not None
    error = page.locator("shift-dense [data-part=error]").inner_text()
    assert float(error.split("\u202f")[0]) == pytest.approx(told.change * 100, abs=0.051)
    differ = int((told.moved != told.rest).sum())
    expect(page.locator("shift-dense [data-part=count]")).to_have_text(f"{differ} of 104 values differ")
    most = float(np.abs(told.rest).max())
    for name, values in (("first", told.moved), ("after", told.rest)):
        canvas = page.locator(f"shift-dense [data-map={name}] .shift-canvas")
        shown_colours = rgba(canvas.evaluate(CANVAS)).reshape(-1, 4)[:, :3]
        wanted = colours(np.append(np.clip(values, -most, most), [most, -most]))[:-2]
        np.testing.assert_array_equal(shown_colours, wanted)
    bars = page.locator("shift-dense .shift-bars li")
    expect(bars.last).to_contain_text("conv_1_1, this shift, against its map moved along")
    expect(bars.last.locator("b")).to_have_text("0\u202f%")


def test_a_turn_stands_beside_the_shift(open_page: OpenPage) -> None:
    page = opened(open_page, f"{LAYERS}&dx=4")
    page.locator("#warp").scroll_into_view_if_needed()
    page.wait_for_selector("shift-warp[data-warp='rotate,30,1']")
    bars = page.locator("shift-warp .shift-bars li")
    shown_bars = [text.split("\n") for text in bars.all_inner_texts()]
    assert [name for name, _ in shown_bars] == [
        f"{node}, {how}" for node in ("conv_1_1", "max_pool_2") for how in ("turned", "shifted")
    ]
    turned = [float(number.split("\u202f")[0]) for _, number in shown_bars]
    assert turned[0] > 1
    assert turned[2] > 1
    assert turned[1::2] == [0, 0]
    page.locator("shift-controls [data-place='0']").click()
    expect(bars.nth(1)).to_contain_text("at rest")
