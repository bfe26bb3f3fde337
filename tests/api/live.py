"""A real server on a real socket inside the test's process, so that a test can reach into both ends."""

from __future__ import annotations

import json
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import numpy as np
import uvicorn
from fastapi import FastAPI
from numpy.typing import NDArray

from app.config import Settings
from app.connections import limited_connections
from app.container import Services
from app.main import create_app
from app.services.live_messages import FRAME_BYTES

PATIENCE = 20.0
"""Seconds after which something that should have happened is taken as not happening."""

SMALL = Settings(
    upload_bytes=200_000, upload_pixels=100_000, image_cache_bytes=700_000, workers=2, queue_length=64
)
"""Limits low enough to be reached by small files."""


@dataclass(frozen=True)
class Live:
    app: FastAPI
    client: httpx.Client
    port: int

    @property
    def services(self) -> Services:
        services: Services = self.app.state.services
        return services

    def metric(self, line: str) -> float:
        """The number behind one line of /metrics."""
        found = [row for row in self.client.get("/metrics").text.splitlines() if row.startswith(line + " ")]
        assert found, f"no metric {line}"
        return float(found[0].rsplit(" ", 1)[1])


@contextmanager
def served(
    settings: Settings = SMALL,
    prepare: Callable[[FastAPI], None] | None = None,
    largest_message: int = FRAME_BYTES,
) -> Iterator[Live]:
    """The application on a free port, from its start to the end of the block."""
    app = create_app(settings)
    if prepare:
        prepare(app)
    config = uvicorn.Config(
        app,
        port=0,
        log_level="critical",
        http=limited_connections(settings),
        timeout_graceful_shutdown=2,
        ws_max_size=largest_message,
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started or not thread.is_alive())
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE) as client:
            yield Live(app, client, port)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()


def until(condition: Callable[[], object]) -> None:
    """Wait for something another thread does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)


def frames(chunks: Iterable[bytes]) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Header and payload of every frame, as soon as it is whole."""
    buffer = b""
    for chunk in chunks:
        buffer += chunk
        while len(buffer) >= 4:
            (length,) = struct.unpack_from("<I", buffer)
            assert length % 4 == 0
            if len(buffer) < 4 + length:
                break
            header = json.loads(buffer[4 : 4 + length])
            end = 4 + length + header["bytes"]
            if len(buffer) < end:
                break
            yield header, buffer[4 + length : end]
            buffer = buffer[end:]
    assert buffer == b"", "the stream ends inside a frame"


def values(header: dict[str, Any], payload: bytes) -> NDArray[Any]:
    """What a frame says the layer's output is."""
    kind = "<f4" if header["encoding"] == "float32" else "u1"
    stored = np.frombuffer(payload, kind, count=header["elements"]).reshape(header["shape"])
    return stored if kind == "<f4" else header["offset"] + header["scale"] * stored.astype(np.float64)
