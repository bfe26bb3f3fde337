"""The numbers on the page add up to the array the server gives out, for a random value of every layer."""

from __future__ import annotations

import io
import json
import random
import urllib.request
from itertools import pairwise
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from cnn_core.models.base import MODELS
from tests.browser.conftest import OpenPage, wait_until
from tests.browser.printed import CHECKS, Shown, check_change, check_sum, number
from tests.browser.seen import RECORD, WRITTEN
from tests.server import Server

SEED = 20

READ = """
() => {
  const texts = (root, selector) => [...root.querySelectorAll(selector)].map((each) => each.textContent);
  const body = document.querySelector('.inspector-working');
  const rows = [...body.querySelectorAll('.working-rows > li')].map((row) => ({
    current: row.querySelector('.row-line').hasAttribute('aria-current'),
    cells: texts(row, '.row-line > :is(.text, .chip)'),
    chips: texts(row, '.row-line > .chip'),
    adds: texts(row, '.row-line > .adds')[0] ?? null,
    numbers: [...row.querySelectorAll('.row-detail:not([hidden]) .grid')]
      .map((grid) => grid.ariaLabel?.split(' ') ?? []),
  }));
  const others = [...body.querySelectorAll('.others')].filter((each) => !each.hidden);
  return {
    rows,
    others: others.flatMap((each) => texts(each, '.adds')),
    lines: [...body.querySelectorAll('.working-line')].map((line) => texts(line, '.chip')),
    signs: [...body.querySelectorAll('.working-line')].map((line) => texts(line, '.text')),
    notes: texts(body, '.working-notes p'),
    foot: texts(body, '.foot:not([hidden]) > .text'),
    large: document.querySelector('.value-large').textContent,
  };
}
"""

PICTURED = """
() => {
  const canvas = document.querySelector('.working-pictures');
  const from = canvas.getBoundingClientRect();
  const scale = canvas.width / from.width;
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(canvas, 0, 0);
  const colours = (grid) => {
    const { left, top, width, height } = grid.getBoundingClientRect();
    return Array.from({ length: 9 }, (_, at) => {
      const [x, y] = [left + ((at % 3 + 0.3) * width) / 3, top + ((Math.floor(at / 3) + 0.3) * height) / 3];
      return [...copy.getImageData((x - from.left) * scale, (y - from.top) * scale, 1, 1).data];
    });
  };
  const row = document.querySelector('.working-rows > li:has(.row-detail:not([hidden]))');
  const grids = (part) => [...row.querySelectorAll(`${part} .grid`)];
  const [small, large] = ['.row-line', '.row-detail'].map(grids);
  return {
    small: small.map(colours),
    large: large.map(colours),
    numbers: large.map((grid) => grid.ariaLabel.split(' ')),
  };
}
"""

GO = """
(query) => {
  history.replaceState(history.state, '', `/?${query}`);
  dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
}
"""

# Strip and film follow every step and cost most of its time; here the panel is what is read.
PANEL_ALONE = """
() => {
  for (const each of document.querySelectorAll('network-strip, step-bar')) each.remove();
}
"""

THERE = """
([node, kind]) => document.querySelector('.inspector-head h2')?.textContent === node
  && !document.querySelector('.inspector-body').hidden
  && document.querySelector('.inspector-working')?.dataset.ready === kind
"""


def get(server: Server, path: str) -> Any:
    """A JSON answer of the server."""
    with urllib.request.urlopen(f"{server.address}{path}") as answer:
        return json.load(answer)


def sample_for(server: Server, model: dict[str, Any]) -> str:
    """Id of the first sample that a model knows something of."""
    grey = "sound" if model["input"]["takes"] == "sound" else "digit"
    kind = grey if model["input"]["channels"] == 1 else "photo"
    return next(str(each["id"]) for each in get(server, "/api/samples") if each["kind"] == kind)


def read_there(sources: list[np.ndarray], index: tuple[int, ...], shape: list[int]) -> list[float]:
    """What stands at the same place in each input that has it; one value along an axis stands for all."""
    found = []
    for source in sources:
        fits = source.ndim == len(shape) and all(
            a in (1, b) for a, b in zip(source.shape, shape, strict=True)
        )
        if fits:
            place = tuple(0 if size == 1 else at for size, at in zip(source.shape, index, strict=True))
            found.append(float(source[place]))
    return found


def layer_values(server: Server, model: str, image: str, node: str) -> np.ndarray:
    """The array of a layer, as the server gives it out."""
    with urllib.request.urlopen(f"{server.address}/api/traces/{model}/{image}/nodes/{quote(node)}") as answer:
        values: np.ndarray = np.load(io.BytesIO(answer.read()))
    return values


def look_at(
    page: Page, model: str, image: str, node: str, place: tuple[int, int, int], kind: str, home: str = ""
) -> Shown:
    """Open a value and read everything its arithmetic says; ``home`` where it is not the usual server."""
    channel, y, x = place
    query = urlencode({"model": model, "image": image, "layer": node, "channel": channel, "y": y, "x": x})
    if f"{home}/?model={model}&image={image}&" in page.url:
        page.evaluate(GO, query)  # a trace that is here already need not be fetched again
    else:
        page.goto(f"{home}/?{query}")
        page.wait_for_selector("#network[data-state=ready]")
    wait_until(page, THERE, [node, kind])
    shown: Shown = page.evaluate(READ)
    return shown


@pytest.mark.parametrize("model", tuple(MODELS))
def test_a_random_value_of_every_layer_adds_up_to_the_servers_array(
    open_page: OpenPage, server: Server, model: str
) -> None:
    dice = random.Random(SEED)
    told = get(server, f"/api/models/{model}")
    image = sample_for(server, told)
    page = open_page("/", ready=False)
    arrays = {node["name"]: layer_values(server, model, image, node["name"]) for node in told["nodes"]}
    for node in told["nodes"]:
        shape = [*node["output_shape"], 1, 1][:3]
        place = (dice.randrange(shape[0]), dice.randrange(shape[1]), dice.randrange(shape[2]))
        index = place[: len(node["output_shape"])]
        value = float(arrays[node["name"]][index])
        before = read_there([arrays[name] for name in node["inputs"]], index, node["output_shape"])
        shown = look_at(page, model, image, node["name"], place, node["kind"])
        page.evaluate(PANEL_ALONE)
        assert shown["rows"], f"{node['name']} has an empty panel"
        if node["kind"] != "softmax":
            assert float(number(shown["large"])) == pytest.approx(value, rel=1e-5, abs=1e-9), node["name"]
        try:
            CHECKS.get(node["kind"], check_change)(shown, value, before)
        except AssertionError as error:
            raise AssertionError(f"{node['name']} at {place}: {error}\n{shown}") from error


def test_the_others_can_be_opened_and_all_terms_add_up(open_page: OpenPage, server: Server) -> None:
    place = {"layer": "stack_3_2_conv", "channel": 7, "y": 0, "x": 5}
    page = open_page(f"/?{urlencode({'model': 'vgg', **place})}")
    image = sample_for(server, get(server, "/api/models/vgg"))
    value = float(layer_values(server, "vgg", image, "stack_3_2_conv")[7, 0, 5])
    rows = page.locator(".working-rows > li")
    expect(rows).to_have_count(10)
    check_sum(page.evaluate(READ), value, [])
    page.locator(".others").first.click()
    expect(rows).to_have_count(64)
    shown = page.evaluate(READ)
    assert shown["others"] == []
    check_sum(shown, value, [])
    sizes = [abs(float(number(row["adds"]))) for row in shown["rows"]]
    assert all(first >= second - 0.0011 for first, second in pairwise(sizes)), "the largest come first"
    page.get_by_role("button", name="Show the first ones only").click()
    expect(rows).to_have_count(10)


def test_pictures_lie_under_their_numbers_and_leave_padding_out(open_page: OpenPage) -> None:
    page = open_page("/?model=resnet&layer=block_1_1_conv&channel=0&y=0&x=5")
    wait_until(page, "() => document.querySelector('.row-detail .grid[aria-label]') !== null")
    shown = page.evaluate(PICTURED)
    assert shown["small"] == shown["large"], "the row and what it opens to have the same colours"
    patch, kernel, _ = shown["large"]
    assert [alpha for *_, alpha in patch] == 3 * [0] + 6 * [255], "the row above the image is padding"
    told = [number(text) for text in shown["numbers"][1]]
    assert len(told) == 9
    clear = [(told_, red - blue) for told_, (red, _, blue, _) in zip(told, kernel, strict=True) if told_]
    assert len(clear) > 4
    for weight, warmth in clear:
        assert (weight > 0) == (warmth > 0), f"{weight} is drawn in the colour of the other sign"


IN_GRIDS = """
() => {
  const scale = devicePixelRatio;
  const canvas = document.querySelector('.working-table .working-pictures');
  const [corner, written] = [canvas.getBoundingClientRect(), window.written.get(canvas)];
  return [...document.querySelectorAll('.row-detail .grid[aria-label]')].map((grid) => {
    const { left, top, right, bottom } = grid.getBoundingClientRect();
    const inside = ([, x, y]) =>
      x > (left - corner.left) * scale && x < (right - corner.left) * scale &&
      y > (top - corner.top) * scale && y < (bottom - corner.top) * scale;
    return { said: grid.ariaLabel, drawn: written.filter(inside).map(([text]) => text).join(' ') };
  });
}
"""


def test_numbers_are_drawn_as_they_are_told(open_page: OpenPage) -> None:
    page = open_page("/?layer=conv_2_1&channel=3&y=20&x=20")
    wait_until(page, "() => document.querySelector('.row-detail .grid[aria-label]') !== null")
    page.evaluate(RECORD)
    before = page.locator(".row-detail .grid").first.get_attribute("aria-label")
    page.locator(".big-field").focus()
    page.keyboard.press("Shift+ArrowLeft")
    grid = "() => document.querySelector('.row-detail .grid').ariaLabel"
    wait_until(page, f"(before) => ({grid})() !== before", before)
    wait_until(page, f"() => ({WRITTEN})('.working-table .working-pictures').length > 0")
    grids = page.evaluate(IN_GRIDS)
    assert len(grids) >= 3
    for each in grids:
        assert len(each["said"].split()) == 9
        assert each["drawn"] == each["said"]
