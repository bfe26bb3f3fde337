"""Mute each: every number of a sweep is the one that the page shows of the network edited so."""

import io
from urllib.parse import quote

import numpy as np
import pytest

from tests.api.live import frames, until


@pytest.fixture(scope="module")
def photo(live):
    return live.client.get("/api/samples").json()[0]["id"]


def sweep(live, photo, node, model="tiny_vgg", **query):
    answer = live.client.get(f"/api/traces/{quote(model)}/{photo}/mutes/{node}", params=query)
    assert answer.status_code == 200, answer.text
    header, *some, done = [told for told, _ in frames([answer.content])]
    assert [each["first"] for each in some] == [
        sum(len(each["values"]) for each in some[:at]) for at in range(len(some))
    ]
    found = [value for each in some for value in each["values"]]
    likely = [value for each in some for value in each["probabilities"] or ()]
    assert len(found) == header["channels"]
    return header, found, likely, done


def node(live, photo, name, edit):
    answer = live.client.get(f"/api/traces/tiny_vgg/{photo}/nodes/{name}", params={"edit": edit})
    return np.load(io.BytesIO(answer.content))


def test_a_value_is_that_of_the_trace_edited_so(live, photo):
    edits = "conv_1_1:scale:1:1.5;relu_1_2:mute:3"
    header, found, likely, done = sweep(live, photo, "conv_1_2", model=f"tiny_vgg~edit-{edits}")
    labels = live.client.get("/api/models/tiny_vgg").json()["classes"]
    top = live.client.get(f"/api/traces/tiny_vgg/{photo}", params={"edit": edits}).json()["top"][0]
    assert (header["of"], header["label"], labels[header["a"]]) == ("class", top["label"], top["label"])
    assert header["probability"] == top["probability"]
    for channel in (0, 3, 9):
        both = f"{edits};conv_1_2:mute:{channel}"
        assert found[channel] == node(live, photo, "output", both)[header["a"]]
        assert likely[channel] == node(live, photo, "softmax", both)[header["a"]]
    assert found[3] == header["value"], "relu_1_2 mutes it already"
    assert done["sum"] == pytest.approx(sum(header["value"] - value for value in found))
    assert (done["additive"], done["constant"], done["adds_up"]) == (False, None, False)


def test_before_the_classes_they_add_up_to_the_bias(live, photo):
    header, _, _, done = sweep(live, photo, "flatten", a=4, edit="output:bias:4:0.25")
    assert (header["a"], header["channels"], done["adds_up"], done["constant"]) == (4, 1690, True, 0.25)


def test_a_channel_s_mean_may_be_asked_for(live, photo):
    header, found, likely, _ = sweep(live, photo, "conv_1_1", target="relu_2_1", channel=5)
    assert (header["of"], header["a"], header["label"], likely) == ("channel", None, None, [])
    wanted = node(live, photo, "relu_2_1", "conv_1_1:mute:7")[5].mean(dtype=np.float64)
    assert found[7] == pytest.approx(wanted, rel=1e-12)


def test_leaving_ends_the_work_and_too_many_are_refused(live, photo, monkeypatch):
    ablations = live.services.ablations
    path = f"/api/traces/resnet/{photo}/mutes/block_1_1_conv"
    with live.client.stream("GET", path) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        assert ablations.open == 1
    until(lambda: ablations.open == 0)
    monkeypatch.setattr(ablations, "open", 8)
    refused = live.client.get(path)
    assert (refused.status_code, refused.json()["title"]) == (503, "The server is busy")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("mutes/conv_9", 404, "no node 'conv_9'"),
        ("mutes/conv_1_1?a=10", 422, "channels 0 to 9, got 10"),
        ("mutes/conv_2_1?target=conv_1_1", 422, "does not lead to 'conv_1_1'"),
        ("mutes/conv_2_1?target=relu_9", 404, "relu_9"),
        ("mutes/softmax", 422, "does not lead to 'output'"),
        ("mutes/conv_2_1?edit=conv_1_1:mute:10", 422, "edit 1 of 1"),
    ],
)
def test_what_cannot_be_asked_is_named(live, photo, path, status, words):
    answer = live.client.get(f"/api/traces/tiny_vgg/{photo}/{path}")
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
