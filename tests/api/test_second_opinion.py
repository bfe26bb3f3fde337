"""A second opinion over HTTP: the core's own numbers, beside a trace that does not wait for it."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from cnn_core.doubt import counterparts, second_opinion
from cnn_core.models import load_model, trace
from tests.api.live import Live, until
from tests.api.pictures import uploaded

SECOND = "efficientnet_lite0"


def small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Small enough for this server."""
    return np.asarray(Image.fromarray(pixels).resize((240, 180)))


@pytest.fixture(scope="module")
def pictures(live: Live) -> dict[str, str]:
    """Something Tiny VGG knows, and something it does not."""
    found = {"espresso": skimage.data.coffee(), "cat": skimage.data.chelsea()}
    return {name: uploaded(live, small(picture)) for name, picture in found.items()}


def doubt_of(live: Live, model: str, image: str, **query: str) -> dict[str, Any]:
    answer = live.client.get(f"/api/traces/{model}/{image}/doubt", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_the_opinion_is_what_the_other_network_says_of_the_same_part(
    live: Live, pictures: dict[str, str]
) -> None:
    told = doubt_of(live, "tiny_vgg", pictures["espresso"], crop="30,0,180")
    other = load_model(SECOND)
    answer = trace(other, small(skimage.data.coffee())[:, 30:210]).output[0]
    known = counterparts(load_model("tiny_vgg").labels, other.labels)
    assert known is not None
    expected = second_opinion(answer, known, load_model("tiny_vgg").labels.index("espresso"))

    assert told["rule"] == "second opinion"
    assert told["unsure"] is False
    opinion = told["opinion"]
    assert (opinion["model"], opinion["title"]) == (SECOND, "EfficientNet-Lite0")
    assert (opinion["label"], opinion["same"]) == ("espresso", "espresso")
    assert opinion["support"] == pytest.approx(expected.support, abs=1e-6)
    assert opinion["probability"] == pytest.approx(expected.probability, abs=1e-6)


def test_a_stranger_is_doubted_though_the_answer_is_spread_no_more(
    live: Live, pictures: dict[str, str]
) -> None:
    told = doubt_of(live, "tiny_vgg", pictures["cat"])
    trace_says = live.client.get(f"/api/traces/tiny_vgg/{pictures['cat']}").json()["doubt"]
    assert (trace_says["rule"], trace_says["opinion"]) == ("entropy", None)
    assert (told["entropy"], told["margin"]) == (trace_says["entropy"], trace_says["margin"])
    assert told["unsure"]
    assert told["opinion"]["label"] in {"Egyptian cat", "tabby", "tiger cat"}
    assert told["opinion"]["same"] is None


def test_networks_without_counterparts_keep_their_own_rule(live: Live, pictures: dict[str, str]) -> None:
    for model in ("lenet5", SECOND):
        assert live.client.get(f"/api/models/{model}").json()["second"] is None
        told = doubt_of(live, model, pictures["cat"])
        assert (told["rule"], told["opinion"]) == ("entropy", None)
    assert live.client.get("/api/models/tiny_vgg").json()["second"] == SECOND


def test_no_trace_waits_for_it_and_nobody_computes_what_nobody_waits_for(live: Live) -> None:
    image = uploaded(live, small(skimage.data.astronaut()))
    traces, running = live.services.traces, threading.Event()
    going = threading.Event()
    records = traces.records

    def held(subject: Any) -> Any:
        for record in records(subject):
            running.set()
            assert going.wait(20)
            yield record

    live.services.opinions._traces = type("Held", (), {"records": staticmethod(held)})()  # type: ignore[assignment]
    try:
        asked = threading.Thread(target=doubt_of, args=(live, "tiny_vgg", image))
        asked.start()
        assert running.wait(20)
        # while it runs, others get their answers
        assert live.client.get(f"/api/traces/vgg/{image}").status_code == 200
        going.set()
        asked.join()
    finally:
        live.services.opinions._traces = traces
    assert doubt_of(live, "tiny_vgg", image)["rule"] == "second opinion"
    until(lambda: live.services.pool.running == 0)
