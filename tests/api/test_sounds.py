"""Sounds as subjects: uploaded, kept beside their spectrogram, heard again, refused where they do not fit."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.services.sounds import SOUNDS, sample_sound
from cnn_core.sound import RATE, read_sound, sound_pixels, wav_bytes
from tests.api.live import SMALL, Live, served
from tests.api.pictures import encoded, noise, pixels, upload


def word(seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).integers(-8000, 8000, 2 * RATE).astype(np.int16)


def test_an_uploaded_sound_is_its_spectrogram_and_can_be_heard(live: Live) -> None:
    answer = upload(live, wav_bytes(word()), "word.wav")
    assert answer.status_code == 201
    info = answer.json()
    assert (info["width"], info["height"], info["kind"]) == (198, 64, "sound")
    np.testing.assert_array_equal(pixels(live, info["id"]), sound_pixels(word()))
    heard = live.client.get(f"/api/images/{info['id']}/sound")
    assert heard.headers["content-type"] == "audio/wav"
    np.testing.assert_array_equal(read_sound(heard.content), word())
    assert live.client.get(f"/api/images/{info['id']}/info").json() == info


def test_the_same_pixels_as_a_photo_are_another_image(live: Live) -> None:
    sound = upload(live, wav_bytes(word())).json()
    photo = upload(live, encoded(sound_pixels(word()))).json()
    assert photo["kind"] == "photo"
    assert photo["id"] != sound["id"]
    missing = live.client.get(f"/api/images/{photo['id']}/sound")
    assert missing.status_code == 404
    assert missing.json()["detail"] == "This picture is of no sound, or its sound is not kept."


def test_another_process_finds_the_sound(tmp_path: Path) -> None:
    settings = SMALL.model_copy(update={"data_folder": tmp_path})
    with served(settings) as first:
        made = upload(first, wav_bytes(word())).json()
    with served(settings) as second:
        assert second.client.get(f"/api/images/{made['id']}/info").json() == made
        heard = second.client.get(f"/api/images/{made['id']}/sound")
        np.testing.assert_array_equal(read_sound(heard.content), word())


def test_the_samples_are_there_and_can_be_heard(live: Live) -> None:
    samples = [each for each in live.client.get("/api/samples").json() if each["kind"] == "sound"]
    assert [each["title"] for each in samples] == list(SOUNDS)
    heard = live.client.get(f"/api/images/{samples[2]['id']}/sound").content
    np.testing.assert_array_equal(read_sound(heard), sample_sound("Claps"))


def test_what_a_network_was_not_made_for_is_said_and_not_squeezed(live: Live) -> None:
    sound = upload(live, wav_bytes(word())).json()["id"]
    photo = upload(live, encoded(noise(64, 96))).json()["id"]
    for model, image, said in (
        ("tiny_vgg", sound, "Tiny VGG takes pictures, and this is a sound."),
        ("spoken_words", photo, "Spoken words takes sounds, and this is a picture."),
    ):
        answer = live.client.get(f"/api/traces/{model}/{image}")
        assert answer.status_code == 422
        assert answer.json()["detail"].startswith(said)
    assert live.client.get(f"/api/traces/spoken_words/{sound}").status_code == 200


def long() -> bytes:
    file = io.BytesIO()
    soundfile.write(file, np.zeros(3600 * 4000, np.int16), 4000, format="FLAC")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (long(), 422, "It lasts 60 minutes, the limit is 60 seconds; cut out the part you mean."),
        (wav_bytes(np.zeros(0, np.int16)), 422, "There is no sound in it (0 samples)."),
        (b"fLaC" + bytes(99), 422, "Cannot be decoded, the file is damaged or cut short"),
        (b"\0\0\0\x20ftypM4A " + bytes(99), 415, "This seems to be an AAC sound (M4A)."),
        (b"PK\x03\x04" + bytes(99), 415, "of sounds WAV, FLAC, OGG, MP3"),
    ],
)
def test_bad_sounds_are_named(live: Live, data: bytes, status: int, said: str) -> None:
    answer = upload(live, data, "sound.wav")
    assert answer.status_code == status
    assert said in answer.json()["detail"]
