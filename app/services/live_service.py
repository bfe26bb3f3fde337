"""Live sockets: the client says what it wants to see, as often as it likes, and the newest wish wins.

Nothing queues: of the messages that arrive while one is being answered only the newest is kept, and the next
frame is computed when the one before it has been taken by the network. The work itself runs in the pool.
Whoever comes when all places are taken waits in line, is told so, and is answered as soon as there is room.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Final, NoReturn, Protocol

from .live_messages import Closing, LiveMessage, parse_message

__all__ = ["Answers", "Channel", "LiveConnections", "LiveSession", "TooManyConnections"]

_CLOSE_SECONDS: Final = 5.0

# RFC 6455, section 7.4.1; from 4000 on codes are an application's own
_TRY_AGAIN_LATER: Final = 1013
_SILENT: Final = 4408


class TooManyConnections(Closing):
    """There are as many sockets as are allowed, and as many wait."""

    def __init__(self, limit: int, waiting: int) -> None:
        super().__init__(
            _TRY_AGAIN_LATER,
            f"All {limit} live connections are taken and {waiting} more wait; try again later.",
        )


class Channel(Protocol):
    """One socket, as far as a session needs it."""

    async def receive(self) -> str | bytes | None:
        """The next message; None when the client has gone."""

    async def send(self, frame: bytes) -> None:
        """Hand a frame to the network; returns when there is room for the next."""

    async def close(self, code: int, reason: str) -> None:
        """Say why, and end it."""


Answers = Callable[[LiveMessage], AsyncGenerator[bytes, None]]
"""The frames that answer one message, in order; between two of them it may be broken off."""

Parse = Callable[[str | bytes], LiveMessage]
"""How a message is read; it raises ``Closing`` for what is none."""

Told = Callable[[int], bytes]
"""The frame that tells who waits their place in the line, from 1."""


class LiveConnections:
    """How many sockets are open, and how many may be; the next ones wait in the order in which they came."""

    def __init__(self, limit: int, silence_seconds: float, most_waiting: int = 0) -> None:
        self.limit, self.silence_seconds, self.most_waiting = limit, silence_seconds, most_waiting
        self.open = 0
        self._line: list[_Waiter] = []

    @property
    def waiting(self) -> int:
        """Sockets in line."""
        return len(self._line)

    async def serve(
        self, channel: Channel, answers: Answers, told: Told, parse: Parse = parse_message
    ) -> None:
        """Answer a socket until either side ends it; one too many is told its place, and has to wait."""
        await LiveSession(channel, answers, self.silence_seconds, self, told, parse).run()

    @asynccontextmanager
    async def place(self, tell: Callable[[int], Awaitable[None]]) -> AsyncIterator[None]:
        """One of the places, after a wait if there is none; ``tell`` is called whenever the line has moved.

        Raises:
            TooManyConnections: too many wait already.
        """
        if self.open < self.limit and not self._line:
            self.open += 1
        else:
            await self._wait(tell)
        try:
            yield
        finally:
            self.open -= 1
            self._move_up()

    async def _wait(self, tell: Callable[[int], Awaitable[None]]) -> None:
        if len(self._line) >= self.most_waiting:
            raise TooManyConnections(self.limit, self.most_waiting)
        waiter = _Waiter()
        self._line.append(waiter)
        try:
            while not waiter.admitted:
                waiter.moved.clear()
                await tell(self._line.index(waiter) + 1)
                with suppress(TimeoutError):
                    # told again before it could be taken for silence
                    await asyncio.wait_for(waiter.moved.wait(), self.silence_seconds / 4)
        except BaseException:
            if waiter.admitted:
                self.open -= 1
            else:
                self._line.remove(waiter)
            self._move_up()
            raise

    def _move_up(self) -> None:
        while self._line and self.open < self.limit:
            self._line.pop(0).admit()
            self.open += 1
        for waiter in self._line:
            waiter.moved.set()


class _Waiter:
    def __init__(self) -> None:
        self.admitted = False
        self.moved = asyncio.Event()

    def admit(self) -> None:
        self.admitted = True
        self.moved.set()


class LiveSession:
    """One socket: a task that listens, a task that answers, and a clock for silence."""

    def __init__(
        self,
        channel: Channel,
        answers: Answers,
        silence_seconds: float,
        places: LiveConnections,
        told: Told,
        parse: Parse,
    ) -> None:
        self._channel, self._answers, self._silence = channel, answers, silence_seconds
        self._places, self._told, self._parse = places, told, parse
        self._newest: LiveMessage | None = None
        self._news = asyncio.Event()
        self._heard = asyncio.get_running_loop().time()

    async def run(self) -> None:
        """Serve until the client goes or has to be sent away."""
        tasks = [asyncio.create_task(part()) for part in (self._listen, self._reply, self._end_silence)]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            results = await asyncio.gather(*tasks, return_exceptions=True)
        for error in results:
            if isinstance(error, Closing):
                await _close(self._channel, error)
                return
        for task in done:
            task.result()

    async def _listen(self) -> None:
        """Keep the newest message; ends when the client goes."""
        while (message := await self._channel.receive()) is not None:
            self._newest = self._parse(message)
            self._heard = asyncio.get_running_loop().time()
            self._news.set()
            # A flood that is there already would otherwise be read to its end before anyone else is served.
            await asyncio.sleep(0)

    async def _reply(self) -> NoReturn:
        """Answer the newest message; what is left of an answer is given up when a newer one is there."""
        async with self._places.place(self._tell_place):
            while True:
                await self._news.wait()
                message = self._take()
                async with aclosing(self._answers(message)) as frames:
                    async for frame in frames:
                        await self._send(frame)
                        if self._news.is_set():
                            break

    async def _tell_place(self, place: int) -> None:
        await self._send(self._told(place))

    async def _send(self, frame: bytes) -> None:
        await self._channel.send(frame)
        self._heard = asyncio.get_running_loop().time()

    def _take(self) -> LiveMessage:
        assert self._newest is not None
        self._news.clear()
        return self._newest

    async def _end_silence(self) -> NoReturn:
        """Neither a message nor room for an answer for a while: nobody is there."""
        loop = asyncio.get_running_loop()
        while (left := self._heard + self._silence - loop.time()) > 0:
            await asyncio.sleep(left)
        raise Closing(_SILENT, f"Nothing was said for {self._silence:g} seconds; connect again to go on.")


async def _close(channel: Channel, why: Closing) -> None:
    try:
        # A client that reads nothing leaves no room even for the goodbye.
        async with asyncio.timeout(_CLOSE_SECONDS):
            await channel.close(why.code, why.reason)
    except TimeoutError:
        pass
