"""Messages of the live socket: JSON whose arrays travel behind it, in the frame of ``frames.py``.

Where a message holds an array, the JSON holds ``{"array": kind, "at": byte, "length": numbers}``: the numbers
begin ``at`` bytes into the payload, at a multiple of four. Kinds: ``float32``, ``uint8``, and ``rgba``
(uint8, four to a pixel).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .camera_schemas import FrameMessage
from .frames import framed
from .live_schemas import LiveMessage

__all__ = ["Rgba", "message_frame", "values_frame"]

_ALIGNMENT: Final = 4


class Rgba:
    """A picture for a message: uint8 ``(H, W, 3)`` pixels, sent with an opaque fourth channel."""

    def __init__(self, pixels: NDArray[np.uint8]) -> None:
        height, width, _ = pixels.shape
        self.values = np.full((height, width, 4), 255, np.uint8)
        self.values[..., :3] = pixels


class _Payload:
    """Arrays laid one behind the other."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.length = 0

    def add(self, kind: str, values: NDArray[Any]) -> dict[str, Any]:
        """Append an array; what stands for it in the JSON."""
        data = values.tobytes()
        data += bytes(-len(data) % _ALIGNMENT)
        entry = {"array": kind, "at": self.length, "length": values.size}
        self.parts.append(data)
        self.length += len(data)
        return entry


def message_frame(message: LiveMessage | FrameMessage) -> bytes:
    """A message as one frame; it may hold float32 and uint8 arrays and ``Rgba`` pictures at any depth."""
    return values_frame(message.model_dump())


def values_frame(values: Mapping[str, Any]) -> bytes:
    """Named values as one frame, as those of a message."""
    payload = _Payload()
    header = {key: _plain(value, payload) for key, value in values.items()}
    return framed({**header, "bytes": payload.length}, b"".join(payload.parts))


def _plain(value: Any, payload: _Payload) -> Any:
    if isinstance(value, Rgba):
        return payload.add("rgba", value.values)
    if isinstance(value, np.ndarray):
        if value.dtype == np.uint8:
            return payload.add("uint8", value)
        return payload.add("float32", np.ascontiguousarray(value, dtype="<f4"))
    if isinstance(value, Mapping):
        return {key: _plain(entry, payload) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(entry, payload) for entry in value]
    return value
