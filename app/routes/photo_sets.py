"""Photos for an atlas: a set is begun, filled file by file, and used or cancelled."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from ..container import ServicesDep
from ..errors import Problem, problems
from ..payloads.atlas_schemas import PhotoSet
from ..services.photo_sets import BadPhotoName, TooManyPhotos, UnknownPhotoSet

__all__ = ["no_such_set", "router"]

router = APIRouter(prefix="/api/photos", tags=["atlases"])

SetName = Annotated[str, Path(alias="set", description="Id of a set that was begun.")]


@router.post("", summary="Begin a set of photos", status_code=201, responses=problems(507))
async def begin_set(services: ServicesDep, response: Response) -> PhotoSet:
    """An empty set; send it files, then have an atlas made of it."""
    response.headers["Cache-Control"] = "no-store"
    try:
        return PhotoSet(id=services.photos.begin())
    except OSError as error:
        raise _no_room(error) from error


@router.put(
    "/{set}/{path:path}",
    summary="Send one photo of a set, or all of them as one zip",
    status_code=204,
    responses=problems(404, 413, 422, 507),
    openapi_extra={
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    },
)
async def put_photo(
    request: Request,
    services: ServicesDep,
    name: SetName,
    path: Annotated[str, Path(description="Where it lies in its folder: folders in it become classes.")],
) -> None:
    """The file's bytes as they are; what is no image is named and counted when the atlas is made."""
    settings = services.settings
    zipped = path.lower().endswith(".zip") and "/" not in path
    most = settings.photo_set_bytes if zipped else settings.photo_bytes
    try:
        await services.photos.put(name, path, _at_most(request.stream(), most, path))
    except UnknownPhotoSet as error:
        raise no_such_set(error) from error
    except BadPhotoName as error:
        raise Problem(422, "Not a file's name", f"{error}.") from error
    except TooManyPhotos as error:
        raise Problem(413, "Too many photos", f"{error}.") from error
    except OSError as error:
        raise _no_room(error) from error


@router.delete("/{set}", summary="Forget a set", status_code=204, responses=problems(404, 422))
async def discard_set(services: ServicesDep, name: SetName) -> None:
    """Of an atlas that was made of it nothing is lost."""
    try:
        services.photos.discard(name)
    except UnknownPhotoSet as error:
        raise no_such_set(error) from error


def no_such_set(error: UnknownPhotoSet) -> Problem:
    """What is said of an id that names no set."""
    return Problem(404, "No such photos", f"{error}.")


async def _at_most(chunks: AsyncIterator[bytes], most: int, path: str) -> AsyncIterator[bytes]:
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        if received > most:
            size = f"{most / 2**20:,.0f} MB"
            raise Problem(413, "Too large", f"{path} is larger than {size}, the most that one file may be.")
        yield chunk


def _no_room(error: OSError) -> Problem:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    why = "the disk is full: make room, then send them again" if full else str(error.strerror or error)
    return Problem(507, "The photos cannot be kept", f"These photos cannot be kept: {why}.")
