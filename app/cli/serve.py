"""``convscope serve``: one process, one socket, and a browser where there is a screen."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import os
import secrets
import socket
import sys
import tempfile
import threading
import webbrowser
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import typer
import uvicorn

from cnn_core.errors import CnnError

from ..config import Settings, SettingsError, load_settings

__all__ = ["run"]


_LARGEST_MESSAGE: Final = 64 * 1024
"""Bytes of a WebSocket message that are taken in at all; what is read of them is less."""


class CannotServe(CnnError):
    """The server cannot start; the message says what to change."""


def _not_cancelled(record: logging.LogRecord) -> bool:
    """A request that the stop has broken off is no error."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


class _Server(uvicorn.Server):
    """Says where it is as soon as it answers, and not before."""

    def __init__(self, config: uvicorn.Config, address: str, open_page: bool, warning: str) -> None:
        super().__init__(config)
        self._warning = warning
        self._address = address
        self._open_page = open_page

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.started:
            return
        typer.echo(f"ConvScope is at {self._address} (Ctrl-C stops it)")
        if self._warning:
            typer.echo(self._warning)
        if self._open_page and _has_screen():
            threading.Thread(target=webbrowser.open, args=(self._address,), daemon=True).start()


def run(
    host: str | None, port: int | None, *, open_page: bool, model: str = "", with_token: bool = False
) -> None:
    """Serve until Ctrl-C; host and port default to the settings'. The page opens with ``model``, an id.

    ``with_token`` makes a token, where the settings have none.

    Raises:
        CannotServe: the port is taken, the host is not this machine's, or a setting is wrong.
    """
    try:
        settings = load_settings()
    except SettingsError as error:
        raise CannotServe(str(error)) from error
    settings = settings.model_copy(
        update={
            "host": settings.host if host is None else host,
            "port": settings.port if port is None else port,
            "token": settings.token or (secrets.token_urlsafe(24) if with_token else ""),
        }
    )
    _check_folder(settings.data_folder)
    listener = _listen(settings.host, settings.port)
    from ..main import create_warm_app

    config = uvicorn.Config(
        partial(create_warm_app, settings),
        factory=True,
        log_level="warning",
        timeout_graceful_shutdown=1,
        ws_max_size=_LARGEST_MESSAGE,
        # Maps of floats hardly shrink, and to try it would hold up everybody else.
        ws_per_message_deflate=False,
    )
    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)
    with listener:
        try:
            named = {"model": model, "token": settings.token}
            asked = urlencode({name: value for name, value in named.items() if value})
            address = _address_of(listener) + (f"/?{asked}" if asked else "")
            _Server(config, address, open_page, _who_can_reach(listener, settings)).run(sockets=[listener])
        except KeyboardInterrupt:
            typer.echo("\nConvScope has stopped.")
            sys.stdout.flush()
            # the interpreter would wait for what threads still compute, and nobody wants it any more
            os._exit(0)


def _check_folder(folder: Path) -> None:
    """Say at the start what would otherwise be said to whoever brings the first network."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        typer.echo(
            f"Nothing can be kept: CONVSCOPE_DATA_FOLDER, {folder}, cannot be written to "
            f"({error.strerror or error}). Everything else works.",
            err=True,
        )


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise CannotServe(_reason(error, host, port)) from error


def _reason(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port % 65535 + 1
        return f"port {port} on {host} is taken; try another: --port {other}, or make run PORT={other}"
    if error.errno == errno.EACCES:
        return (
            f"port {port} needs more rights than you have; choose one from 1024 up, for example --port 8000"
        )
    # Python adds the address to the system's own words
    cause = str(error.strerror or error).split(" (while")[0]
    return f"cannot listen on {host}, port {port}: {cause}"


def _address_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    reachable = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{reachable}:{port}"


def _who_can_reach(listener: socket.socket, settings: Settings) -> str:
    """A line for whoever starts a server that others can reach; nothing where nobody else can."""
    host = listener.getsockname()[0]
    if ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        return ""
    if settings.token:
        return "Everyone who can reach this machine and has that link can use it."
    return (
        "Everyone who can reach this machine can use it, and see what others bring; --token asks for a token."
    )


def _has_screen() -> bool:
    """Whether a browser would have a window to open; a text browser would only take over the terminal."""
    return sys.platform in {"darwin", "win32"} or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY")))
