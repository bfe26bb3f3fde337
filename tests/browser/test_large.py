"""A network too large to be had at once: what is in view is fetched, exact, and nothing else."""

from __future__ import annotations

import random
import re
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.api.live import Live
from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.large import CHANNELS
from tests.browser.printed import CHECKS, check_change, number
from tests.browser.seen import PICTURE, seen_maps
from tests.browser.test_arithmetic import look_at
from tests.browser.test_pixels import numbers
from tests.browser.test_view import wait_for_view

IN_VIEW = """
(margin) => {
  const stage = document.querySelector('.strip-stage').getBoundingClientRect();
  return [...document.querySelectorAll('#network .strip-column')].filter((column) => {
    const { left, right } = column.getBoundingClientRect();
    // One that was never near has no place yet.
    if (!column.style.left || (!margin && column.classList.contains('away'))) return false;
    return right > stage.left - margin && left < stage.right + margin;
  }).map((column) => column.dataset.node);
}
"""
"""Names of the layers whose columns are in view, or this many pixels from it."""


class Fetched:
    """What the page has fetched of a trace from now on, by layer: which maps, or the numbers of all."""

    def __init__(self, page: Page) -> None:
        self.maps: dict[str, list[str]] = {}
        self.statistics: set[str] = set()
        self.streams: list[str] = []
        page.on("requestfinished", self._hear)

    def _hear(self, request: Request) -> None:
        found = re.search(r"/api/traces/[^/]+/\w+/(nodes|channels|frames)/?([^?]*)\??(.*)", request.url)
        if not found:
            return
        what, node, query = found[1], unquote(found[2]), unquote(found[3])
        if what == "frames":
            self.streams.append(request.url)
        elif what == "channels":
            self.statistics.add(node)
        else:
            asked = re.search(r"channels=([\d,-]+)", query)
            self.maps.setdefault(node, []).extend(asked[1].split(",") if asked else ["all"])

    @property
    def layers(self) -> set[str]:
        """All layers of which anything was fetched."""
        return self.statistics | set(self.maps)


def lab_numbers(page: Page, lab: Live, node: str, **query: str) -> np.ndarray[Any, Any]:
    page.wait_for_url("**image=*")
    found = re.search(r"image=(\w+)", page.url)
    assert found
    return numbers(f"{str(lab.client.base_url).rstrip('/')}/api/traces/large/{found[1]}", node, **query)


def shown_channels(page: Page, node: str = "wide") -> list[int]:
    """Channels in the order in which the sheet has them, those in view alone."""
    cells = page.locator(f'#network [data-node="{node}"] [data-cell]')
    return [int(cell) for cell in cells.evaluate_all("cells => cells.map((cell) => cell.dataset.cell)")]


def all_painted(page: Page, node: str) -> None:
    """Wait until no map of a layer is empty any more."""
    there = f"(node) => ({PICTURE})(node).every(({{ data }}) => data[3] === 255)"
    wait_until(page, there, node)


def test_of_layers_out_of_view_nothing_is_fetched_until_scrolling_brings_them(
    open_large: OpenPage, lab: Live
) -> None:
    page = open_large("/", ready=False)
    page.wait_for_selector(READY)
    # what the page before still waited for is not this one's
    page.goto("about:blank")
    fetched = Fetched(page)
    page.goto(f"{lab.client.base_url}?model=large&layer=stem")
    page.wait_for_selector(READY)
    stage = page.evaluate("() => document.querySelector('.strip-stage').clientWidth")
    near = set(page.evaluate(IN_VIEW, stage / 2))
    assert not fetched.streams
    assert fetched.layers <= near | {"input"}
    assert set(page.evaluate(IN_VIEW, 0)) <= fetched.layers
    assert "block_11.conv" not in near
    assert all(len(maps) < CHANNELS / 4 for maps in fetched.maps.values()), "only maps that are seen"
    page.evaluate("() => document.querySelector('.strip-stage').scrollTo(1e5, 0)")
    wait_until(page, f"() => ({IN_VIEW})(0).includes('block_11.conv')")
    page.wait_for_selector(READY)
    all_painted(page, "block_11.conv")
    maps = lab_numbers(page, lab, "block_11.conv")
    painted = seen_maps(page, "block_11.conv")
    energy = np.square(maps.astype(np.float64)).reshape(CHANNELS, -1).sum(axis=1)
    strongest = set(np.argsort(-energy)[:10].tolist())
    assert len(strongest - painted.keys()) <= 1, "the strongest, and the one that is followed"


def test_every_map_is_fetched_once_for_every_image(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=wide&channel=0")
    page.wait_for_load_state("networkidle")
    before = seen_maps(page, "wide")[0]
    fetched = Fetched(page)
    address = page.evaluate("location.search")
    page.locator("sample-grid button").nth(2).click()
    wait_until(page, "(before) => location.search !== before", address)
    page.wait_for_selector(READY)
    page.wait_for_load_state("networkidle")
    assert "wide" in fetched.maps
    assert not np.array_equal(seen_maps(page, "wide")[0], before)
    for node, maps in fetched.maps.items():
        assert len(maps) == len(set(maps)), f"{node}: a map was fetched twice"


def test_of_512_channels_only_those_in_view_are_made(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=wide&channel=0")
    before = shown_channels(page)
    assert before[0] == 0
    assert len(before) < CHANNELS / 4
    maps = page.locator('#network [data-node="wide"] .strip-maps')
    maps.evaluate("maps => maps.scrollTo(0, maps.scrollHeight)")
    last = page.locator(f'#network [data-node="wide"] [data-cell="{CHANNELS - 1}"]')
    expect(last).to_be_visible()
    all_painted(page, "wide")
    painted = seen_maps(page, "wide")[CHANNELS - 1]
    np.testing.assert_array_equal(painted[..., 3], 255)
    last.click()
    wait_for_view(page, channel=str(CHANNELS - 1))


RANKS = {
    "by mean": lambda maps: maps.mean(axis=1),
    "by maximum": lambda maps: maps.max(axis=1),
    "by variance": lambda maps: maps.var(axis=1),
    "by share of zeros": lambda maps: (maps == 0).mean(axis=1),
}


@pytest.mark.parametrize(("node", "order"), [("block_3.relu", each) for each in RANKS])
def test_the_sheet_sorts_by_what_the_maps_hold(
    open_large: OpenPage, lab: Live, node: str, order: str
) -> None:
    page = open_large(f"/?model=large&layer={node}&channel=3")
    maps = lab_numbers(page, lab, node).astype(np.float64).reshape(CHANNELS, -1)
    page.get_by_label("Order of the maps").select_option(order)
    keys = RANKS[order](maps)
    expected = sorted(range(CHANNELS), key=lambda channel: (-keys[channel], channel))
    # the selected one is made wherever it stands
    wait_until(
        page,
        "([node, first]) => first === "
        "document.querySelector(`[data-node='${node}'] [data-cell]`).dataset.cell",
        [node, str(expected[0])],
    )
    shown = [channel for channel in shown_channels(page, node) if channel != 3]
    assert shown == [channel for channel in expected if channel != 3][: len(shown)]
    page.locator(f'#network [data-node="{node}"] [data-cell="{expected[0]}"]').click()
    page.keyboard.press("ArrowDown")
    wait_for_view(page, channel=str(expected[1]))


def test_a_layer_out_of_view_is_explained_and_played(open_large: OpenPage, lab: Live) -> None:
    page = open_large("/?model=large&view=even&layer=wide&channel=77&y=5&x=9")
    assert "wide" not in page.evaluate(IN_VIEW, 0)
    values = lab_numbers(page, lab, "wide", channels="77")[0]
    shown = page.locator(".value-large")

    def says(value: float) -> None:
        expect(shown).to_contain_text(re.compile(r"\d"))
        assert float(number(shown.inner_text())) == pytest.approx(float(value), rel=1e-5)

    says(values[5, 9])
    page.locator("step-bar .seg").get_by_role("button", name="Value").click()
    page.keyboard.press(".")
    wait_for_view(page, y="5", x="10")
    says(values[5, 10])
    page.keyboard.press("ArrowLeft")
    wait_for_view(page, layer="block_11.add")
    expect(page.locator('.inspector-working[data-ready="add"]')).to_be_visible()


def test_playing_waits_for_the_maps_of_the_next_layer(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=block_2.relu&channel=3", reduced_motion="reduce")
    held: list[Route] = []
    page.route(re.compile(r"/nodes/block_9\.conv\?"), lambda route: held.append(route))
    page.get_by_role("slider", name="Speed").fill("5")
    page.locator("#work").focus()
    page.keyboard.press("Space")
    wait_for_view(page, layer="block_9.conv")
    page.wait_for_timeout(1500)  # four layers, at this speed
    wait_for_view(page, layer="block_9.conv")
    assert held
    page.unroute_all(behavior="default")  # those held go on
    wait_until(page, "() => !/block_[2-9]/.test(new URLSearchParams(location.search).get('layer'))")


def test_the_film_shows_what_is_in_view_and_its_handle_moves_it(open_large: OpenPage) -> None:
    page = open_large("/?model=large&layer=stem")
    left = "() => document.querySelector('.strip-stage').scrollLeft"
    start = page.evaluate(left)
    grip = page.locator(".film-grip").bounding_box()
    assert grip
    page.mouse.move(grip["x"] + 10, grip["y"] + 4)
    page.mouse.down()
    page.mouse.move(grip["x"] + 400, grip["y"] + 4, steps=5)
    page.mouse.up()
    wait_until(page, f"(start) => ({left})() > start + 300", start)
    wait_for_view(page, layer="stem")
    page.get_by_role("slider", name="Step of the forward pass").focus()
    page.keyboard.press("End")
    wait_for_view(page, layer="softmax")
    expect(page.locator('#network [data-node="softmax"]')).to_be_in_viewport()


def nothing_at_once(page: Page) -> list[str]:
    """Let the page take every network for one that is too large to be had at once; where the limit stood."""
    found: list[str] = []

    def smaller(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        if "16e6" in text:
            found.append(route.request.url)
        route.fulfill(response=answer, body=text.replace("16e6", "16"))

    page.route("**/*.js*", smaller)
    return found


def test_every_kind_is_explained_exactly_where_maps_come_one_by_one(open_large: OpenPage, lab: Live) -> None:
    dice = random.Random(4)
    page = open_large("/", ready=False)
    limits, fetched = nothing_at_once(page), Fetched(page)
    home = str(lab.client.base_url).rstrip("/")
    image = lab.client.get("/api/samples").json()[0]["id"]
    for node in lab.client.get("/api/models/every_kind").json()["nodes"]:
        name, shape = node["name"], [*node["output_shape"], 1, 1][:3]
        place = (dice.randrange(shape[0]), dice.randrange(shape[1]), dice.randrange(shape[2]))
        index = place[: len(node["output_shape"])]
        trace = f"{home}/api/traces/every_kind/{image}"
        value = float(numbers(trace, name)[index])
        sources = [numbers(trace, each) for each in node["inputs"]]
        before = [float(each[index]) for each in sources if list(each.shape) == node["output_shape"]]
        shown = look_at(page, "every_kind", image, name, place, node["kind"], home)
        assert len(limits) == 1
        assert not any("/every_kind/" in each for each in fetched.streams)
        if node["kind"] != "softmax":
            assert float(number(shown["large"])) == pytest.approx(value, rel=1e-5, abs=1e-9), name
        if node["kind"] != "multiply":
            CHECKS.get(node["kind"], check_change)(shown, value, before)
