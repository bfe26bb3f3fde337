"""A mapping that forgets what was used longest ago once it holds too many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

__all__ = ["ByteLru"]

K = TypeVar("K")
V = TypeVar("V")


class ByteLru(Generic[K, V]):
    """Least recently used values go first; for use from one thread (the event loop's).

    A value larger than the whole capacity is not kept.

    >>> cache: ByteLru[str, str] = ByteLru(10)
    >>> cache.put("a", "first", 6)
    >>> cache.put("b", "second", 6)
    >>> cache.get("a"), cache.get("b"), cache.bytes
    (None, 'second', 6)
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.bytes = 0
        self._entries: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[K]:
        """The keys, the least recently used first."""
        return iter(self._entries)

    def __contains__(self, key: K) -> bool:
        """Whether there is a value; it does not count as use."""
        return key in self._entries

    def get(self, key: K) -> V | None:
        """The value, now the most recently used; None if it is not (or no longer) here."""
        if key not in self._entries:
            return None
        self._entries.move_to_end(key)
        return self._entries[key][0]

    def forget(self, gone: Callable[[K], bool]) -> None:
        """Let go of every value whose key is ``gone``."""
        for key in [key for key in self._entries if gone(key)]:
            self.bytes -= self._entries.pop(key)[1]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep ``value`` of ``size`` bytes, and let others go until everything fits."""
        if key in self._entries:
            self.bytes -= self._entries.pop(key)[1]
        if size > self.capacity:
            return
        self._entries[key] = (value, size)
        self.bytes += size
        while self.bytes > self.capacity:
            _, (_, freed) = self._entries.popitem(last=False)
            self.bytes -= freed
