"""The live socket against clients that are hostile, slow, silent, or too many."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from app.config import Settings
from tests.api import gated
from tests.api.live import Live, served, until
from tests.api.pictures import noise, uploaded
from tests.api.sockets import answer, answers, ask, closing, next_message, sample, socket


@pytest.fixture
def cat(live: Live) -> dict[str, Any]:
    return {"model": "tiny_vgg", "image": sample(live)}


BROKEN = {
    "binary": (b"\x00\xff\x17noise", 1003, "Binary messages are not understood"),
    "nothing": ("", 1007, "not JSON"),
    "no JSON": ("{'seq': 1}", 1007, "not JSON"),
    "half": ('{"seq": 1', 1007, "not JSON"),
    "deep": ("[" * 8000, 1007, "not JSON"),
    "many digits": ('{"seq": ' + "9" * 5000 + "}", 1007, "not JSON"),
    "not a number": ('{"seq": 1, "dx": NaN}', 1007, "not JSON"),
    "a list": ("[1, 2]", 1007, "not a JSON object"),
    "a number": ("7", 1007, "not a JSON object"),
    "no seq": ('{"dx": 1}', 1007, "seq must be a whole number"),
    "seq as text": ('{"seq": "1"}', 1007, "seq must be a whole number"),
    "seq true": ('{"seq": true}', 1007, "seq must be a whole number"),
    "seq below zero": ('{"seq": -1}', 1007, "seq must be a whole number"),
    "seq too large": ('{"seq": 9007199254740992}', 1007, "seq must be a whole number"),
    "long": (json.dumps({"seq": 1, "model": "x" * 9000}), 1009, "at most 8192 bytes are read"),
    "megabytes": ("x" * 100_000, 1009, ""),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_the_protocol_closes_with_a_reason(live: Live, name: str) -> None:
    message, code, reason = BROKEN[name]
    with socket(live) as connection:
        try:
            connection.send(message)
        except ConnectionClosed:
            assert name == "megabytes"
        assert closing(connection)[0] == code
        assert reason in closing(connection)[1]
    until(lambda: live.metric("convscope_live_connections") == 0)
    assert live.client.get("/healthz").status_code == 200


def test_a_server_that_reads_megabytes_refuses_them_and_serves_others_meanwhile() -> None:
    """Uvicorn by itself reads messages of up to 16 MiB before the application sees them."""
    with served(largest_message=16 * 1024 * 1024) as live, socket(live) as other:
        image = sample(live)
        for message, code in (("x" * 12_000_000, 1009), (bytes(12_000_000), 1003)):
            with socket(live) as connection:
                connection.send(message)
                assert answer(other, code, model="tiny_vgg", image=image)["type"] == "result"
                assert closing(connection)[0] == code


def test_text_that_is_no_text_closes(live: Live) -> None:
    with socket(live) as connection:
        connection.send(b"\xff\xfe{}", text=True)
        assert closing(connection)[0] == 1007
    assert live.client.get("/healthz").status_code == 200


IMPOSSIBLE = {
    "model": ({"model": "vgg99"}, 404, "There is no model 'vgg99'"),
    "image": ({"image": "x" * 32}, 404, "upload it again"),
    "crop": ({"crop": [0, 0, 99_999]}, 422, "leaves the image"),
    "node": ({"layers": [{"node": "conv_9"}]}, 404, "There is no node 'conv_9'; with a map: input, conv_1_1"),
    "no map": ({"layers": [{"node": "softmax"}]}, 422, "no map that could move"),
    "channel": ({"layers": [{"node": "conv_1_1", "channel": 10}]}, 422, "channel must be 0 to 9"),
    "channel below zero": ({"layers": [{"node": "conv_1_1", "channel": -1}]}, 422, "layers.0.channel"),
    "nine layers": ({"layers": [{"node": "conv_1_1"}] * 9}, 422, "layers: list should have at most 8"),
    "out of the picture": ({"dx": 64}, 422, "dx must be -63 to 63"),
    "out of the canvas": ({"dy": -100, "size": 100}, 422, "dy must be -99 to 99"),
    "text": ({"dx": "1"}, 422, "dx: input should be a valid integer, got '1'"),
    "null": ({"dy": None}, 422, "dy: input should be a valid integer"),
    "infinite": ({"angle": 1e999}, 422, "angle: input should be"),
    "border": ({"border": "none"}, 422, "border: input should be 'trained', 'zeros', 'wrap' or 'reflect'"),
    "unheard of": ({"zoom": 1}, 422, "zoom: extra inputs are not permitted"),
    "curve of a turn": ({"transform": "rotate", "curve": 16}, 422, "transform 'shift'"),
    "sweep of a canvas": ({"size": 100, "sweep": 2}, 422, "size null"),
}


def test_a_state_that_cannot_be_is_answered_and_the_socket_stays(live: Live, cat: dict[str, Any]) -> None:
    with socket(live) as connection:
        for seq, (name, (wrong, status, reason)) in enumerate(IMPOSSIBLE.items()):
            text = json.dumps({"seq": seq, **cat, **wrong}).replace("Infinity", "1e999")
            connection.send(text)
            error = answers(connection, seq)[-1]
            assert error["type"] == "error", name
            assert error["error"]["status"] == status, name
            assert reason in error["error"]["detail"], error
        assert answer(connection, 99, **cat)["type"] == "result"


def test_a_failure_is_told_without_its_cause(
    live: Live, cat: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> None:
        raise FloatingPointError("secret internals")

    with socket(live) as connection:
        with monkeypatch.context() as patch:
            patch.setattr(live.services.shifts, "probabilities", fail)
            error = answer(connection, 1, **cat)
        assert error["error"]["status"] == 500
        assert "secret" not in str(error)
        assert answer(connection, 2, **cat)["type"] == "result"


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("http://127.0.0.1:{port}", True),
        (None, True),
        ("http://127.0.0.1:{other}", False),
        ("http://elsewhere.example:{port}", False),
        ("http://127.0.0.1", False),
        ("file://127.0.0.1:{port}", False),
        ("null", False),
        ("http://127.0.0.1:port", False),
    ],
)
def test_only_our_own_pages_may_connect(live: Live, origin: str | None, accepted: bool) -> None:
    named = origin and origin.format(port=live.port, other=live.port + 1)
    if accepted:
        with socket(live, origin=named) as connection:
            ask(connection, 1)
            assert next_message(connection)["error"]["status"] == 422
    else:
        with pytest.raises(InvalidStatus) as raised, socket(live, origin=named):
            pass
        assert raised.value.response.status_code == 403


def test_one_too_many_is_told_its_place_and_is_answered_when_there_is_room() -> None:
    settings = Settings(workers=1, live_connections=2, live_waiting=2, live_silence_seconds=2.0)
    with served(settings) as live, ExitStack() as stack:
        first, second = (stack.enter_context(socket(live)) for _ in range(2))
        until(lambda: live.metric("convscope_live_connections") == 2)
        third, fourth = (stack.enter_context(socket(live)) for _ in range(2))
        until(lambda: live.metric("convscope_live_waiting") == 2)
        places = sorted((next_message(each)["place"], each is third) for each in (third, fourth))
        assert [place for place, _ in places] == [1, 2]
        ahead, behind = (third, fourth) if places[0][1] else (fourth, third)
        ask(ahead, 7)  # what is asked meanwhile is answered later
        with socket(live) as fifth:
            code, reason = closing(fifth)
        assert (code, "All 2 live connections are taken and 2 more wait" in reason) == (1013, True)
        ask(first, 1)
        assert next_message(first)["type"] == "error"

        second.close()
        while (found := next_message(ahead))["type"] == "waiting":
            assert found["place"] == 1
        assert (found["type"], found["seq"]) == ("error", 7)
        while (found := next_message(behind))["place"] == 2:
            assert found["taken"] == 2
        assert found["place"] == 1


def test_whoever_leaves_the_line_makes_room_in_it() -> None:
    with served(Settings(workers=1, live_connections=1, live_waiting=5)) as live, socket(live) as first:
        until(lambda: live.metric("convscope_live_connections") == 1)
        with socket(live) as second, socket(live) as third:
            assert {next_message(second)["place"], next_message(third)["place"]} == {1, 2}
        until(lambda: live.metric("convscope_live_waiting") == 0)
        ask(first, 1)
        assert next_message(first)["type"] == "error"
    assert live.services.live.open == 0


def test_waiting_is_no_silence() -> None:
    settings = Settings(workers=1, live_connections=1, live_waiting=1, live_silence_seconds=0.4)
    with served(settings) as live, socket(live) as first:
        until(lambda: live.metric("convscope_live_connections") == 1)
        with socket(live) as second:
            told = 0
            while told < 12:  # a quarter of the time of silence each
                assert next_message(second)["place"] == 1
                ask(first, told)
                assert next_message(first)["type"] == "error"
                told += 1


def test_silence_closes_with_a_reason() -> None:
    with served(Settings(workers=1, live_silence_seconds=0.2)) as live, socket(live) as connection:
        assert closing(connection) == (4408, "Nothing was said for 0.2 seconds; connect again to go on.")


def test_a_client_that_does_not_read_builds_no_queue(live: Live, cat: dict[str, Any]) -> None:
    layers = [{"node": node} for node in ("input", "conv_1_1", "relu_1_1", "conv_1_2")]
    with socket(live, max_queue=1) as connection:
        for seq in range(60):
            ask(connection, seq, **cat, dx=seq, size=200, layers=layers)
            # The server is at work on other things meanwhile, and has all the time it wants.
            assert live.client.get("/api/samples").status_code == 200
        found = [next_message(connection)]
        while found[-1]["type"] != "done" or found[-1]["seq"] != 59:
            found.append(next_message(connection))
    results = [message["seq"] for message in found if message["type"] == "result"]

    assert results[-1] == 59
    # What the buffers of both systems hold, about 2 MB a message, and what the client read ahead.
    assert len(results) < 30


@pytest.fixture
def flood(live: Live, cat: dict[str, Any]) -> Iterator[None]:
    """A client that sends as fast as it can and reads nothing, until the end of the test."""
    stop = threading.Event()

    def send() -> None:
        state = {**cat, "border": "reflect", "curve": 32, "sweep": 8, "layers": [{"node": "max_pool_2"}]}
        with socket(live) as connection:
            seq = 0
            while not stop.is_set():
                ask(connection, seq := seq + 1, **state, dx=seq % 60)

    thread = threading.Thread(target=send)
    thread.start()
    until(lambda: live.metric("convscope_live_connections") == 1)
    yield
    stop.set()
    thread.join()


@pytest.mark.usefixtures("flood")
def test_others_are_served_while_a_socket_floods(live: Live, cat: dict[str, Any]) -> None:
    for _ in range(10):
        assert live.client.get("/healthz").status_code == 200
    assert live.client.get(f"/api/traces/tiny_vgg/{uploaded(live, noise(50, 50))}").status_code == 200
    with socket(live) as connection:
        assert answer(connection, 1, **cat, dx=5)["dx"] == 5


def test_a_busy_server_says_so_and_the_socket_stays() -> None:
    gate = gated.Gate()
    with served(Settings(workers=1, queue_length=0), gated.install(gate)) as live:
        image = uploaded(live, noise(20, 20))
        with socket(live) as connection:
            ask(connection, 0, model="gated", image=image)
            gate.wait_for_entry()
            with socket(live) as other:
                error = answer(other, 1, model="gated", image=image, dx=1)["error"]
                gate.open()
                assert error["status"] == 503
                assert "threads are at work" in error["detail"]
                assert answers(connection, 0)[0]["type"] == "result"
                assert answer(other, 2, model="gated", image=image, dx=1)["type"] == "result"


def test_a_client_that_goes_in_the_middle_frees_its_place() -> None:
    gate = gated.Gate()
    with served(Settings(workers=1), gated.install(gate)) as live:
        image = uploaded(live, noise(20, 20))
        with socket(live) as connection:
            ask(connection, 0, model="gated", image=image)
            gate.wait_for_entry()
        until(lambda: live.metric("convscope_live_connections") == 0)
        gate.open()
        until(lambda: live.services.pool.running == 0)
        with socket(live) as connection:
            assert answer(connection, 1, model="gated", image=image)["type"] == "result"
