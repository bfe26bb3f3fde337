"""Frames leave as layers are finished; work is shared, bounded, and stops when nobody wants it."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from app.config import Settings
from app.services import trace_service
from tests.api import gated
from tests.api.live import Live, frames, served, until, values
from tests.api.pictures import noise, uploaded

ONE_AT_A_TIME = Settings(workers=1, queue_length=1, upload_pixels=10_000, image_cache_bytes=100_000)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_service, "_GRACE_SECONDS", 0.02)


@pytest.fixture
def gate() -> Iterator[gated.Gate]:
    made = gated.Gate()
    yield made
    made.open()


@pytest.fixture
def after() -> gated.Gate:
    made = gated.Gate()
    made.open()
    return made


@pytest.fixture
def live(gate: gated.Gate, after: gated.Gate) -> Iterator[Live]:
    with served(ONE_AT_A_TIME, gated.install(gate, after)) as running:
        running.client.get("/api/samples")
        running.client.get("/api/models")
        yield running
        # The server waits for its threads when it stops.
        gate.open()


@pytest.fixture
def address(live: Live) -> str:
    return f"/api/traces/gated/{uploaded(live, noise(40, 40))}"


@pytest.fixture
def background() -> Iterator[Callable[..., Future[Any]]]:
    with ThreadPoolExecutor(16) as threads:
        yield threads.submit


def test_a_layer_is_sent_before_the_next_one_is_computed(live: Live, address: str, gate: gated.Gate) -> None:
    with live.client.stream("GET", f"{address}/frames") as answer:
        arriving = frames(answer.iter_raw())
        assert [next(arriving)[0]["node"] for _ in range(2)] == ["input", "before"]
        # Nothing has passed the gate, and yet two layers are here.
        gate.open()
        rest = [header for header, _ in arriving]

    assert [header.get("node") for header in rest] == ["gated", "after", "pool", "flatten", "softmax", None]
    assert rest[-1]["done"] is True


def test_a_client_that_asks_gzip_gets_frames_as_early(live: Live, address: str, gate: gated.Gate) -> None:
    with live.client.stream("GET", f"{address}/frames", headers={"accept-encoding": "gzip"}) as answer:
        assert "content-encoding" not in answer.headers
        assert next(frames(answer.iter_raw()))[0]["node"] == "input"
        gate.open()


def test_everyone_who_asks_while_it_runs_shares_one_run(
    live: Live, address: str, gate: gated.Gate, background: Callable[..., Future[Any]]
) -> None:
    asked = [background(live.client.get, address) for _ in range(8)]
    gate.wait_for_entry()
    with live.client.stream("GET", f"{address}/frames") as answer:
        arriving = frames(answer.iter_raw())
        first = [next(arriving) for _ in range(2)]
        key = next(iter(live.services.traces._under_way))
        until(lambda: live.services.traces._under_way[key].followers == 9)
        gate.open()
        everything = [*first, *arriving]
    answers = [future.result() for future in asked]

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert gate.runs == 1
    assert live.metric("convscope_traces_total") == 1
    assert values(*everything[-2]).sum() == pytest.approx(1)


def test_a_trace_that_is_kept_is_not_computed_again(live: Live, address: str, gate: gated.Gate) -> None:
    gate.open()
    first = live.client.get(f"{address}/frames").content
    again = live.client.get(f"{address}/frames").content
    live.client.get(f"{address}/nodes/softmax")
    live.client.get(f"{address}/explain/pool?channel=1")

    assert first == again
    assert gate.runs == 1
    assert live.metric("convscope_trace_cache_entries") == 1


def test_a_full_queue_answers_503_at_once_and_recovers(
    live: Live, address: str, gate: gated.Gate, background: Callable[..., Future[Any]]
) -> None:
    def ask(crop: str) -> httpx.Response:
        return live.client.get(address, params={"crop": crop})

    running = background(ask, "0,0,10")
    gate.wait_for_entry()
    waiting = background(ask, "0,0,11")
    until(lambda: live.services.pool.waiting == 1)
    refused = [
        live.client.get(address + path, params={"crop": "0,0,12"}) for path in ("", "/frames", "/nodes/pool")
    ]
    thumbnail = live.client.get(f"/api/images/{address.rsplit('/', 1)[1]}/thumbnail")

    for answer in (*refused, thumbnail):
        assert answer.status_code == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert answer.headers["content-type"] == "application/problem+json"
    assert live.client.get("/healthz").status_code == 200
    assert live.metric("convscope_busy_total") == 4
    assert live.metric("convscope_pool_running") == 1
    assert live.metric("convscope_pool_waiting") == 1

    gate.open()
    assert (running.result().status_code, waiting.result().status_code) == (200, 200)
    assert ask("0,0,12").status_code == 200


def test_work_that_waits_for_a_client_that_left_is_never_done(
    live: Live, address: str, gate: gated.Gate, background: Callable[..., Future[Any]]
) -> None:
    running = background(live.client.get, address)
    gate.wait_for_entry()
    for path in ("", "/frames"):
        with asking(live, f"{address}{path}?crop=0,0,11"):
            until(lambda: live.services.pool.waiting == 1)
        until(lambda: live.services.pool.waiting == 0)
    gate.open()

    assert running.result().status_code == 200
    until(lambda: live.services.pool.running == 0)
    assert gate.runs == 1


@contextmanager
def asking(live: Live, address: str) -> Iterator[None]:
    """A client that has asked, and goes away at the end of the block."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port)
    connection.request("GET", address)
    try:
        yield
    finally:
        connection.close()


def test_a_run_whose_last_follower_left_stops_at_the_next_layer(
    live: Live, address: str, gate: gated.Gate, after: gated.Gate
) -> None:
    with live.client.stream("GET", f"{address}/frames") as answer:
        assert next(frames(answer.iter_raw()))[0]["node"] == "input"
        gate.wait_for_entry()
    until(lambda: not live.services.traces._under_way)
    gate.open()
    until(lambda: live.services.pool.running == 0)

    assert after.runs == 0
    assert live.metric("convscope_trace_cache_entries") == 0
    assert live.client.get(address).status_code == 200
    assert (gate.runs, after.runs) == (2, 1)


def test_one_of_two_followers_may_leave(
    live: Live, address: str, gate: gated.Gate, background: Callable[..., Future[Any]]
) -> None:
    staying = background(live.client.get, address)
    gate.wait_for_entry()
    (run,) = live.services.traces._under_way.values()
    with asking(live, f"{address}/frames"):
        until(lambda: run.followers == 2)
    until(lambda: run.followers == 1)
    gate.open()

    assert staying.result().status_code == 200
    assert gate.runs == 1


def test_a_failure_under_way_is_the_last_frame(live: Live, address: str, gate: gated.Gate) -> None:
    gate.error = FloatingPointError("secret internals")
    gate.open()
    *layers, (last, _) = frames([live.client.get(f"{address}/frames").content])

    assert [header["node"] for header, _ in layers] == ["input", "before"]
    assert last["error"]["status"] == 500
    assert "secret" not in str(last)
    plain = live.client.get(address)
    assert plain.status_code == 500
    assert "secret" not in plain.text

    gate.error = None
    assert live.client.get(address).status_code == 200


def test_traces_in_memory_are_bounded_and_the_oldest_goes_first(gate: gated.Gate) -> None:
    gate.open()
    # One trace of the gated network: 4 layers of 3x8x8 numbers, 3 of 3, and 2,000 bytes of objects each.
    held = 3108 + 7 * 2000
    with served(Settings(workers=1, trace_cache_bytes=2 * held + 100), gated.install(gate)) as live:
        address = f"/api/traces/gated/{uploaded(live, noise(40, 40))}"
        for width in (10, 11, 10, 12):
            live.client.get(address, params={"crop": f"0,0,{width}"})
        assert gate.runs == 3
        assert live.metric("convscope_trace_cache_bytes") == 2 * held
        live.client.get(address, params={"crop": "0,0,10"})
        assert gate.runs == 3
        live.client.get(address, params={"crop": "0,0,11"})
        assert gate.runs == 4


def test_a_trace_larger_than_the_cache_is_answered_and_not_kept(gate: gated.Gate) -> None:
    gate.open()
    with served(Settings(workers=1, trace_cache_bytes=0), gated.install(gate)) as live:
        address = f"/api/traces/gated/{uploaded(live, noise(40, 40))}"
        assert live.client.get(address).status_code == 200
        assert live.metric("convscope_trace_cache_bytes") == 0
