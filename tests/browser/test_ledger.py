"""The ledger: what every layer costs, and what it would cost without shared weights."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.looks import looks, violations
from tests.server import Server


def opened(open_page: OpenPage, address: str = "/?layer=conv_1_2", **options: Any) -> tuple[Page, Locator]:
    page = open_page(address, **options)
    page.get_by_role("button", name="Ledger").click()
    ledger = page.get_by_role("dialog", name="Ledger")
    expect(ledger).to_be_visible()
    return page, ledger


def cells(row: Locator) -> list[str]:
    """Texts of a row with plain numbers; the small ratios beside them left out."""
    texts = row.locator("th, td").evaluate_all(
        "cells => cells.map((cell) => cell.querySelector('span')?.textContent ?? cell.textContent)"
    )
    return [re.sub(r"\s", "", text) for text in texts]


def test_every_row_is_what_the_server_says(open_page: OpenPage, server: Server) -> None:
    page, ledger = opened(open_page)
    model = server.get_json("/api/models/tiny_vgg")
    image = page.locator("sample-grid button[aria-pressed=true]").get_attribute("data-image")
    trace = server.get_json(f"/api/traces/tiny_vgg/{image}")
    rows = ledger.locator("tbody tr")
    assert rows.count() == len(model["nodes"])
    for index, (node, found) in enumerate(zip(model["nodes"], trace["nodes"], strict=True)):
        name, _, output, parameters, local, dense, macs, field, zeros = cells(rows.nth(index))
        other = node["alternatives"] or {"locally_connected": None, "dense": None}
        assert name == node["name"]
        *channels, size = [*node["output_shape"][1:], node["output_shape"][0]]
        assert output == "×".join(map(str, [*channels, size]))
        wanted = [node["parameter_count"], other["locally_connected"], other["dense"], node["macs"]]
        assert [parameters, local, dense, macs] == [str(each) if each else "·" for each in wanted]
        assert field == "×".join(map(str, node["receptive_field"]["size"]))
        assert float(zeros.removesuffix("%").strip("<>")) == pytest.approx(
            100 * found["zero_fraction"], abs=0.051
        )
    assert cells(ledger.locator("tfoot tr"))[3] == str(model["parameter_count"])


def test_weight_sharing_is_three_numbers(open_page: OpenPage) -> None:
    _, ledger = opened(open_page)
    assert cells(ledger.locator("tr[data-node=conv_1_2]"))[3:6] == ["910", "3276000", "1383876000"]


def test_a_row_selects_its_layer_and_the_calculator_follows(open_page: OpenPage) -> None:
    page, ledger = opened(open_page)
    form = ledger.locator("form")
    expect(form).to_contain_text(re.compile(r"62 × 62 × 10 × 36\s000 = 1\s383\s840\s000 weights"))
    ledger.get_by_role("button", name="conv_2_2").click()
    page.wait_for_url(re.compile("layer=conv_2_2"))
    expect(ledger.get_by_role("button", name="conv_2_2").first).to_have_attribute("aria-pressed", "true")
    expect(form).to_contain_text(re.compile(r"28 × 28 × 10 × 6\s760 = "))
    page.keyboard.press("Escape")
    expect(ledger).to_be_hidden()
    expect(page.locator("#inspector")).to_contain_text("conv_2_2")


def test_a_photograph_into_a_thousand_units(open_page: OpenPage) -> None:
    _, ledger = opened(open_page)
    ledger.get_by_role("button", name="256×256×3").click()
    form = ledger.locator("form")
    expect(form).to_contain_text(re.compile(r"256 × 256 × 3 × 1\s000 = 196\s608\s000 weights, 786 MB"))
    units = ledger.get_by_label("Units")
    units.fill("2")
    expect(form).to_contain_text(re.compile(r"256 × 256 × 3 × 2 = 393\s216 weights"))
    expect(ledger.get_by_role("button", name="256×256×3")).to_have_attribute("aria-pressed", "false")
    units.fill("0")
    expect(form.get_by_text("Every size is a whole number of at least 1.")).to_be_visible()
    expect(form.get_by_text("weights").filter(visible=True)).to_have_count(0)


def test_keys_and_the_names_under_the_maps_open_it(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_1_2")
    ledger = page.get_by_role("dialog", name="Ledger")
    page.keyboard.press("l")
    expect(ledger).to_be_visible()
    page.keyboard.press("Escape")
    expect(ledger).to_be_hidden()
    page.locator(".strip-labels").get_by_text("params").click()
    expect(ledger).to_be_visible()


def test_zeros_are_those_of_the_next_photo(open_page: OpenPage) -> None:
    page, ledger = opened(open_page)
    row = ledger.locator("tr[data-node=relu_1_2]")
    before = cells(row)[8]
    page.keyboard.press("Escape")
    page.locator("sample-grid button").nth(1).click()
    expect(page.locator("sample-grid button").nth(1)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    expect(row.locator("td").last).not_to_have_text(re.compile(before.replace("%", r"\s%")))


def test_it_is_accessible_and_fits(open_page: OpenPage) -> None:
    page, ledger = opened(open_page)
    for look in looks(page):
        assert violations(page) == [], look
        box = ledger.bounding_box()
        assert box is not None
        assert box["x"] >= 0, look
        assert box["x"] + box["width"] <= page.evaluate("innerWidth"), look
        assert ledger.evaluate("each => each.scrollWidth <= each.clientWidth"), look
