"""Several servers on the same files are one server: what any of them was brought, all of them have."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.api.live import until
from tests.api.real_things import NETWORK, RUNS, Things, bring_things, picture, readable_addresses, sent
from tests.proxy import round_robin
from tests.server import PATIENCE, Server, running_server

OF_THE_MOMENT = {
    "/metrics",
    "/api/traces/{model}/{image}",
    "/api/traces/{model}/{image}/frames",
    "/api/explanations/{model}/{image}",
    "/api/models/{model}/made/{node}",
    "/api/traces/{model}/{image}/mutes/{node}",
}
"""What says how many milliseconds something took, or comes in pieces cut by time."""


NOT_THERE = {
    "/api/training/own/trainings/{training}",
    "/api/models/{model}/folder",
    *(f"/api/training/trained/{{run}}{part}" for part in ("", "/rows", "/look", "/film", "/{table}.csv")),
}
"""Trainings take too long for a test; how one stands is shared by files, see test_shared_jobs.py. Photos in
folders lie on the server that they were sent to, and on no other."""

PLAIN = {"CONVSCOPE_BUNDLES": "off"}
"""Nobody looks at pages here."""


def fresh(address: str) -> httpx.Client:
    """A client whose every request is a connection of its own: the balancer sends each to the next server."""
    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.Client(base_url=address, timeout=PATIENCE, limits=limits)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def clients(folder: Path) -> Iterator[tuple[httpx.Client, ...]]:
    """Through the balancer, and to each of two servers by itself."""
    with ExitStack() as stack:
        environment = {"CONVSCOPE_DATA_FOLDER": str(folder), "CONVSCOPE_TRAINING_PROCESSES": "1", **PLAIN}
        servers = [stack.enter_context(running_server(environment=environment)) for _ in range(2)]
        addresses = [server.address for server in servers]
        addresses.insert(0, stack.enter_context(round_robin(addresses)))
        yield tuple(stack.enter_context(fresh(address)) for address in addresses)


@pytest.fixture(scope="module")
def things(clients: tuple[httpx.Client, ...]) -> Things:
    return bring_things(clients[0])


def test_every_address_answers_the_same_on_both(clients: tuple[httpx.Client, ...], things: Things) -> None:
    balancer, *servers = clients
    document = sent(balancer, "GET", "/openapi.json")
    for template, address in readable_addresses(document, things):
        first, second = (server.get(address) for server in servers)
        wanted = 404 if template in NOT_THERE else 200
        assert first.status_code == second.status_code == wanted, (address, first.text, second.text)
        if template not in OF_THE_MOMENT:
            assert first.content == second.content, address


def test_what_one_changes_or_removes_is_changed_and_gone_on_the_other(
    clients: tuple[httpx.Client, ...],
) -> None:
    _, one, other = clients
    model = sent(one, "POST", "/api/models", files={"file": NETWORK}, data={"verify": "later"})["id"]
    sent(other, "PATCH", f"/api/models/{model}", json={"name": "Renamed"})
    assert sent(one, "GET", f"/api/models/{model}")["title"] == "Renamed"
    assert one.delete(f"/api/models/{model}").status_code == 204
    assert other.get(f"/api/models/{model}").status_code == 404
    assert other.delete(f"/api/models/{model}").status_code == 404


def test_either_orders_a_race_about_and_both_tell_of_it(clients: tuple[httpx.Client, ...]) -> None:
    _, one, other = clients
    settings = {"batch": 16, "passes": 1}
    run = sent(one, "POST", RUNS, json={"settings": settings, "nets": ["mlp"]})["id"]
    for step, server in enumerate((one, other, other, one), 1):
        assert sent(server, "POST", f"{RUNS}/{run}/orders", json={"order": "step"})["step"] == step
    for server in (one, other):
        assert sent(server, "GET", f"{RUNS}/{run}")["step"] == 4
    back = sent(other, "POST", f"{RUNS}/{run}/orders", json={"order": "back", "step": 2})
    assert (back["step"], back["revision"]) == (2, sent(one, "GET", f"{RUNS}/{run}")["revision"])
    refused = other.post(f"{RUNS}/{run}/orders", json={"order": "back", "step": 9})
    assert refused.status_code == 422
    assert other.delete(f"{RUNS}/{run}").status_code == 204
    assert one.get(f"{RUNS}/{run}").status_code == 404


def test_races_of_both_wait_for_the_same_core(clients: tuple[httpx.Client, ...]) -> None:
    _, one, other = clients
    settings = {"batch": 16, "passes": 60}
    first, second = (
        sent(server, "POST", RUNS, json={"settings": settings, "nets": ["cnn"]})["id"]
        for server in (one, other)
    )
    assert sent(one, "POST", f"{RUNS}/{first}/orders", json={"order": "go"})["running"]
    waiting = sent(other, "POST", f"{RUNS}/{second}/orders", json={"order": "go"})
    assert (waiting["running"], waiting["queued"]) == (False, 1)
    assert sent(other, "GET", f"{RUNS}/{first}")["running"]
    sent(other, "POST", f"{RUNS}/{first}/orders", json={"order": "pause"})
    until(lambda: sent(one, "GET", f"{RUNS}/{second}")["running"])
    for run in (first, second):
        assert one.delete(f"{RUNS}/{run}").status_code == 204


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One command, two processes behind its port."""
    environment = {"CONVSCOPE_DATA_FOLDER": str(tmp_path_factory.mktemp("together")), **PLAIN}
    with running_server("--workers", "2", environment=environment) as server:
        yield server


def workers(server: Server) -> set[int]:
    """The processes that share the port."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    lines = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes() for pid in children}
    return {pid for pid, line in lines.items() if b"spawn_main" in line}


def test_any_worker_answers_and_their_counts_add_up(together: Server) -> None:
    with fresh(together.address) as client:
        uploads = [sent(client, "POST", "/api/images", files={"file": picture(seed)}) for seed in range(6)]
        for upload in uploads * 2:
            sent(client, "GET", f"/api/traces/tiny_vgg/{upload['id']}")
        told = client.get("/metrics").text
    assert re.search(r"^convscope_uploads_total 6\.0$", told, re.M), told
    route = r'route="/api/traces/{model}/{image}",status="200"'
    assert re.search(rf"^convscope_requests_total{{method=\"GET\",{route}}} 12\.0$", told, re.M), told
    assert len(re.findall(r"^convscope_image_cache_bytes ", told, re.M)) == 1


def test_a_worker_that_dies_is_started_again_and_all_of_them_end_together(together: Server) -> None:
    before = workers(together)
    assert len(before) == 2
    os.kill(min(before), signal.SIGKILL)
    until(lambda: len(workers(together) - before) == 1)
    with fresh(together.address) as client:
        for _ in range(8):
            assert client.get("/healthz").status_code == 200
    left = workers(together)
    together.process.send_signal(signal.SIGTERM)
    assert together.process.wait(PATIENCE) == 0
    assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]
