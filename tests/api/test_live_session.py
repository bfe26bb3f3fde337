"""A live session against a client that a test plays: nothing queues, on either side."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import NoReturn

import pytest

from app.services.live_messages import MESSAGE_BYTES, Closing, LiveMessage, parse_message
from app.services.live_service import LiveConnections
from tests import aside
from tests.api.live import PATIENCE


class Client:
    """What goes in is put into ``sending``; what comes out waits for ``room``."""

    def __init__(self) -> None:
        self.sending: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.room = asyncio.Semaphore(0)
        self.waiting = 0
        self.most_waiting = 0
        self.received: list[bytes] = []
        self.closed: list[tuple[int, str]] = []

    async def receive(self) -> str | bytes | None:
        return await self.sending.get()

    async def send(self, frame: bytes) -> None:
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await self.room.acquire()
        self.waiting -= 1
        self.received.append(frame)

    async def close(self, code: int, reason: str) -> None:
        self.closed.append((code, reason))

    def say(self, seq: int) -> None:
        self.sending.put_nowait(json.dumps({"seq": seq}))


class Answering:
    """Three frames to a message, ``seq.part``; counts what is made."""

    def __init__(self) -> None:
        self.made: list[bytes] = []

    async def __call__(self, message: LiveMessage) -> AsyncGenerator[bytes, None]:
        for part in range(3):
            await asyncio.sleep(0)
            self.made.append(f"{message.seq}.{part}".encode())
            yield self.made[-1]


Play = Callable[[Client, Answering], Awaitable[None]]


def played(play: Play, silence: float = PATIENCE) -> tuple[Client, Answering]:
    """Run a session against ``play``, after which the client goes."""

    async def run() -> tuple[Client, Answering]:
        client, answering = Client(), Answering()
        places = LiveConnections(1, silence)
        session = asyncio.create_task(places.serve(client, answering, lambda place: b""))
        await play(client, answering)
        client.sending.put_nowait(None)
        await asyncio.wait_for(session, PATIENCE)
        return client, answering

    return aside.run(run())


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0)


def test_a_client_that_does_not_read_has_one_frame_under_way_and_one_state_waiting() -> None:
    async def play(client: Client, answering: Answering) -> None:
        for seq in range(300):
            client.say(seq)
        await until(lambda: client.sending.empty() and client.waiting)
        for _ in range(1000):
            await asyncio.sleep(0)
        assert answering.made == [answering.made[0]]
        client.room.release()
        await until(lambda: len(answering.made) == 2)
        assert answering.made[1] == b"299.0"

    client, _ = played(play)
    assert client.most_waiting == 1
    assert len(client.received) == 1


def test_a_reading_client_gets_all_parts_in_order() -> None:
    async def play(client: Client, answering: Answering) -> None:
        client.say(1)
        for _ in range(3):
            client.room.release()
        await until(lambda: len(client.received) == 3)

    assert played(play)[0].received == [b"1.0", b"1.1", b"1.2"]


def test_a_newer_state_ends_an_answer_after_the_frame_under_way() -> None:
    async def play(client: Client, answering: Answering) -> None:
        client.say(1)
        await until(lambda: client.waiting)
        client.say(2)
        await until(client.sending.empty)
        await asyncio.sleep(0)
        for _ in range(4):
            client.room.release()
        await until(lambda: len(client.received) == 4)

    client, answering = played(play)
    assert client.received == [b"1.0", b"2.0", b"2.1", b"2.2"]
    assert answering.made == client.received


@pytest.mark.parametrize("reads", [True, False])
def test_silence_ends_a_session(reads: bool) -> None:
    async def play(client: Client, answering: Answering) -> None:
        if reads:
            client.room.release()
        client.say(1)
        await until(lambda: client.closed)

    client, _ = played(play, silence=0.05)
    assert client.closed == [(4408, "Nothing was said for 0.05 seconds; connect again to go on.")]


def test_a_failure_outside_an_answer_is_not_hidden() -> None:
    async def play(client: Client, answering: Answering) -> None:
        client.say(1)
        await until(lambda: client.waiting)

    class Broken(Client):
        async def send(self, frame: bytes) -> None:
            raise FloatingPointError("no luck")

    async def run() -> None:
        client = Broken()
        client.say(1)
        await LiveConnections(1, PATIENCE).serve(client, Answering(), lambda place: b"")

    with pytest.raises(FloatingPointError):
        aside.run(run())


def test_places_are_given_back() -> None:
    async def run() -> None:
        connections = LiveConnections(limit=1, silence_seconds=PATIENCE)
        for _ in range(3):
            client = Client()
            client.sending.put_nowait(None)
            await connections.serve(client, Answering(), lambda place: b"")
            assert client.closed == []
            assert connections.open == 0

    aside.run(run())


class Endless(str):
    """A text that is too long to be copied."""

    def encode(self, *_: str) -> NoReturn:
        raise AssertionError("copied although it is too long")


def test_what_is_far_too_long_is_refused_before_it_is_copied() -> None:
    with pytest.raises(Closing) as raised:
        parse_message(Endless("x" * (MESSAGE_BYTES + 1)))
    assert raised.value.code == 1009
    with pytest.raises(Closing) as raised:
        parse_message('{"seq": 1, "model": "' + "\u00e9" * (MESSAGE_BYTES // 2) + '"}')
    assert raised.value.code == 1009


def test_reasons_fit_into_a_close_frame() -> None:
    for message in (b"", "x" * 20_000, "{", "[]", '{"seq": 0.5}', '{"seq": NaN}', "[" * 8000):
        with pytest.raises(Closing) as raised:
            parse_message(message)
        assert len(str(raised.value).encode()) <= 123
