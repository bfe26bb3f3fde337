"""Sound files of every kind, and of none."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
import soundfile

from cnn_core.errors import BadInput
from cnn_core.sound import RATE, is_sound, log_mel, read_sound, wav_bytes


def noise(seconds: float = 1.5, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).integers(-9000, 9000, round(RATE * seconds)).astype(np.int16)


def written(values: np.ndarray, rate: int = RATE, form: str = "WAV", subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, values, rate, format=form, subtype=subtype)
    return file.getvalue()


def sine(rate: int, seconds: float = 1.0, pitch: float = 1000.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("form", ["WAV", "FLAC"])
def test_sixteen_bits_come_through_unchanged(form: str, tmp_path: Path) -> None:
    samples = noise()
    path = tmp_path / "sound"
    path.write_bytes(written(samples, form=form))
    np.testing.assert_array_equal(read_sound(path), samples)
    np.testing.assert_array_equal(read_sound(wav_bytes(samples)), samples)


@pytest.mark.parametrize(
    ("rate", "form", "subtype"),
    [
        (8_000, "WAV", "ULAW"),
        (22_050, "WAV", "PCM_24"),
        (44_100, "MP3", None),
        (48_000, "OGG", "VORBIS"),
        (192_000, "WAV", "FLOAT"),
    ],
)
def test_a_tone_is_the_same_tone_at_every_rate(rate: int, form: str, subtype: str | None) -> None:
    channels = np.stack([sine(rate)] * 2, axis=1)
    data = written(channels, rate, form, subtype)
    assert is_sound(data[:12])
    found = read_sound(data)
    assert abs(len(found) - RATE) < RATE // 10
    middle = log_mel(found)[:, 40:60]
    assert (middle.argmax(axis=0) == 22).all()
    assert middle[22].mean() == pytest.approx(
        log_mel(read_sound(written(sine(RATE))))[22, 40:60].mean(), abs=0.3
    )


def test_what_is_too_high_to_keep_does_not_fold_down() -> None:
    found = read_sound(written(sine(48_000, pitch=11_000), 48_000))
    assert np.abs(found[1000:-1000]).max() < 30


def test_an_odd_rate_is_the_same_pitch_without_a_filter_of_millions() -> None:
    found = read_sound(written(sine(44_101, 2), 44_101)).astype(float)
    spectrum = np.abs(np.fft.rfft(found[:RATE] * np.hanning(RATE), 16 * RATE))
    assert spectrum.argmax() / 16 == pytest.approx(1000, abs=0.1)
    assert abs(len(found) - 2 * RATE) <= 2


def test_of_an_mp3_that_was_cut_off_what_is_there_is_taken() -> None:
    whole = written(noise(20) / 32768, form="MP3")
    found = read_sound(whole[: len(whole) // 2])
    assert 9 * RATE < len(found) < 11 * RATE
    assert np.abs(found[-RATE:]).mean() > 1000


def test_eight_channels_are_averaged() -> None:
    channels = np.stack([noise(seed=seed) for seed in range(8)], axis=1)
    np.testing.assert_allclose(read_sound(written(channels)), channels.mean(axis=1), atol=0.6)


def test_a_short_sound_is_followed_by_silence() -> None:
    samples = noise(0.1)
    found = read_sound(written(samples))
    assert len(found) == RATE
    np.testing.assert_array_equal(found[: len(samples)], samples)
    assert not found[len(samples) :].any()


def test_louder_than_full_scale_is_cut() -> None:
    found = read_sound(written(np.array([0.0, 2.0, -1e30, 0.25], np.float32), subtype="FLOAT"))
    assert found[:4].tolist() == [0, 32767, -32768, 8192]


def broken(at: int, value: float) -> bytes:
    values = np.zeros(8000, np.float32)
    values[at] = value
    return written(values, subtype="FLOAT")


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "a")
    return file.getvalue()


def of_rate(rate: int) -> bytes:
    data = bytearray(written(noise()))
    data[24:28] = struct.pack("<I", rate)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", r"sound: this file is empty \(0 bytes\)"),
        (zipped(), "sound: not a sound; wanted one of WAV, FLAC, OGG, MP3"),
        (written(np.zeros(0, np.int16)), r"sound: there is no sound in it \(0 samples\)"),
        (broken(4000, np.nan), r"every value must be a finite number, got \[nan\] at 0.250 s"),
        (broken(7999, -np.inf), r"every value must be a finite number, got \[-inf\] at 0.500 s"),
        (written(np.zeros(61 * RATE, np.int16)), "it lasts 61.0 seconds, the limit is 60 seconds"),
        (written(np.zeros(3600 * 4000, np.int16), 4000, "FLAC"), "it lasts 60 minutes, the limit is 60"),
        (of_rate(1000), "the rate must be from 4,000 to 384,000 samples a second, got 1,000"),
        (of_rate(2**31 - 1), "the rate must be from 4,000 to 384,000"),
        (written(np.zeros((9, 65), np.int16)), "at most 64 channels are taken, got 65"),
        (written(noise())[:30], "cannot be decoded, the file is damaged or cut short"),
        (b"fLaC" + bytes(200), "cannot be decoded, the file is damaged or cut short"),
        (b"ID3" + bytes(500), "cannot be decoded, the file is damaged or cut short"),
        (b"OggS" + bytes(500), "cannot be decoded, the file is damaged or cut short"),
    ],
)
def test_what_cannot_be_taken_is_named(data: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        read_sound(data)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"gone\.wav: cannot be read \(No such file or directory\)"):
        read_sound(tmp_path / "gone.wav")


@pytest.mark.parametrize(
    "start", [b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01", b"\x89PNG", b"RIFF\x00\x00\x00\x00WEBP", b"\xff"]
)
def test_pictures_are_no_sounds(start: bytes) -> None:
    assert not is_sound(start)
