"""Uploads that cannot be taken get a sentence a person can act on, never a 500."""

from __future__ import annotations

import http.client
import io
import struct
import zipfile
import zlib
from itertools import chain, repeat

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from app.config import Settings
from app.intake import accepted_formats
from tests.api.live import SMALL, Live, served, until
from tests.api.pictures import blocks, encoded, noise, upload

BOUNDARY = "frontier"


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is this large and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 99))
        + chunk(b"IEND", b"")
    )


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr("photo.txt", "no")
    return buffer.getvalue()


OTHER_KINDS = {
    "a PDF": b"%PDF-1.7\n1 0 obj\n",
    "an SVG drawing": b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>',
    "HTML": b"<!DOCTYPE html><html><body>404</body></html>",
    "text": "Grüße, this is a letter.\n".encode(),
    "XML": b'<?xml version="1.0"?><note/>',
    "a JPEG XL": b"\xff\x0a" + bytes(64),
    "a video": b"\0\0\0\x18ftypisom\0\0\0\0isomiso2" + bytes(64),
    "ZIP": archive(),
    "Photoshop": b"8BPS\0\x01" + bytes(64),
    "an icon": encoded(blocks(), "ICO"),
    "JPEG 2000": encoded(blocks(), "JPEG2000"),
    "no image": encoded(blocks(), "PPM") + bytes(range(256)),
}


@pytest.mark.parametrize("what", OTHER_KINDS)
def test_other_kinds_of_files_are_named_and_the_accepted_ones_listed(live: Live, what: str) -> None:
    # A name that says otherwise changes nothing: only the content counts.
    answer = upload(live, OTHER_KINDS[what], name="holiday.jpg")

    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"
    if what != "no image":
        assert what.lower() in answer.json()["detail"].lower()
    assert accepted_formats() in answer.json()["detail"]


@pytest.mark.parametrize(
    ("what", "advice"),
    [("a JPEG XL", "djxl"), ("an SVG drawing", "export it as PNG"), ("a PDF", "Export the page")],
)
def test_what_to_do_is_said_of_kinds_that_people_have(live: Live, what: str, advice: str) -> None:
    assert advice in upload(live, OTHER_KINDS[what]).json()["detail"]


def pixels_of(live: Live, image: str) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(live.client.get(f"/api/images/{image}").content)))


def test_what_an_iphone_writes_is_read_and_held_to_the_limit(live: Live) -> None:
    whole = encoded(blocks(), "HEIF", quality=95)
    answer = upload(live, whole)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["width"], answer.json()["height"]) == blocks().shape[1::-1]
    seen = pixels_of(live, answer.json()["id"])
    assert np.abs(seen.astype(int) - blocks()).mean() < 6
    assert upload(live, encoded(Image.new("RGB", (400, 251), 90), "HEIF")).status_code == 413
    assert "a damaged HEIC photo" in upload(live, whole[:200]).json()["detail"]


@pytest.mark.parametrize(("bits", "note"), [(12, "12 of its 16 bits are used: 4095 is white."), (16, "")])
def test_twelve_bits_in_sixteen_are_stretched_and_that_is_said(live: Live, bits: int, note: str) -> None:
    values = np.linspace(0, (1 << bits) - 1, 400).astype(np.uint16).reshape(20, 20)
    answer = upload(live, encoded(Image.fromarray(values), "PNG"))
    assert answer.json()["note"] == note
    seen = pixels_of(live, answer.json()["id"])
    expected = np.rint(values / ((1 << bits) - 1) * 255)
    assert np.abs(seen[..., 0].astype(int) - expected).max() <= 1


def test_the_accepted_formats_read_as_a_sentence() -> None:
    for kind in ("JPEG", "PNG", "WebP", "GIF", "BMP", "TIFF"):
        assert kind in accepted_formats()


def test_an_image_that_says_it_is_enormous_is_refused_by_its_header() -> None:
    with served(Settings(workers=1)) as live:
        answer = upload(live, png_header(60_000, 60_000))

    assert answer.status_code == 413
    assert (
        "This file says it is 60,000 x 60,000 pixels; the limit is 50 megapixels." in answer.json()["detail"]
    )


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_the_pixel_limit_holds_for_every_format(live: Live, kind: str) -> None:
    # 400 x 251 is one row above the limit; one colour, so that the file stays small.
    fits = upload(live, encoded(Image.new("L", (400, 250), 90).convert("P"), "GIF"))
    above = upload(live, encoded(Image.new("RGB" if kind != "GIF" else "L", (400, 251), 90), kind))

    assert fits.status_code == 201
    assert above.status_code == 413
    assert "400 x 251" in above.json()["detail"] or "larger than" in above.json()["detail"]


def test_an_empty_file_says_so(live: Live) -> None:
    answer = upload(live, b"")

    assert answer.status_code == 422
    assert "empty" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_file_cut_short_says_so(live: Live, kind: str, share: float) -> None:
    whole = encoded(noise(60, 60), kind)
    answer = upload(live, whole[: int(len(whole) * share)])

    assert answer.status_code in (415, 422), answer.text
    assert answer.json()["detail"]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF"])
def test_damaged_bytes_never_make_a_500(live: Live, kind: str) -> None:
    whole = bytearray(encoded(noise(24, 24), kind))
    for seed in range(12):
        damaged = whole.copy()
        for place in noise(1, 8, seed).reshape(-1):
            damaged[int(place) * len(damaged) // 256] ^= 0x55
        assert upload(live, bytes(damaged)).status_code in (201, 413, 415, 422)


def test_a_file_above_the_limit_is_refused_while_it_is_read(live: Live) -> None:
    answer = upload(live, noise(300, 300).tobytes())
    # Without a length in the header only counting helps.
    start = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n".encode()
    unknown = live.client.post(
        "/api/images",
        content=chain([start], repeat(bytes(10_000), 100)),
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )

    for refused in (answer, unknown):
        assert refused.status_code == 413
        assert "0.191 MB" in refused.json()["detail"]
    assert upload(live, encoded(blocks())).status_code == 201


def test_a_file_just_above_the_limit_is_refused_although_the_form_would_fit(live: Live) -> None:
    fits = upload(live, b"x" * SMALL.upload_bytes)
    above = upload(live, b"x" * (SMALL.upload_bytes + 1))

    assert (fits.status_code, above.status_code) == (415, 413)


FILE = ("picture.png", encoded(blocks()))


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"json": {"file": "x"}}, 415, "multipart/form-data"),
        ({"content": encoded(blocks())}, 415, "multipart/form-data"),
        ({"data": {"file": "x"}}, 415, "multipart/form-data"),
        ({"files": {"image": FILE}}, 422, "'image'"),
        ({"files": [("file", FILE), ("file", FILE)]}, 422, "one image at a time"),
        ({"files": {"file": FILE}, "data": {"model": "tiny_vgg"}}, 422, "'model'"),
        ({"files": {"file": (None, "text")}}, 422, "text"),
        ({"files": {"file": FILE}, "data": {str(i): "x" for i in range(50)}}, 422, "form"),
        ({"files": {"file": FILE}, "data": {"model": "x" * 50_000}}, 422, "form"),
    ],
)
def test_a_form_that_is_not_one_file_is_explained(live: Live, sent: dict, status: int, said: str) -> None:
    answer = live.client.post("/api/images", **sent)

    assert answer.status_code == status
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        f"--{BOUNDARY}\r\n\r\nx\r\n--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nabc".encode(),
        f"--{BOUNDARY}\r\nContent-Disposition: {'x' * 30_000}\r\n\r\nabc\r\n--{BOUNDARY}--".encode(),
        f"--{BOUNDARY}\r\n{'a: b' * 5_000}".encode(),
    ],
)
def test_a_malformed_form_is_422(live: Live, body: bytes) -> None:
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = live.client.post("/api/images", content=body, headers=kind)

    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data;;;"]
)
def test_a_form_without_boundary_is_422(live: Live, kind: str) -> None:
    answer = live.client.post("/api/images", content=b"x", headers={"content-type": kind})

    assert answer.status_code == 422, answer.text


def test_a_client_that_goes_away_in_the_middle_leaves_nothing_behind(live: Live) -> None:
    before = live.metric("convscope_image_cache_entries")
    connection = http.client.HTTPConnection("127.0.0.1", live.port)
    connection.putrequest("POST", "/api/images")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", "100000")
    connection.endheaders(
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\nab".encode()
    )
    connection.close()

    until(lambda: 'route="/api/images",status="499"' in live.client.get("/metrics").text)
    assert live.metric("convscope_image_cache_entries") == before


def test_a_hostile_file_name_is_only_a_name(live: Live) -> None:
    answer = upload(live, encoded(blocks()), name="../../../../etc/cron.d/evil.png")

    assert answer.status_code == 201
    assert "evil" not in answer.text
