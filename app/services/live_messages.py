"""Messages to a live socket: JSON as text, or a frame of JSON with bytes behind it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn

__all__ = [
    "FRAME_BYTES",
    "MESSAGE_BYTES",
    "Closing",
    "LiveMessage",
    "parse_frame",
    "parse_message",
]

MESSAGE_BYTES: Final = 8192
"""A message longer than this, or the JSON of a frame, is no state.

ASGI hands a message over when all of it is there, so how much is read before this is asked is for the server
to limit: ``convscope serve`` stops at ``FRAME_BYTES``; uvicorn by itself reads up to 16 MiB
(``--ws-max-size``).
"""

FRAME_BYTES: Final = 1024 * 1024
"""The longest frame: a picture of 512 x 512 pixels, and room to spare."""

_LARGEST_SEQ: Final = 2**53 - 1

# RFC 6455, section 7.4.1
_UNSUPPORTED: Final = 1003
_UNREADABLE: Final = 1007
_TOO_LONG: Final = 1009


class Closing(Exception):
    """The socket has to be closed: code and a reason of at most 123 bytes, as RFC 6455 has it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


@dataclass(frozen=True, slots=True)
class LiveMessage:
    """A message whose form is right: its number, the rest of the JSON object, and the bytes behind it."""

    seq: int
    state: dict[str, Any]
    payload: bytes = b""


def parse_message(message: str | bytes) -> LiveMessage:
    """Read a message of text.

    Raises:
        Closing: it is binary, too long, no JSON object, or without a number.
    """
    if isinstance(message, bytes):
        raise Closing(_UNSUPPORTED, "Binary messages are not understood here; send JSON as text.")
    # A character is a byte or more: what is far too long is refused before it is copied.
    if len(message) > MESSAGE_BYTES or len(message.encode("utf-8", "surrogatepass")) > MESSAGE_BYTES:
        raise Closing(
            _TOO_LONG, f"The message is too long: at most {MESSAGE_BYTES} bytes are read, as UTF-8."
        )
    return _read(message, b"")


def parse_frame(message: str | bytes) -> LiveMessage:
    """Read a binary message: the length of its JSON as a little-endian uint32, the JSON, and bytes.

    Raises:
        Closing: it is text, too long, no such frame, or its JSON is no object with a number.
    """
    if isinstance(message, str):
        raise Closing(_UNSUPPORTED, "Text is not understood here; send binary frames.")
    if len(message) > FRAME_BYTES:
        raise Closing(_TOO_LONG, f"The frame is too long: at most {FRAME_BYTES} bytes are read.")
    end = 4 + int.from_bytes(message[:4], "little")
    if not 4 < end <= len(message):
        raise Closing(_UNREADABLE, "This is no frame: the length of its JSON comes first.")
    if end - 4 > MESSAGE_BYTES:
        raise Closing(_TOO_LONG, f"The JSON of the frame is too long: at most {MESSAGE_BYTES} bytes.")
    return _read(message[4:end], message[end:])


def _read(text: str | bytes, payload: bytes) -> LiveMessage:
    try:
        state = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Closing(_UNREADABLE, "The message is not JSON; send one JSON object.") from None
    if not isinstance(state, dict):
        raise Closing(_UNREADABLE, "The message is not a JSON object.")
    seq = state.pop("seq", None)
    if type(seq) is not int or not 0 <= seq <= _LARGEST_SEQ:
        raise Closing(_UNREADABLE, f"seq must be a whole number from 0 to {_LARGEST_SEQ}.")
    return LiveMessage(seq, state, payload)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
