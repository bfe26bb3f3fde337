"""Why an answer is what it is: inquiries answered in the pool, step by step."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Hashable
from typing import Any

from .cache import ByteLru
from .compute import Busy, WorkerPool
from .explanation_story import Event, Story, keys_of
from .questions import Inquiry, Opened, open_question

__all__ = ["Explanations"]


class Explanations:
    """Answers inquiries in the pool, a pass at a time, so that others get their turn and a reader may leave.

    Finished maps, films and cascades are kept while there is room; at most ``most`` inquiries at once.
    """

    def __init__(self, pool: WorkerPool, capacity: int, most: int) -> None:
        self.cache: ByteLru[Hashable, Any] = ByteLru(capacity)
        self.open = 0
        self._pool, self._most = pool, most

    def check_room(self) -> None:
        """Refuse one inquiry too many.

        Raises:
            Busy: as many as may be are under way.
        """
        if self.open >= self._most:
            raise Busy(f"{self.open} explanations are under way")

    async def opened(self, inquiry: Inquiry) -> Opened:
        """The question, put to the network.

        Raises:
            CnnError: it cannot be asked.
            Busy: the queue is full.
        """
        return await self._pool.run(open_question, inquiry.subject, inquiry.asked)

    async def follow(self, inquiry: Inquiry, opened: Opened) -> AsyncGenerator[Event]:
        """Everything about the question, as it is finished: ending the iteration ends the work."""
        self.open += 1
        try:
            yield opened
            story = Story(inquiry, opened.case, {key: self.cache.get(key) for key in keys_of(inquiry)})
            events = story.told()
            while True:
                event = await self._pool.run(next, events, None)
                while story.made:
                    key, (value, size) = story.made.popitem()
                    self.cache.put(key, value, size)
                if event is None:
                    break
                yield event
        finally:
            self.open -= 1
