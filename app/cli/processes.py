"""Several processes behind one port: started, started again when one dies, and ended together."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from types import FrameType
from typing import Any, Final

from prometheus_client.multiprocess import mark_process_dead

from ..config import Settings
from ..services.metrics import FOLDER_VARIABLE

__all__ = ["Serve", "serve_together"]

Serve = Callable[[Settings, socket.socket, Callable[[], None]], None]
"""Serves on a socket until it is told to stop, and calls what it is given as soon as it answers."""

_STOP_SECONDS: Final = 2.5
"""A process that has not ended by then is ended."""

_AGAIN_SECONDS: Final = 1.0
"""Before one that died is started again: what kills it at once would otherwise take a core."""


class _Process:
    """One of the processes; the pipe's end tells it that the first one is gone."""

    def __init__(self, serve: Serve, settings: Settings, listener: socket.socket) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: Any = context.Process(target=_work, args=(serve, settings, listener, theirs))
        self.process.start()
        theirs.close()

    def ready(self) -> bool:
        """Whether it answers; waits until it does, or has died."""
        wait([self.pipe, self.process.sentinel])
        try:
            return self.pipe.poll() and self.pipe.recv() is True
        except EOFError:
            return False


def serve_together(
    serve: Serve, settings: Settings, listener: socket.socket, told: Callable[[], None]
) -> bool:
    """Serve with ``settings.processes`` processes until SIGINT or SIGTERM; whether they could be started.

    ``told`` is called when all of them answer.
    """
    # what they count goes into files of this folder, whichever answers adds them up
    counts = tempfile.mkdtemp(prefix="convscope-counts-")
    os.environ[FOLDER_VARIABLE] = counts
    stop = _Signals()
    share = settings.model_copy(update={"workers": max(1, settings.workers // settings.processes)})
    running = [_Process(serve, share, listener) for _ in range(settings.processes)]
    try:
        if not all(each.ready() for each in running):
            return False
        told()
        while not stop.wanted:
            wait([stop.woken, *(each.process.sentinel for each in running)])
            for at, each in enumerate(running):
                if not stop.wanted and not each.process.is_alive():
                    mark_process_dead(each.process.pid, counts)  # type: ignore[no-untyped-call]
                    time.sleep(_AGAIN_SECONDS)
                    running[at] = _Process(serve, share, listener)
        return True
    finally:
        _end(running)
        shutil.rmtree(counts, ignore_errors=True)


class _Signals:
    """SIGINT and SIGTERM, noted; ``woken`` can be waited for."""

    def __init__(self) -> None:
        self.wanted = False
        self.woken, self._wake = socket.socketpair()
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.wanted = True
        self._wake.send(b"!")


def _end(running: list[_Process]) -> None:
    for each in running:
        each.process.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for each in running:
        each.process.join(max(0.0, deadline - time.monotonic()))
        if each.process.is_alive():
            each.process.kill()
            each.process.join()


def _work(serve: Serve, settings: Settings, listener: socket.socket, pipe: Connection) -> None:
    """In a process of its own."""
    threading.Thread(target=_end_with_first, args=(pipe,), daemon=True).start()
    serve(settings, listener, lambda: pipe.send(True))


def _end_with_first(pipe: Connection) -> None:
    """The first process never sends anything: what comes is the end of it."""
    try:
        pipe.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
