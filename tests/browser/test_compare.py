"""Two subjects side by side: both lanes and what differs, as painted, against the server's arrays."""

from __future__ import annotations

import io
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.pictures.colours import colours
from tests.browser.conftest import READY, OpenPage, wait_until
from tests.browser.looks import seems_right
from tests.browser.seen import CANVAS, rgba, seen_lanes, seen_maps, value_pixels
from tests.server import Server

Array = np.ndarray[Any, Any]
SHEET = "conv_2_1"
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
TWIN = "tiny_vgg~untrained-1"


def sample(server: Server, title: str) -> str:
    samples = httpx.get(f"{server.address}/api/samples").json()
    return next(each["id"] for each in samples if each["title"] == title)


def numbers(server: Server, model: str, image: str, node: str) -> Array:
    answer = httpx.get(f"{server.address}/api/traces/{model}/{image}/nodes/{node}").raise_for_status()
    array: Array = np.load(io.BytesIO(answer.content))
    return array


def link(server: Server, a: str = "Espresso", b: str = "Cat", **more: str) -> str:
    """The address of two photos side by side; ``more`` says what else is different."""
    query = {
        "model": "tiny_vgg",
        "image": sample(server, b),
        "layer": SHEET,
        "a-model": "tiny_vgg",
        "a-image": sample(server, a),
    }
    return "/?" + "&".join(f"{key}={value}" for key, value in {**query, **more}.items())


def opened(open_page: OpenPage, address: str, **options: Any) -> Page:
    """A page on which the server's finding has been told."""
    page = open_page(address, **options)
    page.wait_for_selector("body.compared")
    expect(page.locator(".compare-answer .verdict")).not_to_be_empty()
    expect(page.locator(".compare-answer .verdict")).not_to_have_class(re.compile("stale"))
    return page


def lanes_of(a: Array, b: Array, gain: float = 1) -> tuple[Array, Array, Array]:
    """The colours that both lanes and what differs are to have, on one range."""
    both = colours(np.stack([a, b]))
    largest = max(np.abs(a).max(), np.abs(b).max()) / gain
    ends = np.array([-largest, largest])
    # float32 less float32, as it is shown; beyond the range the colour is that of its end
    clipped = np.clip((b - a).astype(np.float64), -largest, largest)
    differs = colours(np.append(clipped.ravel(), ends))[:-2].reshape(*a.shape, 3)
    return both[0], both[1], differs


@pytest.mark.parametrize("gain", ["1", "4"])
def test_every_value_of_both_lanes_and_of_the_difference_is_the_servers_number_in_colour(
    open_page: OpenPage, server: Server, gain: str
) -> None:
    page = opened(open_page, link(server, gain=gain))
    for node in (SHEET, "max_pool_2"):
        page.locator(f'[data-head="{node}"]').first.click()
        page.wait_for_selector(f'[data-node="{node}"][data-role="focus"]')
        page.wait_for_selector(READY)
        a, b = (numbers(server, "tiny_vgg", sample(server, name), node) for name in ("Espresso", "Cat"))
        wanted = lanes_of(a, b, float(gain))
        seen = seen_lanes(page, node)
        assert sorted(seen) == list(range(len(a)))
        for channel, lanes in seen.items():
            for name, lane, expected in zip(("A", "B", "B - A"), lanes, wanted, strict=True):
                pixels = value_pixels(lane, a.shape[1:])
                np.testing.assert_array_equal(pixels[..., 3], 255)
                np.testing.assert_array_equal(
                    pixels[..., :3], expected[channel], err_msg=f"{node} {channel} {name}"
                )


@pytest.mark.parametrize(("key", "lane"), [("1", 0), ("2", 1), ("3", 2)])
def test_other_columns_show_the_lane_that_is_chosen(
    open_page: OpenPage, server: Server, key: str, lane: int
) -> None:
    page = opened(open_page, link(server, lane="a" if key != "1" else "b"))
    page.keyboard.press(key)
    page.wait_for_selector(READY)
    a, b = (numbers(server, "tiny_vgg", sample(server, name), "max_pool_2") for name in ("Espresso", "Cat"))
    wanted = lanes_of(a, b)[lane]
    wait_until(
        page,
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))",
    )
    for channel, seen in seen_maps(page, "max_pool_2").items():
        np.testing.assert_array_equal(value_pixels(seen, a.shape[1:])[..., :3], wanted[channel])


def percent(text: str) -> float:
    return float(text.replace("\u202f%", "").replace("%", ""))


def test_how_far_they_are_apart_is_told_of_every_channel_and_every_layer(
    open_page: OpenPage, server: Server
) -> None:
    page = opened(open_page, link(server))
    a, b = (
        numbers(server, "tiny_vgg", sample(server, name), SHEET).astype(np.float64)
        for name in ("Espresso", "Cat")
    )
    shares = np.linalg.norm((b - a).reshape(10, -1), axis=1) / np.linalg.norm(a.reshape(10, -1), axis=1)
    told = page.locator(f'[data-node="{SHEET}"] .strip-change b').all_inner_texts()
    assert [percent(text) for text in told] == pytest.approx(100 * shares, abs=0.51)
    nodes = [node["name"] for node in httpx.get(f"{server.address}/api/models/tiny_vgg").json()["nodes"]]
    for node in nodes:
        one, two = (
            numbers(server, "tiny_vgg", sample(server, name), node).astype(np.float64)
            for name in ("Espresso", "Cat")
        )
        bar = page.locator(f'#network [data-node="{node}"] .strip-distance span').first.inner_text()
        assert percent(bar) == pytest.approx(
            100 * np.linalg.norm(two - one) / np.linalg.norm(one), abs=0.51
        ), node
    expect(page.locator(".strip-first")).to_have_text("▲ input is the first that differs")
    expect(page.locator('[data-node="input"] .strip-distance')).to_have_class(re.compile("first"))


def test_answers_are_told_in_a_sentence_and_in_pairs_of_bars(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server))
    tops = [
        httpx.get(f"{server.address}/api/traces/tiny_vgg/{sample(server, name)}").json()["top"]
        for name in ("Espresso", "Cat")
    ]
    first, second = (top[0]["label"].replace("_", " ") for top in tops)
    assert first != second
    expect(page.locator(".compare-answer .verdict")).to_have_text(
        f"A says {first}, B says {second} (doubtful)."
    )
    shares = [{each["label"].replace("_", " "): each["probability"] for each in top} for top in tops]
    rows = page.locator("ol.paired li").all()
    labels = [row.locator("> span").inner_text() for row in rows]
    assert labels == sorted(labels, key=lambda label: -max(each[label] for each in shares))
    for row, label in zip(rows, labels, strict=True):
        shown = row.locator("> b").inner_text().split(" → ")
        for text, share in zip(shown, (each[label] for each in shares), strict=True):
            assert text == "<0.1" if share < 0.0005 else float(text) == pytest.approx(100 * share, abs=0.051)
        widths = [
            float(row.locator("i").evaluate(f"bar => bar.style.getPropertyValue('--{at}')")) for at in "ab"
        ]
        assert widths == pytest.approx([each[label] for each in shares])
    expect(page.locator("class-bars ol")).to_be_hidden()


def test_a_subject_beside_itself_is_exactly_equal(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server, b="Espresso") + "&b=same")
    expect(page.locator(".compare-answer .verdict")).to_have_text(
        "Exactly equal. Not one of 202\u202f768 values differs."
    )
    expect(page.locator(".strip-first")).to_have_text("✓ Exactly equal: every bit of every layer")
    assert page.locator("#network .strip-column").count() == 14
    expect(page.locator('#network [data-role="context"] .strip-cell:not(.equal)')).to_have_count(0)
    assert set(page.locator(".strip-change b").all_inner_texts()) == {"equal"}
    for lanes in seen_lanes(page, SHEET).values():
        np.testing.assert_array_equal(lanes[0], lanes[1])


def test_what_is_equal_in_both_is_said_of_that_layer_alone(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server, b="Espresso", model=TWIN))
    expect(page.locator('[data-node="input"] .strip-cell.equal')).to_have_count(3)
    expect(page.locator("#network .strip-cell.equal")).to_have_count(3)
    expect(page.locator(".strip-first")).to_have_text("▲ conv_1_1 is the first that differs")
    a, b = (numbers(server, model, sample(server, "Espresso"), SHEET) for model in ("tiny_vgg", TWIN))
    wanted = lanes_of(a, b)
    for channel, lanes in seen_lanes(page, SHEET).items():
        for lane, expected in zip(lanes, wanted, strict=True):
            np.testing.assert_array_equal(value_pixels(lane, a.shape[1:])[..., :3], expected[channel])


def test_the_inspector_has_both_values_and_what_adds_up_to_them(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server, channel="3", y="5", x="7"))
    a, b = (numbers(server, "tiny_vgg", sample(server, name), SHEET)[3, 5, 7] for name in ("Espresso", "Cat"))
    values = page.locator(".inspector-three b")
    shown = [float(text.replace("−", "-")) for text in values.all_inner_texts()]
    assert shown == pytest.approx([a, b, b - a], abs=0.00051)
    expect(page.locator(".inspector-where")).to_contain_text("Row 5, column 7")
    rows = page.locator(".paired-terms li")
    expect(rows).to_have_count(11)
    asked = {"channel": 3, "y": 5, "x": 7}
    terms = [
        {term["channel"]: term["sum"] for term in told["terms"]}
        for told in (
            httpx.get(
                f"{server.address}/api/traces/tiny_vgg/{sample(server, name)}/explain/{SHEET}", params=asked
            ).json()
            for name in ("Espresso", "Cat")
        )
    ]
    for row in rows.all()[:-1]:
        channel = int(row.locator("> span").first.inner_text())
        told = [float(text.replace("−", "-")) for text in row.locator("> b").all_inner_texts()]
        assert told == pytest.approx([each[channel] for each in terms], abs=0.00051)
    sums = [float(text.replace("−", "-")) for text in rows.last.locator("> b").all_inner_texts()]
    assert sums == pytest.approx([a, b], abs=0.00051)
    page.keyboard.press("1")
    expect(page.locator(".inspector-working")).to_be_visible()
    expect(page.locator(".value-large")).to_have_text(re.compile(re.escape(f"{abs(a):.4f}"[:6])))


def test_pinning_waits_for_a_change_and_back_takes_each_step_back(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page(f"/?layer={SHEET}")
    page.keyboard.press("p")
    expect(page.locator(".compare-answer .verdict")).to_contain_text("A is pinned. Change anything")
    page.wait_for_url("**a-image=*")
    page.get_by_role("button", name="Photo", exact=True).click()
    page.locator('sample-grid [title="Cat"]').click()
    page.wait_for_selector("body.compared")
    page.wait_for_url(f"**image={sample(server, 'Cat')}*")
    page.go_back()
    expect(page.locator("body")).not_to_have_class(re.compile("compared"))
    expect(page.locator("body")).to_have_class(re.compile("pinned"))
    page.go_back()
    expect(page.locator("body")).not_to_have_class(re.compile("pinned"))
    expect(page.locator("section.compare")).to_be_hidden()
    page.go_forward()
    page.go_forward()
    page.wait_for_selector("body.compared")
    expect(page.locator(".compare-tile.b p span")).to_have_text("Cat")


def test_a_link_brings_both_subjects_lane_and_strength_back(open_page: OpenPage, server: Server) -> None:
    address = link(server, channel="4", y="6", x="2", lane="b", gain="4")
    page = opened(open_page, address)
    page.wait_for_url("**gain=4*")
    written = parse_qs(urlsplit(page.url).query)
    assert written == parse_qs(urlsplit(address).query)
    expect(page.get_by_role("button", name="B", exact=True)).to_have_attribute("aria-pressed", "true")


def test_noise_leads_away_from_the_answer_within_epsilon(open_page: OpenPage, server: Server) -> None:
    page = open_page(f"/?layer={SHEET}")
    page.keyboard.press("p")
    page.get_by_role("button", name="Noise", exact=True).click()
    page.wait_for_url("**noise=4,10*")
    page.get_by_label("Epsilon, in 255ths").fill("8")
    page.wait_for_url("**noise=8,10*")
    page.wait_for_selector(READY)
    query = {key: value[0] for key, value in parse_qs(urlsplit(page.url).query).items()}
    a, b = (numbers(server, "tiny_vgg", query[name], "input") for name in ("a-image", "image"))
    moved = np.abs((b - a) * 255)
    assert moved.max() == pytest.approx(8, abs=1e-3)
    picture = rgba(page.locator(".compare-noise canvas").evaluate(CANVAS))[..., :3].astype(np.float64)
    expected = np.clip(128 + 10 * (b - a).transpose(1, 2, 0) * 255, 0, 255)
    np.testing.assert_allclose(picture, expected, atol=0.6)
    before = httpx.get(f"{server.address}/api/traces/tiny_vgg/{query['a-image']}").json()["top"]
    after = httpx.get(f"{server.address}/api/traces/tiny_vgg/{query['image']}").json()["top"]
    shares = {each["label"]: each["probability"] for each in after}
    assert shares[before[0]["label"]] < before[0]["probability"]
    expect(page.locator(".compare-tile.b p span")).to_have_text("noise, ε 8/255")


def test_a_and_b_change_places_and_blink(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server))
    names = page.locator(".compare-tile p span")
    assert names.all_inner_texts() == ["Espresso", "Cat"]
    page.keyboard.press("x")
    expect(names.first).to_have_text("Cat")
    expect(names.last).to_have_text("Espresso")
    lane = page.locator(".lanes [aria-pressed=true]")
    expect(lane).to_have_text("B − A")
    page.keyboard.down("b")
    expect(lane).to_have_text("B")
    expect(lane).to_have_text("A")
    expect(lane).to_have_text("B")
    page.keyboard.up("b")
    expect(lane).to_have_text("B − A")
    page.keyboard.press("p")
    expect(page.locator("section.compare")).to_be_hidden()
    expect(page.locator("crop-box")).to_be_visible()
    assert page.locator("crop-box img").get_attribute("alt") == "Espresso"


def test_the_crop_of_b_is_moved_on_its_tile(open_page: OpenPage, server: Server) -> None:
    page = opened(open_page, link(server, b="Espresso") + "&b=same")
    box = page.locator(".compare-tile.b crop-box [role=slider]")
    box.focus()
    box.press("ArrowRight")
    page.wait_for_url("**crop=*")
    expect(page.locator(".compare-tile.b p span")).to_have_text("Espresso, cropped")
    expect(page.locator(".strip-first")).to_have_text("▲ input is the first that differs")


def test_networks_of_other_shapes_are_compared_by_what_they_tell_apart(
    open_page: OpenPage, server: Server
) -> None:
    page = open_page(link(server, b="Espresso", model="vgg").replace(f"layer={SHEET}&", ""))
    table = page.locator(".compare-table table")
    expect(table).to_be_visible()
    told = httpx.get(f"{server.address}/api/models/tiny_vgg/similarity/vgg").json()
    rows = table.locator("tbody tr").all()
    assert [row.locator("th").inner_text() for row in rows] == told["a"]
    for row, values in zip(rows, told["values"], strict=True):
        shown = [float(text.replace("−", "-")) for text in row.locator("td").all_inner_texts()]
        assert shown == pytest.approx(values, abs=0.0051)
    expect(page.locator(".compare-apart p").first).to_contain_text("over 10 photos, estimated without bias")
    expect(page.locator(".strip-lanes")).to_contain_text("Two networks, two shapes.")
    page.get_by_role("button", name="Choose a network of one shape").click()
    page.wait_for_url("**model=tiny_vgg%7Euntrained-1*")
    expect(table).to_be_hidden()


@pytest.mark.parametrize("kind", ["photos", "equal", "noise", "apart"])
def test_everything_can_be_reached_and_read(open_page: OpenPage, server: Server, kind: str) -> None:
    address = {
        "photos": link(server),
        "equal": link(server, b="Espresso") + "&b=same",
        "noise": link(server, b="Espresso", noise="4,1"),
        "apart": link(server, b="Espresso", model="vgg"),
    }[kind]
    page = opened(open_page, address)
    if kind == "apart":
        expect(page.locator(".compare-table")).to_be_visible()
    seems_right(page)
