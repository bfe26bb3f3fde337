"""The server counts what it does, under a bounded number of names."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from app.services.heap import give_back
from tests.api.live import served
from tests.api.pictures import noise, uploaded


def test_requests_uploads_and_traces_are_counted() -> None:
    with served() as live:
        image = uploaded(live, noise(9, 9))
        for _ in range(2):
            live.client.get(f"/api/traces/tiny_vgg/{image}")
        live.client.get("/api/models/none")

        route = "/api/traces/{model}/{image}"
        assert live.metric("convscope_uploads_total") == 1
        assert live.metric("convscope_traces_total") == 1
        assert live.metric(f'convscope_requests_total{{method="GET",route="{route}",status="200"}}') == 2
        assert live.metric(f'convscope_request_seconds_count{{route="{route}"}}') == 2
        assert live.metric("convscope_trace_cache_entries") == 1
        assert live.metric("convscope_image_cache_entries") == 1
        assert live.metric("convscope_pool_threads") == 2
        assert live.metric("convscope_pool_waiting") == 0


def test_addresses_and_methods_made_up_by_a_client_share_a_label() -> None:
    with served() as live:
        for number in range(20):
            live.client.get(f"/made/up/{number}")
            live.client.get(f"/static/made/up/{number}")
            live.client.request("PROPFIND", f"/made/up/{number}")
        text = live.client.get("/metrics").text

    assert "made/up" not in text
    assert "PROPFIND" not in text
    assert 'convscope_requests_total{method="GET",route="unmatched",status="404"} 20.0' in text
    assert 'convscope_requests_total{method="other",route="unmatched",status="404"} 20.0' in text


def test_the_format_is_prometheus_text() -> None:
    with served() as live:
        answer = live.client.get("/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE convscope_request_seconds histogram" in answer.text


def test_what_the_allocator_holds_is_told_and_freed_memory_goes_back() -> None:
    with served() as live:
        before = live.metric("convscope_heap_used_bytes")
        # small pieces with one left behind them, as a request leaves them: no page goes back by itself
        pieces = [np.ones(2_000) for _ in range(4_000)]
        assert live.metric("convscope_heap_used_bytes") > before + 60e6
        last = pieces[-1]
        del pieces
        held = _resident()
        assert live.metric("convscope_heap_free_bytes") > 60e6
        assert give_back()
        assert _resident() < held - 40e6
        assert last.sum() == 2_000


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * float(os.sysconf("SC_PAGE_SIZE"))
