"""Explanations over HTTP: the core's own numbers, streamed, bounded, and stopped when nobody listens."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.config import Settings
from cnn_core.attributions import Case, Lrp, adds_up, ask_class, ask_pair, film, finish, levels_of
from cnn_core.models import load_model
from cnn_core.preprocess import to_tensor
from tests.api.classless import maps
from tests.api.graphs import install
from tests.api.live import Live, frames, served, until
from tests.api.pictures import noise, uploaded

PIXELS = noise(64, 64, seed=7)
QUICK = '{"rise": {"masks": 16}, "smooth_grad": {"copies": 4}, "integrated_gradients": {"steps": 4}}'


@pytest.fixture(scope="module")
def image(live: Live) -> str:
    return uploaded(live, PIXELS)


def told(live: Live, address: str, **query: Any) -> list[tuple[dict[str, Any], bytes]]:
    with live.client.stream("GET", address, params=query) as answer:
        assert answer.status_code == 200, answer.read()
        return list(frames(answer.iter_raw()))


def case_of(index: int, other: int | None = None) -> Case:
    model = load_model("tiny_vgg")
    question = ask_class(model.graph, index) if other is None else ask_pair(model.graph, index, other)
    x = to_tensor(PIXELS, model.spec)
    return Case(model.graph, model.parameters, x, question, levels_of(model.spec))


def test_every_method_comes_with_its_checks_the_cheap_first(live: Live, image: str) -> None:
    found = [
        header for header, _ in told(live, f"/api/explanations/tiny_vgg/{image}", options=QUICK, seeds=1)
    ]
    assert found[0]["kind"] == "question"
    assert found[-1]["kind"] == "end"
    maps_told = [header["method"] for header in found if header["kind"] == "map"]
    assert len(maps_told) == 10
    assert maps_told[-4:] == ["smooth_grad", "integrated_gradients", "occlusion", "rise"]
    films = [header["method"] for header in found if header["kind"] == "film"]
    assert films[:2] == ["random", "edges_only"]
    assert set(films) == {*maps_told, "random"}
    last = {h["method"]: h for h in found if h["kind"] == "memory"}
    assert set(last) == set(maps_told)
    assert {h["node"] for h in last.values()} == {"conv_1_1"}
    progress = [h for h in found if h["kind"] == "progress" and h["method"] == "occlusion"]
    assert progress[-1]["done"] == progress[-1]["total"] == 225


def test_a_map_and_its_numbers_are_the_cores(live: Live, image: str) -> None:
    case = case_of(3)
    found = finish(Lrp().explain(case))
    answers = told(live, f"/api/explanations/tiny_vgg/{image}", a=3, methods="lrp", seeds=0)
    by_kind = {header["kind"]: (header, payload) for header, payload in answers}
    question, pictures = by_kind["question"]
    assert question["value"] == pytest.approx(case.value, rel=1e-6)
    assert question["answer"] == pytest.approx(case.answer, rel=1e-6)
    np.testing.assert_array_equal(np.frombuffer(pictures, np.uint8, 64 * 64 * 3).reshape(64, 64, 3), PIXELS)
    header, payload = by_kind["map"]
    np.testing.assert_array_equal(np.frombuffer(payload, "<f4").reshape(64, 64), found.map)
    assert header["total"] == pytest.approx(found.total)
    assert header["for"] + header["against"] == pytest.approx(found.total)
    assert found.promise is not None
    assert header["promise"] == {
        "goal": pytest.approx(found.promise.goal),
        "parts": {"bias": pytest.approx(found.promise.parts["bias"])},
    }
    assert header["adds_up"] is adds_up(case, found) is True
    shown = finish(film(case, found.map))
    header, _ = next(h for h in answers if h[0]["kind"] == "film" and h[0]["method"] == "lrp")
    assert header["deletion"] == pytest.approx(shown.deletion.tolist(), rel=1e-5)
    assert header["areas"]["insertion"] == pytest.approx(shown.areas[1], rel=1e-5)


def test_a_map_can_be_had_as_a_file(live: Live, image: str) -> None:
    answer = live.client.get(f"/api/explanations/tiny_vgg/{image}/lrp", params={"of": "pair", "a": 1, "b": 4})
    assert answer.status_code == 200
    wanted = finish(Lrp().explain(case_of(1, 4))).map
    np.testing.assert_array_equal(np.load(io.BytesIO(answer.content)), wanted)


def test_what_was_made_is_kept_and_the_likeliest_class_is_the_one_asked_for(live: Live, image: str) -> None:
    address = f"/api/explanations/tiny_vgg/{image}"
    first = told(live, address, methods="rise", options=QUICK, seeds=1)
    again = told(live, address, methods="rise", options=QUICK, seeds=1)
    assert [h["kind"] for h, _ in again if h["kind"] != "end"] == [
        h["kind"] for h, _ in first if h["kind"] not in ("progress", "end")
    ]
    seconds = [h["seconds"] for h, _ in first + again if h["kind"] == "map"]
    assert seconds[0] == seconds[1]
    scores = case_of(0).records["output"].output[0]
    assert first[0][0]["a"] == int(scores.argmax())


def test_the_strongest_place_of_a_channel_is_found_and_told(live: Live, image: str) -> None:
    asked = {"of": "channel", "node": "relu_2_1", "channel": 3, "place": "strongest"}
    answers = told(
        live, f"/api/explanations/tiny_vgg/{image}", methods="gradient,lrp", seeds=0, films=False, **asked
    )
    question = answers[0][0]
    output = case_of(0).records["relu_2_1"].output[0, 3]
    assert question["place"] == list(map(int, np.unravel_index(output.argmax(), output.shape)))
    assert question["value"] == pytest.approx(float(output.max()), rel=1e-6)
    assert [layer["name"] for layer in question["layers"]][-1] == "conv_2_1"


def test_a_method_without_a_rule_says_which_node(live: Live, image: str) -> None:
    answers = told(live, f"/api/explanations/efficientnet/{image}", methods="lrp", films=False, seeds=0)
    assert answers[1][0]["reason"] == "LRP has no rule for SiLU (head_silu)."
    answer = live.client.get(f"/api/explanations/efficientnet/{image}/lrp")
    assert answer.status_code == 422
    assert answer.json()["detail"] == "LRP has no rule for SiLU (head_silu)."


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        ({"a": 10}, 422, "a class from 0 to 9, got 10"),
        ({"of": "pair", "a": 1}, 422, "wants both classes"),
        ({"of": "pair", "a": 1, "b": 1}, 422, "two classes, got 1 twice"),
        ({"of": "everything"}, 422, "of"),
        ({"of": "channel", "node": "conv_9"}, 422, "no node 'conv_9'"),
        ({"of": "channel", "node": "conv_1_1", "channel": 10}, 422, "channels 0 to 9, got 10"),
        ({"of": "channel", "node": "conv_1_1", "place": "here"}, 422, "mean, strongest or row,column"),
        ({"of": "channel", "node": "conv_1_1", "place": "99,0"}, 422, r"has values (10, 62, 62)"),
        ({"methods": "heat"}, 404, "There is no method 'heat'; methods: gradient"),
        ({"options": "[]"}, 422, "options must be a JSON object"),
        ({"options": "[" * 1900}, 422, "options must be a JSON object"),
        ({"options": '{"heat": {}}'}, 422, "There is no method 'heat'"),
        ({"options": '{"rise": {"masks": 1e9}}'}, 422, "'masks' must be like 600"),
        ({"options": '{"rise": {"masks": 20000}}'}, 422, "masks may be at most 10000"),
        ({"options": '{"rise": {"masks": true}}'}, 422, "'masks' must be like 600"),
        ({"options": '{"rise": {"seen": 0}}'}, 422, "seen must be above 0"),
        ({"options": '{"smooth_grad": {"sigma": NaN}}'}, 422, "sigma may be at most 10"),
        ({"options": '{"lrp": {"delta": 1}}'}, 422, "unknown 'delta'"),
        ({"seeds": 11}, 422, "seeds"),
    ],
)
def test_what_cannot_be_asked_is_a_problem_document(
    live: Live, image: str, query: dict[str, Any], status: int, detail: str
) -> None:
    answer = live.client.get(f"/api/explanations/tiny_vgg/{image}", params=query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert detail in answer.json()["detail"]


def test_a_layer_that_is_none_is_named_in_the_stream(live: Live, image: str) -> None:
    options = '{"grad_cam": {"layer": "flatten"}}'
    answers = told(
        live, f"/api/explanations/tiny_vgg/{image}", methods="grad_cam", options=options, films=False
    )
    assert "layer must be one of conv_1_1" in answers[1][0]["reason"]


@pytest.fixture
def narrow() -> Iterator[Live]:
    with served(Settings(workers=1, explain_streams=1), install(maps())) as running:
        yield running


def test_leaving_ends_the_work_and_one_too_many_is_refused(narrow: Live) -> None:
    image = uploaded(narrow, PIXELS)
    endless = {"methods": "rise", "options": '{"rise": {"masks": 10000}}', "of": "channel", "node": "last"}
    address = f"/api/explanations/maps/{image}"
    with narrow.client.stream("GET", address, params=endless) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        refused = narrow.client.get(address, params=endless)
        assert refused.status_code == 503
        assert "1 explanations are under way" in refused.json()["detail"]
    until(lambda: narrow.services.explanations.open == 0)
    until(lambda: narrow.services.pool.running == 0)
    assert not [key for key in narrow.services.explanations.cache if "map" in str(key)]


def test_without_classes_a_channel_can_be_asked_for(narrow: Live) -> None:
    image = uploaded(narrow, PIXELS)
    refused = narrow.client.get(f"/api/explanations/maps/{image}")
    assert refused.status_code == 422
    assert "ask for a channel" in refused.json()["detail"]
    asked = {"of": "channel", "node": "last", "channel": 2, "methods": "gradient_times_input", "seeds": 0}
    answers = told(narrow, f"/api/explanations/maps/{image}", **asked)
    assert [h["adds_up"] for h, _ in answers if h["kind"] == "map"] == [True]
