"""Sound files: any rate and number of channels to 16 kHz in one channel, within limits."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from cnn_core.errors import BadInput
from cnn_core.sound.spectrogram import RATE, Samples

__all__ = ["MAX_FILE_BYTES", "MAX_SECONDS", "SOUND_FORMATS", "is_sound", "read_sound", "wav_bytes"]

SOUND_FORMATS = ("WAV", "FLAC", "OGG", "MP3")
"""What is decoded, as the library calls them; everything else is refused."""

MAX_SECONDS = 60
MAX_FILE_BYTES = 128 * 2**20
RATES = (4_000, 384_000)
MAX_CHANNELS = 64

_BLOCK = 1 << 20
"""Values of all channels that are decoded at a time."""

_FINEST = 10_000
"""Of the ratio of two rates the largest denominator: it sets how long the filter is."""

_DECODED = {*SOUND_FORMATS, "WAVEX", "RF64", "MPEG"}


def is_sound(start: bytes) -> bool:
    """Whether a file that begins so (12 bytes are enough) is of a kind that is decoded here."""
    riff = start[:4] in (b"RIFF", b"RF64") and start[8:12] == b"WAVE"
    mpeg = len(start) > 1 and start[0] == 0xFF and start[1] >> 5 == 7 and (start[1] >> 1) & 3 in (1, 2)
    return riff or mpeg or start[:4] in (b"fLaC", b"OggS") or start[:3] == b"ID3"


def read_sound(source: str | os.PathLike[str] | bytes) -> Samples:
    """The samples of a file, or of its bytes, at 16 kHz: the mean of its channels, cut at full scale.

    A file that has 16,000 samples a second of 16 bits in one channel comes through unchanged; another rate is
    resampled by a polyphase filter (``scipy.signal.resample_poly``), so that nothing above 8 kHz folds down;
    by an odd rate, such as 44,101, to within 0.01 % of the pitch.
    What is shorter than a second is followed by silence up to a second.

    Shape:
        Result: ``(N,)`` int16, 16,000 to 960,000 samples.

    Raises:
        BadInput: no such file, no sound in one of ``SOUND_FORMATS``, damaged, empty, longer than a minute, of
            more than 64 channels, of a rate from outside 4 to 384 kHz, or with values that are not finite.
    """
    name, data = ("sound", source) if isinstance(source, bytes) else _file(Path(source))
    if not data:
        raise BadInput(f"{name}: this file is empty (0 bytes)")
    if not is_sound(data[:12]):
        raise BadInput(f"{name}: not a sound; wanted one of {', '.join(SOUND_FORMATS)}")
    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            _check(name, file)
            mono = np.concatenate([np.empty(0, np.float32), *_blocks(name, file)])
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, ValueError, RuntimeError, TypeError) as error:
        if isinstance(error, BadInput):
            raise
        raise BadInput(f"{name}: cannot be decoded, the file is damaged or cut short ({error})") from error
    if not len(mono):
        raise BadInput(f"{name}: there is no sound in it (0 samples)")
    return _finished(mono, rate)


def wav_bytes(samples: Samples) -> bytes:
    """The samples as a WAV file, 16 kHz, 16 bits, which ``read_sound`` reads back unchanged."""
    file = io.BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_16")
    return file.getvalue()


def _file(path: Path) -> tuple[str, bytes]:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read ({error.strerror or error})") from error
    if len(data) > MAX_FILE_BYTES:
        raise BadInput(f"{path}: larger than {MAX_FILE_BYTES // 2**20} MiB, the limit of a sound")
    return str(path), data


def _check(name: str, file: soundfile.SoundFile) -> None:
    """What the file says of itself, before anything is decoded."""
    if file.format not in _DECODED:
        raise BadInput(f"{name}: wanted one of {', '.join(SOUND_FORMATS)}, this is {file.format}")
    if not RATES[0] <= file.samplerate <= RATES[1]:
        raise BadInput(
            f"{name}: the rate must be from {RATES[0]:,} to {RATES[1]:,} samples a second, "
            f"got {file.samplerate:,}"
        )
    if file.channels > MAX_CHANNELS:
        raise BadInput(f"{name}: at most {MAX_CHANNELS} channels are taken, got {file.channels}")
    if file.frames > MAX_SECONDS * file.samplerate:
        raise _too_long(name, file.frames / file.samplerate)


def _blocks(name: str, file: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    """The mean of all channels, block by block; a file may hold more or less than it says."""
    done, size = 0, _BLOCK // file.channels
    while len(block := file.read(size, dtype="float32", always_2d=True)):
        if not np.isfinite(block).all():
            first = done + int(np.argmin(np.isfinite(block).all(axis=1)))
            raise BadInput(
                f"{name}: every value must be a finite number, "
                f"got {block[first - done].tolist()} at {first / file.samplerate:.3f} s"
            )
        done += len(block)
        if done > MAX_SECONDS * file.samplerate:
            raise _too_long(name, done / file.samplerate)
        yield np.clip(block.mean(axis=1, dtype=np.float64), -1, 1).astype(np.float32)


def _too_long(name: str, seconds: float) -> BadInput:
    lasts = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.1f} seconds"
    return BadInput(
        f"{name}: it lasts {lasts}, the limit is {MAX_SECONDS} seconds; cut out the part you mean"
    )


def _finished(mono: NDArray[np.float32], rate: int) -> Samples:
    """At 16 kHz, in 16 bits, at least a second."""
    from scipy.signal import resample_poly  # late: a server that hears nothing starts without it

    ratio = Fraction(RATE, rate).limit_denominator(_FINEST)
    even = mono if rate == RATE else resample_poly(mono, ratio.numerator, ratio.denominator)
    samples = np.clip(np.rint(even * np.float32(32768)), -32768, 32767).astype(np.int16)
    return np.pad(samples[: MAX_SECONDS * RATE], (0, max(0, RATE - len(samples))))
