"""What a browser may keep, and how it asks whether it still holds."""

from __future__ import annotations

import pytest

from tests.api import gated
from tests.api.live import Live, served
from tests.api.pictures import noise, uploaded

FOREVER = "private, max-age=31536000, immutable"


@pytest.fixture(scope="module")
def image(live: Live) -> str:
    return uploaded(live, noise(70, 70, seed=9))


ADDRESSES = {
    "/api/images/{image}": FOREVER,
    "/api/images/{image}/thumbnail?size=32": FOREVER,
    "/api/samples": "no-cache",
    "/api/models": "no-cache",
    "/api/models/tiny_vgg": "no-cache",
    "/api/models/tiny_vgg/parameters/conv_1_1.bias": "no-cache",
    "/api/models/tiny_vgg/reach?y=1&x=2": "no-cache",
    "/api/traces/tiny_vgg/{image}": "no-cache",
    "/api/traces/tiny_vgg/{image}/nodes/conv_1_1": "no-cache",
    "/api/traces/tiny_vgg/{image}/frames": "no-cache",
    "/api/traces/tiny_vgg/{image}/frames?nodes=conv_1_1": "no-cache",
    "/api/traces/tiny_vgg/{image}/channels/conv_1_1": "no-cache",
    "/api/traces/tiny_vgg/{image}/gradient/conv_1_1?channel=1&y=2&x=3": "no-cache",
    "/api/traces/tiny_vgg/{image}/explain/conv_1_1?channel=1&y=2&x=3": "no-cache",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_answer_held_already_is_304(live: Live, image: str, address: str) -> None:
    first = live.client.get(address.format(image=image))
    held = first.headers["etag"]
    again = live.client.get(address.format(image=image), headers={"if-none-match": f'"other", {held}'})

    assert first.status_code == 200
    assert first.headers["cache-control"] == ADDRESSES[address]
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == held
    assert again.headers["cache-control"] == ADDRESSES[address]
    other = live.client.get(address.format(image=image), headers={"if-none-match": '"other"'})
    assert other.status_code == 200


def test_answers_that_differ_have_tags_that_differ(live: Live, image: str) -> None:
    trace = f"/api/traces/tiny_vgg/{image}"
    addresses = [
        trace,
        f"{trace}?crop=0,0,50",
        f"{trace}/frames",
        f"{trace}/frames?encoding=uint8",
        f"{trace}/frames?nodes=conv_1_1",
        f"{trace}/frames?nodes=conv_1_1,relu_1_1",
        f"{trace}/nodes/conv_1_1",
        f"{trace}/nodes/conv_1_1?channels=0-1",
        f"{trace}/nodes/conv_1_1?channels=1,0",
        f"{trace}/nodes/conv_1_1?channel=0",
        f"{trace}/nodes/conv_1_1?channel=1",
        f"{trace}/nodes/conv_1_1?channel=1&crop=0,0,50",
        f"{trace}/explain/conv_1_1?channel=1",
        f"{trace}/explain/conv_1_1?channel=1&y=1",
        f"{trace}/explain/conv_1_1?channel=1&order=size",
        f"{trace}/explain/conv_1_1?channel=1&offset=1",
        f"{trace}/explain/conv_1_1?channel=1&limit=1",
        f"{trace}/gradient/conv_1_1?channel=1",
        f"{trace}/gradient/conv_1_1?channel=2",
        f"{trace}/channels/conv_1_1",
        f"{trace}/channels/conv_1_2",
        "/api/models/tiny_vgg/reach?y=1&x=2",
        "/api/models/tiny_vgg/reach?y=2&x=1",
        f"/api/images/{image}/thumbnail?size=32",
        f"/api/images/{image}/thumbnail?size=33",
        f"/api/images/{image}",
    ]

    assert len({live.client.get(address).headers["etag"] for address in addresses}) == len(addresses)


def test_the_same_crop_named_or_not_has_the_same_tag(live: Live, image: str) -> None:
    trace = f"/api/traces/tiny_vgg/{image}"

    assert live.client.get(trace).headers["etag"] == live.client.get(f"{trace}?crop=0,0,70").headers["etag"]


def test_a_trace_held_already_is_not_computed() -> None:
    gate = gated.Gate()
    gate.open()
    with served(prepare=gated.install(gate)) as live:
        address = f"/api/traces/gated/{uploaded(live, noise(9, 9))}"
        tag = live.client.get(f"{address}/frames").headers["etag"]
    with served(prepare=gated.install(gate)) as live:
        uploaded(live, noise(9, 9))
        answer = live.client.get(f"{address}/frames", headers={"if-none-match": tag})

    assert answer.status_code == 304
    assert gate.runs == 1


@pytest.mark.parametrize("address", ["/static/css/app.css", "/static/favicon.svg"])
def test_static_files_are_revalidated(live: Live, address: str) -> None:
    first = live.client.get(address)
    again = live.client.get(address, headers={"if-none-match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert first.headers["cache-control"] == again.headers["cache-control"] == "no-cache"


def test_scripts_are_called_scripts(live: Live) -> None:
    answer = live.client.get("/static/js/state/store.js")

    assert answer.headers["content-type"].startswith("text/javascript")


def test_json_scripts_and_styles_are_compressed_and_arrays_are_not(live: Live, image: str) -> None:
    for address in ("/api/models/tiny_vgg", "/static/css/tokens.css", "/static/favicon.svg", "/"):
        assert live.client.get(address).headers["content-encoding"] == "gzip"
    for address in (f"/api/traces/tiny_vgg/{image}/frames", f"/api/images/{image}"):
        assert "content-encoding" not in live.client.get(address).headers
