"""Connections that send too much before they are understood, too slowly, or that never read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.api.live import PATIENCE, SMALL, Live, served, until

LIMITS = {
    "header_bytes": 4096, "header_seconds": 0.2, "body_seconds": 0.2, "body_bytes_a_second": 1000,
    "reader_seconds": 0.2,
}  # fmt: skip


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with served(SMALL.model_copy(update=LIMITS)) as running:
        yield running


@contextmanager
def connection(live: Live) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", live.port), timeout=PATIENCE) as opened:
        yield opened


def rest(opened: socket.socket) -> bytes:
    """All that comes until the server closes the connection."""
    found = b""
    try:
        while data := opened.recv(65536):
            found += data
    except ConnectionResetError:
        pass
    return found


def document(answer: bytes) -> dict[str, str]:
    """The problem document of a raw answer."""
    told: dict[str, str] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return told


@pytest.mark.parametrize(
    "headers",
    [
        b"X-Long: " + b"a" * 5000 + b"\r\n\r\n",
        b"".join(b"X-%d: many\r\n" % number for number in range(600)) + b"\r\n",
        b"X-Never-Ends: " + b"a" * 300_000,
    ],
)
def test_headers_above_the_limit_are_refused_by_name(live: Live, headers: bytes) -> None:
    with connection(live) as opened:
        try:
            opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + headers)
        except (BrokenPipeError, ConnectionResetError):
            return  # it would not even listen to the end
        answer = rest(opened)
    if answer:  # a reset may overtake it
        assert answer.startswith(b"HTTP/1.1 431 ")
        assert "may take 4096 bytes" in document(answer)["detail"]
    assert live.client.get("/healthz").status_code == 200


def test_a_long_address_counts_as_a_header(live: Live) -> None:
    with connection(live) as opened:
        opened.sendall(b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert rest(opened).startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET / HT", b"GET / HTTP/1.1\r\nHost: localhost\r\n"])
def test_headers_that_never_end_end_the_connection(live: Live, sent: bytes) -> None:
    with connection(live) as opened:
        opened.sendall(sent)
        answer = rest(opened)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408 ")


def test_a_second_request_that_stops_in_its_headers_ends_the_connection(live: Live) -> None:
    with connection(live) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert opened.recv(65536).startswith(b"HTTP/1.1 200 ")
        opened.sendall(b"GET /healthz HTTP/1.1\r\nHo")
        assert b"HTTP/1.1 408 " in rest(opened)


def test_a_body_that_stops_ends_the_connection(live: Live) -> None:
    with connection(live) as opened:
        opened.sendall(
            b"POST /api/equivariance HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000\r\n\r\n{"
        )
        answer = rest(opened)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert "send it again" in document(answer)["detail"]


def test_a_body_in_time_is_read_to_its_end(live: Live) -> None:
    body = b"[" + b" " * 20_000 + b"]"
    with connection(live) as opened:
        head = b"POST /api/equivariance HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n" % len(body)
        opened.sendall(head + b"Connection: close\r\n\r\n" + body)
        assert rest(opened).startswith(b"HTTP/1.1 422 ")


def test_a_reader_that_never_reads_is_cut_off(live: Live) -> None:
    image = next(each for each in live.client.get("/api/samples").json() if each["title"] == "Cat")["id"]
    with connection(live) as opened:
        request = f"GET /api/images/{image} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        opened.sendall(request * 40)

        def cut_off() -> bool:
            try:
                opened.sendall(b"\r\n")
            except OSError:
                return True
            return False

        until(cut_off)
    assert live.client.get("/healthz").status_code == 200


@pytest.mark.parametrize("lines", [b"", b"Host: localhost\r\nHost: localhost\r\n", b"Host: a b\r\n"])
def test_no_host_two_hosts_or_none_that_could_be_is_400(live: Live, lines: bytes) -> None:
    with connection(live) as opened:
        opened.sendall(b"GET /healthz HTTP/1.1\r\n" + lines + b"Connection: close\r\n\r\n")
        assert rest(opened).startswith(b"HTTP/1.1 400 ")
