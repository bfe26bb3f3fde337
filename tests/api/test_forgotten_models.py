"""A network that is removed leaves nothing behind, and what is kept of one is counted."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services.trace_service import TraceRun
from cnn_core.graph.graph import Graph
from tests.api.live import SMALL, Live, served
from tests.api.pictures import blocks, encoded, upload
from tests.core.onnx_import.files import model, node

CHAIN = 400


@pytest.fixture
def live(tmp_path: Path) -> Iterator[Live]:
    with served(SMALL.model_copy(update={"data_folder": tmp_path})) as running:
        yield running


def chain(number: int) -> bytes:
    """A network of many layers without weights; another one for every number."""
    nodes = [node("Relu", f"r{n}" if n else "x", f"r{n + 1}") for n in range(CHAIN + number)]
    made: bytes = model(nodes).SerializeToString()
    return made


def graphs_of_chains() -> int:
    """How many networks as large as this file's are in memory, whoever holds them.

    Forty of 4,990 nodes, opened, traced and removed, take 6 minutes of a core; eight of 400 show the same.
    """
    gc.collect()
    return sum(isinstance(each, Graph) and len(each) > CHAIN for each in gc.get_objects())


def test_networks_opened_traced_and_removed_are_gone_from_memory(live: Live) -> None:
    image = upload(live, encoded(blocks())).json()["id"]
    left, before = [], graphs_of_chains()
    for number in range(8):
        answer = live.client.post("/api/models", files={"file": chain(number)}, data={"verify": "later"})
        name = answer.json()["id"]
        live.client.patch(f"/api/models/{name}", json={"name": "renamed"}).raise_for_status()
        live.client.get(f"/api/traces/{name}/{image}").raise_for_status()
        shift = {"model": name, "image": image, "dx": 1, "nodes": ["r1_node"]}
        live.client.post("/api/equivariance", json=shift).raise_for_status()
        models = live.services.models.cache
        assert models.bytes > 1000 * CHAIN
        assert live.services.traces.plans.nbytes > 1000 * CHAIN
        left += [weakref.ref(models.get(key).model.graph) for key in models]  # type: ignore[union-attr]
        live.client.delete(f"/api/models/{name}").raise_for_status()
        for cache in (models, live.services.traces.cache, live.services.shifts.cache):
            assert (len(cache), cache.bytes) == (0, 0)
        assert len(live.services.traces.plans) == 0
    gc.collect()
    # a thread of a pool, or of the team that computes, holds on to its last job until the next one
    assert sum(ref() is not None for ref in left) <= live.services.settings.workers + 1
    assert graphs_of_chains() <= before + 2 * live.services.settings.workers


def runs_alive() -> int:
    """Traces that have not been freed."""
    return sum(isinstance(each, TraceRun) for each in gc.get_objects())


def test_traces_that_are_not_kept_are_freed_without_the_collector(live: Live) -> None:
    live.services.traces.cache.capacity = 0
    images = [upload(live, encoded(blocks(8 + number))).json()["id"] for number in range(6)]
    gc.collect()
    gc.disable()
    # other servers of this process may keep theirs
    before = runs_alive()
    try:
        for image in images:
            live.client.get(f"/api/traces/tiny_vgg/{image}").raise_for_status()
        # those alone that a thread holds on to until its next job, or the loop until its next turn
        assert runs_alive() - before <= live.services.settings.workers
    finally:
        gc.enable()
