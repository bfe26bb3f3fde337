"""A client of the live socket, and what it is asked in tests."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.api.live import PATIENCE, Live

KINDS = {"float32": "<f4", "uint8": "u1", "rgba": "u1"}


@contextmanager
def socket(live: Live, topic: str = "", **options: Any) -> Iterator[ClientConnection]:
    """A connection that ends with the block; its topic as an address has it, such as ``/camera``."""
    address = f"ws://127.0.0.1:{live.port}/api/live{topic}"
    with connect(address, compression=None, max_size=None, **options) as connection:
        yield connection


def ask(connection: ClientConnection, seq: int, **state: Any) -> None:
    connection.send(json.dumps({"seq": seq, **state}))


def decoded(frame: str | bytes) -> dict[str, Any]:
    """A message with its arrays in place."""
    assert isinstance(frame, bytes)
    (length,) = struct.unpack_from("<I", frame)
    assert length % 4 == 0
    payload = frame[4 + length :]

    def revive(value: dict[str, Any]) -> Any:
        if "array" not in value:
            return value
        assert value["at"] % 4 == 0
        return np.frombuffer(payload, KINDS[value["array"]], value["length"], value["at"])

    message: dict[str, Any] = json.loads(frame[4 : 4 + length], object_hook=revive)
    assert message["bytes"] == len(payload)
    return message


def next_message(connection: ClientConnection) -> dict[str, Any]:
    return decoded(connection.recv(timeout=PATIENCE))


def answers(connection: ClientConnection, seq: int) -> list[dict[str, Any]]:
    """Every message about a state, up to the last; there must be none about another."""
    found = []
    while not found or found[-1]["type"] not in ("done", "error"):
        found.append(next_message(connection))
        assert found[-1]["seq"] == seq
    return found


def answer(connection: ClientConnection, seq: int, **state: Any) -> dict[str, Any]:
    """Ask; the first message of the answer."""
    ask(connection, seq, **state)
    return answers(connection, seq)[0]


def closing(connection: ClientConnection) -> tuple[int, str]:
    """Code and reason with which the server ends the connection, whatever comes before."""
    try:
        while True:
            connection.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        if closed.rcvd is None:
            raise
        return closed.rcvd.code, closed.rcvd.reason


def sample(live: Live, title: str = "Cat") -> str:
    """Id of one of the photographs that always are there."""
    return next(entry["id"] for entry in live.client.get("/api/samples").json() if entry["title"] == title)
