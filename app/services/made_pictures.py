"""Pictures made to excite a channel, told while they form and kept when they are done."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Hashable

from cnn_core.visualise import Forming, target_of, visualise

from .cache import ByteLru
from .compute import Busy, WorkerPool
from .model_store import LoadedModel

__all__ = ["MadePictures"]

_ENTRY_BYTES = 300


class MadePictures:
    """Makes pictures in the pool, a few steps at a time; at most ``most`` at once."""

    def __init__(self, pool: WorkerPool, capacity: int, most: int) -> None:
        self.cache: ByteLru[Hashable, Forming] = ByteLru(capacity)
        self.open = 0
        self._pool, self._most = pool, most

    async def check(self, loaded: LoadedModel, node: str, channel: int) -> None:
        """Refuse what cannot be made.

        Raises:
            Busy: as many as may be are under way.
            GraphError, ShapeError: no such node or channel.
        """
        if self.open >= self._most:
            raise Busy(f"{self.open} pictures are being made")
        await self._pool.run(target_of, loaded.model.graph, loaded.model.parameters, node, channel)

    async def follow(
        self, loaded: LoadedModel, node: str, channel: int, goal: float | None
    ) -> AsyncGenerator[Forming]:
        """The picture as it forms, the finished one last; ending the iteration ends the work."""
        key = (loaded.fingerprint, node, channel, goal)
        if (kept := self.cache.get(key)) is not None:
            yield kept
            return
        model = loaded.model
        steps = visualise(model.graph, model.parameters, model.spec, node, channel, goal=goal)
        self.open += 1
        try:
            while (forming := await self._pool.run(next, steps, None)) is not None:
                if forming.done:
                    self.cache.put(key, forming, forming.picture.nbytes + _ENTRY_BYTES)
                yield forming
        finally:
            self.open -= 1
