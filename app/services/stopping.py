"""Telling a job on another thread that nobody waits for it any more."""

from __future__ import annotations

import threading
from collections.abc import Callable

__all__ = ["Stop"]


class Stop:
    """Set once, from any thread; what has to end hears of it."""

    def __init__(self) -> None:
        self.is_set = False
        self._lock = threading.Lock()
        self._actions: list[Callable[[], object]] = []

    def set(self) -> None:
        """Nobody waits any more."""
        with self._lock:
            self.is_set, actions = True, self._actions
            self._actions = []
        for action in actions:
            action()

    def then(self, action: Callable[[], object]) -> None:
        """Call ``action`` when it is set: at once if it is."""
        with self._lock:
            if not self.is_set:
                self._actions.append(action)
                return
        action()
