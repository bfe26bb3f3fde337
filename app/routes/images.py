"""Images: samples, uploads, and what is held of them."""

from __future__ import annotations

from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request, Response

from cnn_core.sound import is_sound, wav_bytes

from ..caching import NOT_MODIFIED, immutable, revalidated
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..intake import decode_sound, decode_upload, received_file
from ..lookups import ImageDep
from ..payloads.requests import file_form
from ..payloads.schemas import ImageInfo, Sample
from ..pictures.png import png_bytes, thumbnail_bytes
from ..services.image_store import StoredImage

__all__ = ["router"]

router = APIRouter(prefix="/api", tags=["images"])

_WAV: dict[int | str, dict[str, Any]] = {200: {"description": "The sound.", "content": {"audio/wav": {}}}}
_PNG: dict[int | str, dict[str, Any]] = {200: {"description": "The picture.", "content": {"image/png": {}}}}


@router.get("/samples", summary="Sample pictures", responses={**NOT_MODIFIED, **problems(503)})
async def list_samples(request: Request, services: ServicesDep, response: Response) -> list[Sample]:
    """Photographs and digits that are always here; their ids work wherever an image's does."""
    found = await while_connected(request, services.images.samples())
    response.headers.update(revalidated(request, *((image.id, image.title) for image in found)))
    return [
        Sample(id=image.id, width=image.width, height=image.height, title=image.title or "", kind=image.kind)
        for image in found
    ]


@router.post(
    "/images",
    summary="Upload an image",
    status_code=201,
    responses=problems(413, 415, 422, 503),
    openapi_extra=file_form("The picture, or a sound."),
)
async def upload_image(request: Request, services: ServicesDep, response: Response) -> ImageInfo:
    """Send one picture; what comes back is the id of its pixels, the same for the same pixels.

    A sound of a minute at most (WAV, FLAC, OGG, MP3) becomes its log-mel spectrogram: 16 kHz, a column every
    10 ms, 64 bands, grey from -110 to 0 dB. It can be looked at as any picture, by networks that take sounds.
    """
    settings = services.settings
    async with received_file(request, settings.upload_bytes) as file:
        decoding = services.decoders.run(_decoded, file, settings.upload_pixels)
        image, note = await while_connected(request, decoding)
    await while_connected(request, services.images.add(image))
    services.metrics.uploads.inc()
    response.headers["Location"] = f"/api/images/{image.id}"
    response.headers["Cache-Control"] = "no-store"
    return _info(image, note)


@router.get(
    "/images/{image}",
    summary="An image's pixels",
    response_class=Response,
    responses={**_PNG, **NOT_MODIFIED, **problems(404, 422, 503)},
)
async def read_image(request: Request, found: ImageDep, services: ServicesDep) -> Response:
    """The decoded, upright RGB pixels as PNG."""
    headers = immutable(request)
    job = services.pool.run_once(("png", found.id), png_bytes, found.pixels)
    return Response(await while_connected(request, job), headers=headers, media_type="image/png")


@router.get("/images/{image}/info", summary="An image's size", responses=problems(404, 422, 503))
async def describe_image(request: Request, found: ImageDep, response: Response) -> ImageInfo:
    """Whether the image is still here, and how large it is."""
    response.headers["Cache-Control"] = "no-cache"
    return _info(found)


@router.get(
    "/images/{image}/thumbnail",
    summary="An image, small",
    response_class=Response,
    responses={**_PNG, **NOT_MODIFIED, **problems(404, 422, 503)},
)
async def read_thumbnail(
    request: Request,
    found: ImageDep,
    services: ServicesDep,
    size: Annotated[int, Query(ge=16, le=1024, description="Pixels of the longer side.")] = 96,
) -> Response:
    """The image reduced to fit a square, as PNG."""
    headers = immutable(request, size)
    job = services.pool.run_once(("thumbnail", found.id, size), thumbnail_bytes, found.pixels, size)
    return Response(await while_connected(request, job), headers=headers, media_type="image/png")


@router.get(
    "/images/{image}/sound",
    summary="The sound that an image is the spectrogram of",
    response_class=Response,
    responses={**_WAV, **NOT_MODIFIED, **problems(404, 422, 503)},
)
async def read_sound(request: Request, found: ImageDep, services: ServicesDep) -> Response:
    """WAV, 16 kHz, 16 bits, one channel: the very samples that the spectrogram was made of."""
    if found.samples is None:
        raise Problem(404, "No sound", "This picture is of no sound, or its sound is not kept.")
    headers = immutable(request)
    job = services.pool.run_once(("wav", found.id), wav_bytes, found.samples)
    return Response(await while_connected(request, job), headers=headers, media_type="audio/wav")


def _decoded(file: BinaryIO, max_pixels: int) -> tuple[StoredImage, str]:
    start = file.read(12)
    file.seek(0)
    if is_sound(start):
        return StoredImage.of_sound(decode_sound(file)), ""
    pixels, note = decode_upload(file, max_pixels)
    return StoredImage.of(pixels), note


def _info(image: StoredImage, note: str = "") -> ImageInfo:
    return ImageInfo(id=image.id, width=image.width, height=image.height, kind=image.kind, note=note)
