"""A camera and a microphone that give what is made here; films as files: VP8 in WebM, all key frames."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser

from tests.chromium import FLAGS, find_chromium

Pixels = NDArray[np.uint8]
RATE = 10
"""Frames a second of what the camera shows."""
FILM_RATE = 25


def pictures(count: int, height: int = 96, width: int = 128) -> list[Pixels]:
    """Soft spots of colour, another arrangement in every picture."""
    made = []
    for seed in range(count):
        coarse = np.random.default_rng(seed).integers(0, 256, (4, 5, 3), np.uint8)
        made.append(np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)))
    return made


def y4m(frames: Sequence[Pixels], rate: int = RATE) -> bytes:
    """An uncompressed film, 4:2:0."""
    height, width, _ = frames[0].shape
    film = f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode()
    for frame in frames:
        y, *chroma = Image.fromarray(frame).convert("YCbCr").split()
        halves = [each.resize((width // 2, height // 2), Image.Resampling.BOX) for each in chroma]
        film += b"FRAME\n" + b"".join(plane.tobytes() for plane in (y, *halves))
    return film


PITCHES = (500, 2000)
"""Hz of the tones that take turns, a quarter of a second each, in what a microphone hears."""


def two_tones(path: Path, rate: int = 48_000) -> Path:
    """A second of sound, written as WAV."""
    times = np.arange(rate) / rate
    pitch = np.array(PITCHES)[(4 * times).astype(int) % 2]
    tone = np.rint(12_000 * np.sin(2 * np.pi * pitch * times)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(tone.tobytes())
    return path


@contextmanager
def browser_with_devices(beside: Browser, film: Path, sound: Path) -> Iterator[Browser]:
    """A browser whose camera shows a film and whose microphone hears a sound, again and again."""
    own = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
        f"--use-file-for-fake-audio-capture={sound}",
    ]
    running = beside.browser_type.launch(executable_path=find_chromium(), args=[*FLAGS, *own])
    try:
        yield running
    finally:
        running.close()


def webm(frames: Sequence[Pixels]) -> bytes:
    """A film of key frames, each what a WebP file holds; without frames a file of sound alone."""
    info = _element(
        0x1549A966,
        _element(0x2AD7B1, _number(1_000_000)) + _element(0x4489, _float(1000 * len(frames) / FILM_RATE)),
    )
    tracks = _element(0x1654AE6B, _element(0xAE, _video(frames[0]) if frames else _SOUND))
    blocks = b"".join(_block(at, frame) for at, frame in enumerate(frames))
    cluster = _element(0x1F43B675, _element(0xE7, _number(0)) + blocks)
    head = _element(
        0x1A45DFA3, _element(0x4282, b"webm") + _element(0x4287, b"\x02") + _element(0x4285, b"\x02")
    )
    return head + _element(0x18538067, info + tracks + cluster)


def _video(frame: Pixels) -> bytes:
    height, width, _ = frame.shape
    size = _element(0xB0, _number(width)) + _element(0xBA, _number(height))
    return _TRACK + _element(0x83, b"\x01") + _element(0x86, b"V_VP8") + _element(0xE0, size)


def _block(at: int, frame: Pixels) -> bytes:
    file = io.BytesIO()
    Image.fromarray(frame).save(file, "WEBP", quality=90)
    chunk = file.getvalue().index(b"VP8 ")
    (length,) = struct.unpack_from("<I", file.getvalue(), chunk + 4)
    data = file.getvalue()[chunk + 8 : chunk + 8 + length]
    return _element(0xA3, b"\x81" + struct.pack(">h", at * 1000 // FILM_RATE) + b"\x80" + data)


def _element(name: int, payload: bytes) -> bytes:
    """EBML: an id, the length in eight bytes, what it holds."""
    return (
        name.to_bytes((name.bit_length() + 7) // 8, "big")
        + struct.pack(">Q", len(payload) | 1 << 56)
        + payload
    )


def _number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")


def _float(value: float) -> bytes:
    return struct.pack(">d", value)


_TRACK = _element(0xD7, b"\x01") + _element(0x73C5, b"\x01")
_SOUND = (
    _TRACK
    + _element(0x83, b"\x02")
    + _element(0x86, b"A_PCM/INT/LIT")
    + _element(0xE1, _element(0xB5, _float(16000.0)) + _element(0x9F, b"\x01"))
)
