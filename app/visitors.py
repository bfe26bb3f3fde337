"""Who may ask: requests by a name of this server, from its own pages, with the token if there is one.

A browser lets any page send requests to any address, this machine's included, and a foreign name may be made
to point here (DNS rebinding). The name is in ``Host``, the page in ``Origin`` (RFC 6454; RFC 6455, section
10.2).
"""

from __future__ import annotations

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .errors import Problem

__all__ = ["TOKEN_COOKIE", "OwnVisitors", "allowed_hosts"]

TOKEN_COOKIE: Final = "convscope-token"
"""Where a browser keeps the token that came with the link."""

_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_LOCAL: Final = ("localhost", "127.0.0.1", "::1")
_EVERYWHERE: Final = ("0.0.0.0", "::")
_HOST: Final = re.compile(r"[A-Za-z0-9._~%!$&'()*+,;=:\[\]-]+")
"""What may stand in a Host (RFC 3986, sections 3.2.2 and 3.2.3)."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def allowed_hosts(listening: str, named: str) -> frozenset[str]:
    """Names and addresses under which a server may be asked; ``*`` among ``named`` stands for all.

    ``listening`` is the address listened on; where that is every address of the machine its own name counts,
    too, and any address written in numbers, which nobody's name can be made to point to.
    """
    found = {*_LOCAL, listening, *(name.strip() for name in named.split(",") if name.strip())}
    if listening in _EVERYWHERE:
        found |= {socket.gethostname(), "any address"}
    return frozenset(name.lower().rstrip(".").strip("[]") for name in found)


class OwnVisitors:
    """ASGI middleware that refuses what does not come from a visitor of this server."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], token: str = "") -> None:
        self._app, self._hosts, self._token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        answer = self._answer(scope)
        if answer is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            # before it is accepted, a close is answered with HTTP 403
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            await answer(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered in place of what was asked for."""
        try:
            self._check_host(_all(scope, b"host"))
            if scope["type"] == "websocket" or scope["method"] not in _SAFE:
                _check_origin(_all(scope, b"origin"), _all(scope, b"host")[0])
            return self._check_token(scope) if self._token else None
        except Problem as problem:
            return problem.response()

    def _check_host(self, named: Sequence[str]) -> None:
        host = _host(named[0])[0] if len(named) == 1 else None
        if host is None:
            raise Problem(400, "No proper Host", "A request must name one host, in one Host header.")
        known = host in self._hosts or "*" in self._hosts or ("any address" in self._hosts and _numbers(host))
        if not known:
            raise Problem(
                421,
                "Not this server's name",
                "This server does not answer to the name that the request gives in Host. If it is meant to, "
                "start it with that name in CONVSCOPE_HOSTS.",
            )

    def _check_token(self, scope: Scope) -> Response | None:
        """None where the token is there; a link that brings it leads on to the page without it.

        Raises:
            Problem: it is not there.
        """
        if scope["path"] == "/healthz":
            return None
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        brought = [value for name, value in query if name == "token"]
        if any(map(self._is_token, [*_bearer(scope), *_cookies(scope)])):
            return None
        if not any(map(self._is_token, brought)):
            raise Problem(
                401,
                "A token is wanted",
                "Open the link that this server printed when it started, which has the token in it; a "
                "program sends it as Authorization: Bearer TOKEN.",
                {"WWW-Authenticate": "Bearer"},
            )
        if scope["type"] == "websocket" or scope["method"] != "GET":
            return None
        rest = urlencode([(name, value) for name, value in query if name != "token"])
        # one slash: two would name another host
        there = "/" + scope["path"].lstrip("/") + (f"?{rest}" if rest else "")
        answer = RedirectResponse(there, status_code=303, headers={"Cache-Control": "no-store"})
        answer.set_cookie(TOKEN_COOKIE, self._token, httponly=True, samesite="strict", path="/")
        return answer

    def _is_token(self, text: str) -> bool:
        return hmac.compare_digest(text.encode(), self._token.encode())


def _all(scope: Scope, wanted: bytes) -> list[str]:
    return [value.decode("latin-1") for name, value in scope["headers"] if name == wanted]


def _host(text: str) -> tuple[str | None, int | None]:
    """Name and port of a Host header; no name where there is none."""
    try:
        parts = urlsplit(f"//{text}")
        plain = _HOST.fullmatch(text) is not None and not (parts.path or parts.query or parts.fragment)
        return (parts.hostname.rstrip(".") if parts.hostname and plain else None), parts.port
    except ValueError:
        return None, None


def _numbers(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_origin(origins: Sequence[str], host: str) -> None:
    """Hold the page that asks against the name it asks by; a script names no origin."""
    if not origins:
        return
    try:
        page = urlsplit(origins[0])
        default = _DEFAULT_PORTS.get(page.scheme, 0)
        name, port = _host(host)
        theirs = ((page.hostname or "").rstrip("."), page.port or default)
        ours = default > 0 and theirs == (name, port or default)
    except ValueError:
        ours = False
    if not ours or len(origins) > 1:
        raise Problem(
            403,
            "Not from a page of this server",
            "The page that sends this is of another origin; only this server's own pages, and programs that "
            "name no Origin, may change something here.",
        )


def _bearer(scope: Scope) -> Iterable[str]:
    for text in _all(scope, b"authorization"):
        kind, _, token = text.partition(" ")
        if kind.lower() in ("bearer", "token"):
            yield token.strip()


def _cookies(scope: Scope) -> Iterable[str]:
    for text in _all(scope, b"cookie"):
        try:
            found = SimpleCookie(text).get(TOKEN_COOKIE)
        except CookieError:
            continue
        if found is not None:
            yield found.value
