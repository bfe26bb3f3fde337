"""``convscope serve``: one socket, as many processes as wanted, and a browser where there is a screen."""

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
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import typer
import uvicorn

from cnn_core.errors import CnnError

from ..config import Settings, SettingsError, load_settings
from ..services.blobs import NoSuchStore, is_remote, open_blobs
from ..services.live_messages import FRAME_BYTES
from .processes import serve_together

__all__ = ["run", "serve_alone"]


class CannotServe(CnnError):
    """The server cannot start; the message says what to change."""


def _not_cancelled(record: logging.LogRecord) -> bool:
    """A request that the stop has broken off is no error."""
    broken_off = record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not broken_off and not record.msg.startswith("Cancel %s running task(s)")


class _Server(uvicorn.Server):
    """Calls ``told`` as soon as it answers, and not before."""

    def __init__(self, config: uvicorn.Config, told: Callable[[], None]) -> None:
        super().__init__(config)
        self._told = told

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._told()


def run(
    host: str | None,
    port: int | None,
    *,
    open_page: bool,
    model: str = "",
    with_token: bool = False,
    processes: int | None = None,
) -> None:
    """Serve until Ctrl-C; host, port and processes default to the settings'. The page opens with ``model``.

    ``with_token`` makes a token, where the settings have none.

    Raises:
        CannotServe: the port is taken, the host is not this machine's, or a setting is wrong.
    """
    given = {"host": host, "port": port, "processes": processes}
    try:
        settings = load_settings()
        _check_store(settings)
    except (SettingsError, NoSuchStore) as error:
        raise CannotServe(str(error)) from error
    settings = settings.model_copy(
        update={
            "token": settings.token or (secrets.token_urlsafe(24) if with_token else ""),
            **{name: value for name, value in given.items() if value is not None},
        }
    )
    with _listen(settings.host, settings.port) as listener:
        told = partial(_announce, settings, listener, model, open_page)
        if settings.processes == 1:
            with suppress(KeyboardInterrupt):
                serve_alone(settings, listener, told)
        elif not serve_together(serve_alone, settings, listener, told):
            raise CannotServe("the processes could not be started; their own messages say why")
    typer.echo("\nConvScope has stopped.")
    sys.stdout.flush()
    # the interpreter would wait for what threads still compute, and nobody wants it any more
    os._exit(0)


def serve_alone(settings: Settings, listener: socket.socket, told: Callable[[], None]) -> None:
    """Serve on a socket in this process until it is interrupted; ``told`` is called as soon as it answers."""
    from ..connections import limited_connections
    from ..main import create_warm_app

    config = uvicorn.Config(
        partial(create_warm_app, settings),
        factory=True,
        log_level="warning",
        timeout_graceful_shutdown=1,
        http=limited_connections(settings),
        ws_max_size=FRAME_BYTES,
        # Maps of floats hardly shrink, and to try it would hold up everybody else.
        ws_per_message_deflate=False,
    )
    logging.getLogger("uvicorn.error").addFilter(_not_cancelled)
    _Server(config, told).run(sockets=[listener])


def _announce(settings: Settings, listener: socket.socket, model: str, open_page: bool) -> None:
    named = {"model": model, "token": settings.token}
    asked = urlencode({name: value for name, value in named.items() if value})
    address = _address_of(listener) + (f"/?{asked}" if asked else "")
    typer.echo(f"ConvScope is at {address} (Ctrl-C stops it)")
    if warning := _who_can_reach(listener, settings):
        typer.echo(warning)
    sys.stdout.flush()
    if open_page and _has_screen():
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _check_store(settings: Settings) -> None:
    """Say at the start what would otherwise be said to whoever brings the first image or network.

    Raises:
        NoSuchStore: nothing can ever be kept at such an address.
    """
    _check_folder(settings.data_folder)
    if is_remote(settings.store):
        blobs = open_blobs(settings.store, "images")
        try:
            blobs.entries()
        except Exception as error:  # whatever a store's package raises
            raise NoSuchStore(f"CONVSCOPE_STORE: {settings.store} does not answer ({error})") from error
    elif settings.store:
        _check_folder(Path(settings.store), "CONVSCOPE_STORE")


def _check_folder(folder: Path, setting: str = "CONVSCOPE_DATA_FOLDER") -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        typer.echo(
            f"Nothing can be kept: {setting}, {folder}, cannot be written to "
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
