"""No answer without its headers, no internals in an error, no path of a client's on the disk."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI

from tests import aside
from tests.api.live import Live, served
from tests.api.pictures import encoded, noise, upload

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "connect-src 'self'",
    "media-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
}


def check_headers(answer: httpx.Response) -> None:
    headers = answer.headers
    assert set(headers["content-security-policy"].split("; ")) == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=(self)" in headers["permissions-policy"]


@pytest.fixture(scope="module")
def failing() -> Iterator[Live]:
    """A server one of whose routes raises."""

    def prepare(app: FastAPI) -> None:
        @app.get("/fails")
        async def fail() -> None:
            raise KeyError("/home/someone/secret")

        @app.get("/stops")
        async def stop() -> None:
            raise asyncio.CancelledError  # what requests under way get when the server stops

    with served(prepare=prepare) as live:
        yield live


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/api/models", 200),
        ("GET", "/api/samples", 200),
        ("GET", "/metrics", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/static/css/app.css", 200),
        ("GET", "/static/nothing.css", 404),
        ("GET", "/nothing", 404),
        ("GET", "/docs", 404),
        ("GET", "/redoc", 404),
        ("GET", "/api/models/none", 404),
        ("POST", "/api/images", 415),
        ("DELETE", "/api/models", 405),
        ("POST", "/", 405),
        ("POST", "/static/css/app.css", 405),
        ("HEAD", "/nothing", 404),
    ],
)
def test_every_kind_of_answer_carries_the_headers(live: Live, method: str, path: str, status: int) -> None:
    answer = live.client.request(method, path)

    assert answer.status_code == status
    check_headers(answer)
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def test_uploads_and_unchanged_answers_carry_the_headers(live: Live) -> None:
    made = upload(live, encoded(noise(9, 9)))
    tag = live.client.get("/api/models").headers["etag"]

    invalid = live.client.get(f"{made.headers['location']}/thumbnail?size=1")

    assert invalid.status_code == 422
    check_headers(invalid)
    check_headers(made)
    check_headers(live.client.get("/api/models", headers={"if-none-match": tag}))


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("PUT", "/api/models"), ("GET", "/api/models/x")]
)
def test_errors_are_problem_documents(live: Live, method: str, path: str) -> None:
    answer = live.client.request(method, path)
    document = answer.json()

    assert set(document) == {"type", "title", "status", "detail"}
    assert document["status"] == answer.status_code
    assert document["detail"].endswith(".")
    assert answer.headers["cache-control"] == "no-store"


def test_a_method_that_is_not_possible_says_which_are(live: Live) -> None:
    answer = live.client.put("/api/models")

    assert answer.headers["allow"] == "GET, HEAD, POST"
    assert "GET, HEAD, POST" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/models/tiny_vgg", "DELETE, GET, HEAD, PATCH"),
        ("/api/models/tiny_vgg/atlas", "DELETE, GET, HEAD, POST"),
        ("/api/training/runs/abc", "DELETE, GET, HEAD"),
        ("/api/equivariance", "POST"),
        ("/", "GET, HEAD"),
        ("/openapi.json", "GET, HEAD"),
    ],
)
def test_every_method_that_is_possible_is_named(live: Live, path: str, methods: str) -> None:
    answer = live.client.request("PUT", path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


def test_an_unexpected_failure_is_a_500_without_internals(failing: Live) -> None:
    answer = failing.client.get("/fails")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text
    assert "KeyError" not in answer.text
    check_headers(answer)
    assert failing.metric('convscope_requests_total{method="GET",route="/fails",status="500"}') == 1
    # The connection is still good.
    assert failing.client.get("/healthz").status_code == 200


def test_what_the_server_gives_up_when_it_stops_may_be_asked_for_again(failing: Live) -> None:
    answer = failing.client.get("/stops")
    assert (answer.status_code, answer.json()["title"]) == (503, "The server stops")
    assert answer.headers["retry-after"] == "1"
    check_headers(answer)


@pytest.mark.parametrize(
    "path",
    [
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/%00",
        "/static/" + "a" * 5000,
        "/static/",
        "/static/js",
        "/api/images/..%2f..%2fetc%2fpasswd",
        "/api/images/%2fetc%2fpasswd/thumbnail",
        "/api/models/..%2f..%2fpyproject.toml",
        "/api/models/tiny_vgg/parameters/../../../../etc/passwd",
        "/api/models/tiny_vgg/parameters/%2fetc%2fpasswd",
        "/api/traces/tiny_vgg/..%2f..%2fx/nodes/..%2f..%2fetc%2fpasswd",
        "//etc/passwd",
    ],
)
def test_no_path_leads_out_of_the_server(live: Live, path: str) -> None:
    # Sent as it is: a client library would tidy the path first.
    connection = http.client.HTTPConnection("127.0.0.1", live.port)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()

    assert answer.status == 404, body
    assert b"root:" not in body
    assert b"build-system" not in body


def test_what_a_client_sent_is_quoted_short(live: Live) -> None:
    answer = live.client.get("/api/models/" + "a" * 3000)

    assert answer.status_code == 404
    assert len(answer.json()["detail"]) < 300


def test_head_sends_no_body_even_where_the_server_around_it_would(live: Live) -> None:
    async def head() -> httpx.Response:
        transport = httpx.ASGITransport(live.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.head("/healthz")

    assert aside.run(head()).content == b""


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/models", "/static/css/app.css", "/metrics"])
def test_head_is_get_without_the_body(live: Live, path: str) -> None:
    head, get = live.client.head(path), live.client.get(path)

    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["content-type"] == get.headers["content-type"]
