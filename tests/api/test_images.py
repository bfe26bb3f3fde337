"""Samples and uploads: what was sent is what is held, whatever file it came in."""

from __future__ import annotations

import io

import numpy as np
import pytest
import skimage.data
from numpy.typing import NDArray
from PIL import Image

from app.config import Settings
from app.services.image_store import SAMPLES, StoredImage
from tests.api.live import Live, served
from tests.api.pictures import blocks, encoded, noise, pixels, upload, uploaded

Pixels = NDArray[np.uint8]


def rgb(array: NDArray[np.generic]) -> Image.Image:
    return Image.fromarray(array)


def test_samples_are_photographs_and_digits_that_can_be_looked_at(live: Live) -> None:
    samples = live.client.get("/api/samples").json()

    photos = [sample["title"] for sample in samples if sample["kind"] == "photo"]
    digits = [sample for sample in samples if sample["kind"] == "digit"]
    assert photos == list(SAMPLES.values())
    assert [sample["title"] for sample in digits] == [f"Digit {number}" for number in range(10)]
    assert {(sample["width"], sample["height"]) for sample in digits} == {(28, 28)}
    assert (samples[0]["width"], samples[0]["height"]) == (600, 400)
    np.testing.assert_array_equal(pixels(live, samples[0]["id"]), skimage.data.coffee())
    assert len({sample["id"] for sample in samples}) == len(samples)


def test_an_upload_is_named_by_its_pixels(live: Live) -> None:
    picture = noise(20, 30)
    first = upload(live, encoded(picture))
    again = upload(live, encoded(picture, "BMP"), name="other.bmp")
    turned = upload(live, encoded(picture.reshape(30, 20, 3)))

    assert first.status_code == 201
    told = {"id": again.json()["id"], "width": 30, "height": 20, "kind": "photo", "note": ""}
    assert first.json() == told
    assert first.headers["location"] == f"/api/images/{first.json()['id']}"
    assert turned.json()["id"] != first.json()["id"]
    assert live.client.get(first.headers["location"] + "/info").json() == first.json()


def test_a_sample_uploaded_again_is_the_same_image(live: Live) -> None:
    coffee = StoredImage.of(skimage.data.coffee())

    assert live.client.get("/api/samples").json()[0]["id"] == coffee.id


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_keep_every_pixel(live: Live, kind: str) -> None:
    answer = upload(live, encoded(blocks(), kind))

    np.testing.assert_array_equal(pixels(live, answer.json()["id"]), blocks())


def test_lossless_webp_and_gif_keep_every_pixel(live: Live) -> None:
    webp = upload(live, encoded(blocks(), "WEBP", lossless=True))
    gif = upload(live, encoded(rgb(blocks()).quantize(16), "GIF"))

    np.testing.assert_array_equal(pixels(live, webp.json()["id"]), blocks())
    np.testing.assert_array_equal(pixels(live, gif.json()["id"]), blocks())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_lossy_formats_come_close(live: Live, kind: str) -> None:
    answer = upload(live, encoded(blocks(), kind, quality=95))

    difference = np.abs(pixels(live, answer.json()["id"]).astype(int) - blocks())
    assert difference.mean() < 4


# What is stored turned so, and marked with this orientation, is upright again.
STORED = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, 1),
    7: lambda a: np.rot90(a, 2).transpose(1, 0, 2),
    8: lambda a: np.rot90(a, -1),
}


@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation_is_applied(live: Live, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(STORED[orientation](blocks()))
    answer = upload(live, encoded(stored, "JPEG", quality=95, exif=exif))

    shown = pixels(live, answer.json()["id"])
    assert shown.shape == blocks().shape
    assert np.abs(shown.astype(int) - blocks()).mean() < 6


def test_transparency_becomes_white(live: Live) -> None:
    picture = np.dstack([blocks(), np.full(blocks().shape[:2], 255, np.uint8)])
    picture[:16, :16, 3] = 0
    picture[:16, 16:, 3] = 128
    shown = pixels(live, upload(live, encoded(picture)).json()["id"]).astype(int)

    assert (shown[:16, :16] == 255).all()
    half = (blocks()[:16, 16:].astype(int) + 255) / 2
    assert np.abs(shown[:16, 16:] - half).max() <= 1
    np.testing.assert_array_equal(shown[16:], blocks()[16:])


def test_a_palette_with_a_transparent_colour_becomes_white(live: Live) -> None:
    picture = rgb(blocks()).quantize(16)
    clear = picture.getpixel((0, 0))
    shown = pixels(live, upload(live, encoded(picture, "PNG", transparency=clear)).json()["id"])

    assert (shown[:16, :16] == 255).all()
    np.testing.assert_array_equal(shown[16:], blocks()[16:])


def test_cmyk_is_shown_in_rgb(live: Live) -> None:
    answer = upload(live, encoded(rgb(blocks()).convert("CMYK"), "TIFF"))
    jpeg = upload(live, encoded(rgb(blocks()).convert("CMYK"), "JPEG", quality=95))

    assert np.abs(pixels(live, answer.json()["id"]).astype(int) - blocks()).max() <= 2
    assert np.abs(pixels(live, jpeg.json()["id"]).astype(int) - blocks()).mean() < 6


def test_greyscale_has_three_equal_channels(live: Live) -> None:
    grey = blocks()[..., 0]
    shown = pixels(live, upload(live, encoded(grey)).json()["id"])

    np.testing.assert_array_equal(shown, np.repeat(grey[..., np.newaxis], 3, axis=2))


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_white(live: Live, kind: str) -> None:
    deep = blocks()[..., 0].astype(np.uint16) * 257
    shown = pixels(live, upload(live, encoded(deep, kind)).json()["id"])

    np.testing.assert_array_equal(shown[..., 0], blocks()[..., 0])


def test_one_bit_pictures_are_black_and_white(live: Live) -> None:
    mask = blocks()[..., 0] > 100
    shown = pixels(live, upload(live, encoded(Image.fromarray(mask))).json()["id"])

    np.testing.assert_array_equal(shown[..., 0], np.where(mask, 255, 0))


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_an_animation_the_first_frame_counts(live: Live, kind: str) -> None:
    first, second = rgb(blocks()), rgb(blocks()[::-1].copy())
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(first, kind, save_all=True, append_images=[second], **options)
    shown = pixels(live, upload(live, data).json()["id"])

    np.testing.assert_array_equal(shown, blocks())


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (7, 3)])
def test_odd_sizes_go_all_the_way_through(live: Live, shape: tuple[int, int]) -> None:
    image = uploaded(live, noise(*shape))

    assert live.client.get(f"/api/traces/tiny_vgg/{image}").status_code == 200
    assert live.client.get(f"/api/images/{image}/thumbnail").status_code == 200


def test_a_thumbnail_fits_its_square_and_keeps_the_aspect(live: Live) -> None:
    image = uploaded(live, noise(100, 200))

    def size(asked: int) -> tuple[int, int]:
        answer = live.client.get(f"/api/images/{image}/thumbnail", params={"size": asked})
        return Image.open(io.BytesIO(answer.content)).size

    assert size(50) == (50, 25)
    assert size(1000) == (200, 100)
    assert live.client.get(f"/api/images/{image}/thumbnail", params={"size": 5000}).status_code == 422


ROOM_FOR_TWO = Settings(upload_pixels=10_000, image_cache_bytes=65_000, workers=1)


def test_images_in_memory_are_bounded_and_come_back_from_the_store() -> None:
    with served(ROOM_FOR_TWO) as live:
        ids = [uploaded(live, noise(100, 100, seed)) for seed in range(3)]
        for each in ids:
            assert live.client.get(f"/api/images/{each}/info").status_code == 200
            assert live.metric("convscope_image_cache_entries") == 2


def test_images_in_memory_are_bounded_and_the_oldest_goes_first() -> None:
    with served(ROOM_FOR_TWO) as live:
        live.services.images._kept = None
        ids = [uploaded(live, noise(100, 100, seed)) for seed in range(2)]
        assert live.client.get(f"/api/images/{ids[0]}/info").status_code == 200
        ids.append(uploaded(live, noise(100, 100, 2)))

        gone = live.client.get(f"/api/images/{ids[1]}/info")
        assert gone.status_code == 404
        assert "upload it again" in gone.json()["detail"]
        # Looking at the first made the second the oldest.
        assert live.client.get(f"/api/images/{ids[0]}/info").status_code == 200
        assert live.client.get(f"/api/images/{ids[2]}/info").status_code == 200
        assert live.metric("convscope_image_cache_bytes") == 60_000
        assert live.metric("convscope_image_cache_entries") == 2

        samples = live.client.get("/api/samples").json()
        assert live.client.get(f"/api/images/{samples[0]['id']}/info").status_code == 200
