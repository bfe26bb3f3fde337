"""Binary frames: one layer each, so that a browser can paint it while the next is computed.

A frame is a little-endian uint32 with the header's length, the header as JSON, padded with spaces so that
the payload begins at a multiple of four bytes, and the payload, padded with zeros to a multiple of four.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from ..services.trace_service import LayerOutput
from .frame_schemas import DoneHeader, Encoding, ErrorHeader, FrameError, LayerHeader

__all__ = [
    "FRAMES_TYPE",
    "closing_frame",
    "error_frame",
    "framed",
    "layer_frame",
]

FRAMES_TYPE = "application/vnd.convscope.frames"


def layer_frame(layer: LayerOutput, encoding: Encoding) -> bytes:
    """A layer's output as a frame.

    ``uint8`` spreads 256 steps evenly between the layer's extremes: value = offset + scale * q, at most
    half a step off. ``float32`` is exact.
    """
    if encoding == "uint8":
        payload, offset, scale = _quantised(layer)
    else:
        payload = np.ascontiguousarray(layer.output[0], dtype="<f4").tobytes()
        offset, scale = 0.0, 1.0
    payload += bytes(-len(payload) % 4)
    header = LayerHeader(
        node=layer.node,
        kind=layer.kind,
        index=layer.index,
        count=layer.count,
        shape=layer.shape,
        encoding=encoding,
        bytes=len(payload),
        elements=layer.output.size,
        **asdict(layer.statistics),
        milliseconds=layer.milliseconds,
        offset=offset,
        scale=scale,
    )
    return framed(header.model_dump(), payload)


def closing_frame(header: DoneHeader) -> bytes:
    """The last frame of a trace that went well."""
    return framed(header.model_dump())


def error_frame(status: int, title: str, detail: str) -> bytes:
    """The last frame of a trace that failed after its answer had begun."""
    return framed(ErrorHeader(error=FrameError(status=status, title=title, detail=detail)).model_dump())


def _quantised(layer: LayerOutput) -> tuple[bytes, float, float]:
    low, high = layer.statistics.min, layer.statistics.max
    scale = (high - low) / 255
    if scale == 0:
        return bytes(layer.output.size), low, 0.0
    steps = layer.output[0].astype(np.float64, order="C")
    steps -= low
    steps /= scale  # in place: new memory takes longer than the arithmetic
    np.rint(steps, out=steps)
    return steps.astype(np.uint8).tobytes(), low, scale


def framed(header: Mapping[str, Any], payload: bytes = b"") -> bytes:
    """Header and payload as one frame; a payload must already be padded."""
    text = json.dumps(header, separators=(",", ":"), allow_nan=False).encode()
    text += b" " * (-len(text) % 4)
    return len(text).to_bytes(4, "little") + text + payload
