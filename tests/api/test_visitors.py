"""Only a visitor of this server gets anything: by one of its names, from its pages, with the token."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from app.visitors import allowed_hosts
from tests.api.live import SMALL, Live, served

TOKEN = "a-token_of.our~own"

HOSTS = [
    ("127.0.0.1:{port}", 200),
    ("localhost:{port}", 200),
    ("LOCALHOST.", 200),
    ("[::1]:{port}", 200),
    ("testserver", 200),
    ("evil.example", 421),
    ("evil.example:{port}", 421),
    ("127.0.0.1.evil.example", 421),
    ("localhost.evil.example:{port}", 421),
    ("192.168.0.7", 421),
    ("", 400),
    ("a b", 400),
    ("localhost:notaport", 400),
    ("user@localhost", 400),
    ("localhost/..", 400),
]

ORIGINS = [
    (None, True),
    ("http://127.0.0.1:{port}", True),
    ("http://127.0.0.1:{other}", False),
    ("https://127.0.0.1", False),
    ("http://localhost:{port}", False),
    ("https://evil.example", False),
    ("http://127.0.0.1:{port}.evil.example", False),
    ("null", False),
    ("file://", False),
    ("", False),
]

CHANGES = [
    ("POST", "/api/images"),
    ("POST", "/api/models"),
    ("PATCH", "/api/models/0123456789abcdef"),
    ("DELETE", "/api/models/0123456789abcdef"),
    ("POST", "/api/equivariance"),
    ("PUT", "/nothing"),
]


@pytest.fixture(scope="module")
def guarded() -> Iterator[Live]:
    with served(SMALL.model_copy(update={"token": TOKEN})) as live:
        yield live


def raw(live: Live, *lines: str) -> tuple[int, bytes]:
    """Status and body of a request with these header lines and no others."""
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=20)
    connection.putrequest("GET", "/healthz", skip_host=True)
    for line in lines:
        name, _, value = line.partition(": ")
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    found = answer.status, answer.read()
    connection.close()
    return found


@pytest.mark.parametrize(("host", "status"), HOSTS)
def test_only_names_of_this_server_are_answered(live: Live, host: str, status: int) -> None:
    named = host.format(port=live.port)
    found, body = raw(live, f"Host: {named}")
    assert found == status, body
    if status == 421:
        assert b"CONVSCOPE_HOSTS" in body
        assert b"evil" not in body


def test_a_host_that_is_missing_or_named_twice_is_no_proper_request(live: Live) -> None:
    assert raw(live)[0] == 400
    assert raw(live, "Host: localhost", "Host: localhost")[0] == 400


@pytest.mark.parametrize(("method", "path"), CHANGES)
@pytest.mark.parametrize(("origin", "accepted"), ORIGINS)
def test_a_page_of_another_origin_changes_nothing(
    live: Live, method: str, path: str, origin: str | None, accepted: bool
) -> None:
    named = origin and origin.format(port=live.port, other=live.port + 1)
    answer = live.client.request(method, path, headers={} if named is None else {"Origin": named})
    assert (answer.status_code != 403) is accepted
    if not accepted:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/api/live", "/api/live/training"])
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1"])
def test_a_name_that_points_here_opens_no_socket(live: Live, path: str, host: str) -> None:
    address = f"ws://{host}:{live.port}{path}"
    origin = Origin(f"http://{host}:{live.port}")
    with socket.create_connection(("127.0.0.1", live.port)) as sock:
        if host == "127.0.0.1":
            with connect(address, sock=sock, origin=origin):
                return
        with pytest.raises(InvalidStatus) as raised, connect(address, sock=sock, origin=origin):
            pass
    assert raised.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/", "/api/models", "/metrics", "/static/css/app.css", "/openapi.json"])
def test_without_the_token_nothing_is_answered_but_that_it_lives(guarded: Live, path: str) -> None:
    for headers in ({}, {"Authorization": "Bearer other"}, {"Cookie": "convscope-token=other"}):
        answer = guarded.client.get(path, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["title"] == "A token is wanted"
    assert guarded.client.get(f"{path}?token=other").status_code == 401
    assert guarded.client.get("/healthz").status_code == 200


def test_the_token_is_taken_from_a_header(guarded: Live) -> None:
    for kind in ("Bearer", "token"):
        assert (
            guarded.client.get("/api/models", headers={"Authorization": f"{kind} {TOKEN}"}).status_code == 200
        )


def test_the_link_lets_a_browser_in_and_leaves_no_token_in_the_address_bar(guarded: Live) -> None:
    with httpx.Client(base_url=guarded.client.base_url) as browser:
        answer = browser.get(f"/?model=resnet&token={TOKEN}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?model=resnet")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert browser.get(answer.headers["location"]).status_code == 200


def test_a_link_cannot_lead_to_another_host(guarded: Live) -> None:
    with httpx.Client(base_url=guarded.client.base_url) as browser:
        answer = browser.get(f"http://127.0.0.1:{guarded.port}//evil.example/?token={TOKEN}")
    assert answer.headers["location"] == "/evil.example/"


def test_the_live_socket_wants_the_token_too(guarded: Live) -> None:
    address = f"ws://127.0.0.1:{guarded.port}/api/live"
    with pytest.raises(InvalidStatus), connect(address):
        pass
    with connect(address, additional_headers={"Cookie": f"convscope-token={TOKEN}"}):
        pass


def test_who_listens_everywhere_is_asked_by_number_and_by_its_own_name() -> None:
    assert "any address" in allowed_hosts("0.0.0.0", "")
    assert "any address" not in allowed_hosts("127.0.0.1", "")
    assert allowed_hosts("10.0.0.5", "Class.Example, other") == {
        *("localhost", "127.0.0.1", "::1", "10.0.0.5", "class.example", "other")
    }
