"""Having an atlas made, of the samples or of photos that were sent: begun, watched, stopped, gone on with."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cnn_core.atlas import CutPictures, FolderPhotos
from cnn_core.errors import BadDataset, CnnError

from ..container import Services, ServicesDep
from ..errors import Problem, problems
from ..lookups import Finder, ModelDep
from ..payloads import atlas_messages as messages
from ..payloads.atlas_schemas import AtlasState
from ..services.model_store import LoadedModel
from ..services.photo_sets import UnknownPhotoSet
from .photo_sets import no_such_set

__all__ = ["router"]

router = APIRouter(prefix="/api/models/{model}/atlas", tags=["atlases"])

_REFUSED = problems(404, 422, 503)


@router.get("", summary="Whether a network has an atlas", responses=_REFUSED)
async def read_state(loaded: ModelDep, services: ServicesDep, response: Response) -> AtlasState:
    """The newest atlas of exactly these weights, or how far one has come that is being made."""
    response.headers["Cache-Control"] = "no-store"
    return await _state(services, loaded)


@router.post(
    "",
    summary="Make an atlas of the samples, or of photos that were sent",
    status_code=202,
    responses=problems(404, 422, 503, 507),
)
async def start_survey(
    loaded: ModelDep,
    services: ServicesDep,
    response: Response,
    photos: Annotated[
        str, Query(description="`samples`; `same`, to go on with one that was stopped; or the id of a set.")
    ] = "samples",
) -> AtlasState:
    """Begin, or go on with, a survey; it goes on by itself. The samples are cut into pieces."""
    response.headers["Cache-Control"] = "no-store"
    try:
        await _begin(services, loaded, photos)
    except OSError as error:
        detail = f"The data folder cannot be written to: {error.strerror or error}."
        raise Problem(507, "The atlas cannot be kept", detail) from error
    return await _state(services, loaded)


@router.delete("", summary="Stop making an atlas", responses=_REFUSED)
async def stop_survey(loaded: ModelDep, services: ServicesDep, response: Response) -> AtlasState:
    """End the survey after the shard it is at; what is done stays done."""
    response.headers["Cache-Control"] = "no-store"
    services.atlases.stop(loaded)
    return await _state(services, loaded)


async def _begin(services: Services, loaded: LoadedModel, photos: str) -> None:
    if photos == "same":
        if services.atlases.resume(loaded) is None:
            raise Problem(404, "Nothing to go on with", f"No atlas of {loaded.model.title} was stopped here.")
    elif photos == "samples":
        services.atlases.start(loaded, await _samples(services, loaded))
    else:
        services.atlases.start(loaded, await services.pool.run(_sent, services, photos), photos)


async def _samples(services: Services, loaded: LoadedModel) -> CutPictures:
    pictures = await Finder(services).photographs(loaded.model.spec)
    titles = tuple(picture.title or picture.id for picture in pictures)
    return CutPictures(tuple(picture.pixels for picture in pictures), titles)


def _sent(services: Services, name: str) -> FolderPhotos:
    try:
        return services.photos.photos(name)
    except UnknownPhotoSet as error:
        raise no_such_set(error) from error
    except BadDataset as error:
        raise Problem(422, "No photos", f"{error}.") from error


async def _state(services: Services, loaded: LoadedModel) -> AtlasState:
    try:
        layers = await services.atlases.layers(loaded)
    except CnnError as error:
        raise Problem(422, "This network cannot be surveyed", f"{error}.") from error
    atlas = await services.atlases.latest(loaded)
    return messages.state_message(services.atlases.survey_of(loaded), atlas, layers)
