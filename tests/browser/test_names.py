"""Keys wherever the focus is, and names where the eye is, on one page."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import LAPTOP, OpenPage, wait_until
from tests.browser.looks import violations
from tests.browser.test_view import view, wait_for_view

ROWS = "(table) => [...table.querySelectorAll('button.row-line')].map((row) => row.firstChild.textContent)"
INSIDE = """(selector) => [...document.querySelectorAll(selector)].filter((cell) => {
  const name = cell.querySelector(".strip-name");
  const cut = name.scrollHeight > name.clientHeight + 1 || name.scrollWidth > name.clientWidth + 1;
  return cut || !name.checkVisibility();
}).map((cell) => cell.textContent)"""


def playing(page: Page) -> None:
    expect(page.get_by_role("button", name=re.compile("^pause", re.I))).to_be_visible()


def paused(page: Page) -> None:
    expect(page.get_by_role("button", name=re.compile("^play the", re.I))).to_be_visible()


def test_keys_work_wherever_the_focus_is_and_are_listed(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3")
    before = view(page)["image"]
    page.locator("sample-grid button").nth(1).click()
    wait_until(page, "(before) => !location.search.includes(before)", before)
    page.keyboard.press("ArrowRight")
    wait_for_view(page, layer="relu_2_1")
    page.get_by_role("button", name="Next channel").click()
    wait_for_view(page, channel="4")
    page.keyboard.press("Space")
    playing(page)
    page.keyboard.press("Space")
    paused(page)
    assert view(page)["channel"] == "4", "Space pressed the channel's arrow again"
    page.get_by_role("slider", name="Speed").focus()
    page.keyboard.press("Space")
    playing(page)
    page.get_by_role("button", name="Compare").focus()
    page.keyboard.press("t")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.keyboard.press("t")

    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    told = dict(
        zip(dialog.locator("dd").all_inner_texts(), dialog.locator("dt").all_inner_texts(), strict=True)
    )
    assert told["Layer before, after"].split() == ["←", "→"]
    assert told["Play the forward pass, or pause"] == "Space"
    assert {"Light or dark", "Find a layer by name", "This list"} < told.keys()
    assert violations(page, "dialog") == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.goto("/learn")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys").locator("dd")).to_have_text(
        ["This list", "Light or dark", "Full screen", "Larger, smaller: 125 and 150 %"]
    )


def test_classes_rows_and_colours_are_named_where_they_stand(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=13&x=13")
    names = page.locator("class-bars li span").all_inner_texts()
    assert len(names) == 10
    for width, height in [(1440, 900), (1280, 720)]:
        page.set_viewport_size({"width": width, "height": height})
        for layer in ("output", "softmax"):
            cells = page.locator(f"[data-node={layer}] .strip-cell .strip-name")
            assert cells.all_inner_texts() == names, (layer, width)
            wait_until(page, f"(cells) => ({INSIDE})(cells).length === 0", f"[data-node={layer}] .strip-cell")
    page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
    page.keyboard.press("End")
    wait_for_view(page, layer="softmax")
    expect(page.locator("[data-node=softmax] .strip-cell.large .strip-name")).to_have_text(names)
    page.locator("[data-head=conv_2_1]").click()

    legend = page.locator("[data-node=conv_2_1] .strip-range")
    expect(legend).to_have_text(re.compile("^blue .*0.*orange"))
    about = page.locator(".working-about")
    expect(about).to_have_text("Channels of max_pool_1, the largest first")
    page.get_by_role("button", name="Value", exact=True).click()
    page.keyboard.press(".")
    expect(about).to_have_text("Channels of max_pool_1, in order")
    rows = page.locator(".working-table").evaluate(ROWS)
    assert rows == [str(number) for number in range(10)]
    page.keyboard.press(".")
    wait_for_view(page, x="15")
    assert page.locator(".working-table").evaluate(ROWS) == rows, "rows jump while the window slides"
    page.get_by_role("button", name="Filters").click()
    expect(page.locator("[data-node=conv_2_1] .strip-head small")).to_have_text("3×3 of 10 inputs")
    page.get_by_role("button", name="Maps", exact=True).click()
    expect(page.locator("[data-node=conv_2_1] .strip-head small")).to_have_text("28 × 28 × 10")


def test_words_of_the_field_say_what_they_mean(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3")
    tip = page.get_by_role("tooltip")
    words = page.locator(".step-sentence .term")
    for word, says in {
        "10 filters": "Filter: ",
        "30×30×10 → 28×28×10": "Feature map: ",
        "910": "Weight sharing: these 910 numbers are the same at each of the 784 places",
        "10×10 px": "Receptive field: ",
    }.items():
        words.filter(has_text=re.compile(f"^{re.escape(word)}$")).hover()
        expect(tip).to_contain_text(says)
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    words.first.focus()
    expect(tip).to_contain_text("Filter: ")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert violations(page, ".step-sentence") == []
    assert "view=even" not in page.url
    page.goto("/shift")
    for word in ("equivariance", "invariance"):
        page.locator("dfn", has_text=re.compile(f"^{word}$")).hover()
        expect(tip).to_contain_text(word.capitalize() + ": ")
