"""What is drawn over photo and curves of the Shift lab, as pixels."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage
from tests.browser.test_shift import LAYERS, ROWS, drag, error_of, opened, row, settle

COLOUR = """(name) => {
  const probe = document.body.appendChild(document.createElement("i"));
  probe.style.color = `var(--${name})`;
  const context = document.createElement("canvas").getContext("2d");
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data];
}"""

MARKS_AT = """(places) => {
  const marks = document.querySelector(".shift-handle .marks"), zoom = marks.width / 64;
  const { data } = marks.getContext("2d").getImageData(0, 0, marks.width, marks.height);
  const at = ([x, y]) => 4 * (Math.floor(y * zoom) * marks.width + Math.floor(x * zoom));
  return places.map((place) => [...data.slice(at(place), at(place) + 4)]);
}"""

# Inside the dots, beside the line through their middles.
CROSSINGS = """() => {
  const marks = document.querySelector(".shift-cursor .marks"), box = marks.getBoundingClientRect();
  const zoom = marks.width / box.width, column = Math.floor(4.5 * zoom);
  const { data } = marks.getContext("2d").getImageData(column, 0, 1, marks.height);
  return [...document.querySelectorAll("[data-node] [data-chart] svg")].map((chart) => {
    const { left, top } = chart.getBoundingClientRect(), x = box.left + box.width / 2 - left;
    const path = chart.querySelector(".curve .line").getAttribute("d").split(/[ML]/).slice(1);
    const places = path.map((each) => each.split(" ").map(Number));
    const distance = (each) => Math.abs(each[0] - x);
    const [, y] = places.reduce((best, each) => (distance(each) < distance(best) ? each : best));
    const at = 4 * Math.floor((top + y - box.top) * zoom);
    return [...data.slice(at, at + 4)];
  });
}"""


def test_a_way_leads_to_where_the_middle_of_the_photo_is(open_page: OpenPage) -> None:
    page = opened(open_page, LAYERS)
    drag(page, 3, -1)
    settle(page, "3,-1")
    accent, ink = (page.evaluate(COLOUR, name) for name in ("accent", "ink"))
    now, before, elsewhere = page.evaluate(MARKS_AT, [[35, 31], [32, 32], [40, 40]])
    assert (now, before, elsewhere) == (accent, ink, [0, 0, 0, 0])


def test_dots_mark_where_the_line_crosses_the_curves(open_page: OpenPage) -> None:
    page = opened(open_page, f"{LAYERS}&dx=3")
    settle(page, "3,0")
    accent, ink = (page.evaluate(COLOUR, name) for name in ("accent", "ink"))
    assert page.evaluate(CROSSINGS) == [accent if error_of(page, node) == 0 else ink for node in ROWS]


def test_a_difference_that_is_zero_says_so_and_only_then(open_page: OpenPage) -> None:
    page = opened(open_page, f"{LAYERS}&dx=2")
    for dx, zero in ((2, "1"), (3, "0"), (4, "1")):
        page.locator("[data-part=dx]").fill(str(dx))
        settle(page, f"{dx},0")
        difference = row(page, "max_pool_1").locator("[data-map=difference]")
        expect(difference.locator(".shift-zero")).to_have_css("opacity", zero)
        said = difference.get_by_role("img").get_attribute("aria-label") or ""
        assert said.endswith(": all zero") == (zero == "1")
