"""What every channel detects: atlases, their cards and pictures, and pictures made for a channel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from cnn_core.atlas import Atlas, CutPictures
from cnn_core.atlas.quiz import quiz_pair
from cnn_core.errors import BadAtlas, CnnError

from ..caching import NOT_MODIFIED, immutable
from ..container import Services, ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..lookups import Finder, ModelDep
from ..payloads import atlas_messages as messages
from ..payloads.atlas_schemas import (
    AtlasSchema,
    AtlasState,
    ChannelCard,
    ChannelRank,
    LayerWall,
    QuizAnswer,
    QuizPair,
)
from ..payloads.frames import FRAMES_TYPE, error_frame
from ..pictures.patches import patch_sheet
from ..pictures.png import png_bytes
from ..services.model_store import LoadedModel

__all__ = ["router"]

router = APIRouter(tags=["atlases"])

T = TypeVar("T")

_PNG: dict[int | str, dict[str, Any]] = {200: {"description": "The picture.", "content": {"image/png": {}}}}
_REFUSED = problems(404, 422, 503)
_FAILURES = {**NOT_MODIFIED, **_REFUSED}

Node = Annotated[str, Path(description="A layer of the atlas.")]
Channel = Annotated[int, Path(ge=0, description="A channel of the layer.")]


def _atlas(services: ServicesDep, atlas: Annotated[str, Path(description="An atlas's id.")]) -> Atlas:
    try:
        return services.atlases.get(atlas)
    except BadAtlas as error:
        raise _missing(error) from error


AtlasDep = Annotated[Atlas, Depends(_atlas)]


@router.get("/api/models/{model}/atlas", summary="Whether a network has an atlas", responses=_REFUSED)
async def read_state(loaded: ModelDep, services: ServicesDep, response: Response) -> AtlasState:
    """The newest atlas of exactly these weights, or how far one has come that is being made."""
    response.headers["Cache-Control"] = "no-store"
    return await _state(services, loaded)


@router.post(
    "/api/models/{model}/atlas", summary="Make an atlas of the samples", status_code=202,
    responses=_REFUSED,
)  # fmt: skip
async def start_survey(loaded: ModelDep, services: ServicesDep, response: Response) -> AtlasState:
    """Begin, or go on with, a survey of the samples, each cut into pieces; it goes on by itself."""
    response.headers["Cache-Control"] = "no-store"
    pictures = await Finder(services).photographs()
    titles = tuple(picture.title or picture.id for picture in pictures)
    photos = CutPictures(tuple(picture.pixels for picture in pictures), titles)
    services.atlases.start(loaded, photos)
    return await _state(services, loaded)


@router.delete("/api/models/{model}/atlas", summary="Stop making an atlas", responses=_REFUSED)
async def stop_survey(loaded: ModelDep, services: ServicesDep, response: Response) -> AtlasState:
    """End the survey after the shard it is at; what is done stays done."""
    response.headers["Cache-Control"] = "no-store"
    services.atlases.stop(loaded)
    return await _state(services, loaded)


@router.get(
    "/api/models/{model}/made/{node}",
    summary="A picture made to excite a channel, while it forms",
    response_class=Response,
    responses={
        200: {"description": "A sequence of frames.", "content": {FRAMES_TYPE: {}}},
        **problems(404, 422, 503),
    },
)
async def stream_made(
    loaded: ModelDep,
    services: ServicesDep,
    node: Annotated[str, Path(description="A layer.")],
    channel: Annotated[int, Query(ge=0, description="A channel of it.")],
    goal: Annotated[
        float | None, Query(description="A value to reach, that of the best photo.", allow_inf_nan=False)
    ] = None,
) -> Response:
    """One binary frame a few steps: bytes (S, S, 3), the value that the network gives them, the last `done`.

    From faint noise, without any photo; the same every time. Leaving ends the work.
    """
    try:
        await services.made.check(loaded, node, channel)
    except CnnError as error:
        raise Problem(422, "This cannot be made", f"{error}.") from error
    frames = _frames(services, loaded, node, channel, goal)
    return StreamingResponse(frames, headers={"Cache-Control": "no-store"}, media_type=FRAMES_TYPE)


@router.get("/api/atlases/{atlas}", summary="An atlas", responses=_FAILURES)
async def read_atlas(request: Request, found: AtlasDep, response: Response) -> AtlasSchema:
    """Its photos, classes and layers."""
    response.headers.update(immutable(request))
    return messages.atlas_message(found)


@router.get("/api/atlases/{atlas}/layers/{node}", summary="The channels of a layer", responses=_FAILURES)
async def read_wall(
    request: Request,
    found: AtlasDep,
    services: ServicesDep,
    response: Response,
    node: Node,
    first: Annotated[int, Query(ge=0, description="The first channel.")] = 0,
    limit: Annotated[int, Query(ge=1, le=4096, description="How many.")] = 4096,
) -> LayerWall:
    """What a wall of all channels shows of each."""
    response.headers.update(immutable(request, first, limit))
    job = services.pool.run(_found, messages.wall_message, found, node, first, limit)
    return await while_connected(request, job)


@router.get(
    "/api/atlases/{atlas}/layers/{node}/patches",
    summary="The strongest patches of some channels, as one picture",
    response_class=Response,
    responses={**_PNG, **_FAILURES},
)
async def read_patches(
    request: Request,
    found: AtlasDep,
    services: ServicesDep,
    node: Node,
    first: Annotated[int, Query(ge=0, description="The first channel.")] = 0,
    count: Annotated[int, Query(ge=1, le=64, description="Rows: how many channels.")] = 16,
    each: Annotated[int, Query(ge=1, le=9, description="Columns: patches of each.")] = 4,
) -> Response:
    """A row a channel, the strongest patch first, transparent where a field leaves its photo."""
    headers = immutable(request, first, count, each)
    job = services.pool.run(_sheet, found, node, first, count, each)
    return Response(await while_connected(request, job), headers=headers, media_type="image/png")


@router.get(
    "/api/atlases/{atlas}/layers/{node}/channels/{channel}", summary="A channel's card", responses=_FAILURES
)
async def read_card(
    request: Request, found: AtlasDep, services: ServicesDep, response: Response, node: Node, channel: Channel
) -> ChannelCard:
    """Everything the atlas knows of a channel."""
    response.headers.update(immutable(request))
    job = services.pool.run(_found, messages.card_message, found, node, channel)
    return await while_connected(request, job)


@router.get(
    "/api/atlases/{atlas}/layers/{node}/channels/{channel}/rank",
    summary="How a value stands among the photos",
    responses=_FAILURES,
)
async def read_rank(
    request: Request,
    found: AtlasDep,
    services: ServicesDep,
    response: Response,
    node: Node,
    channel: Channel,
    value: Annotated[float, Query(allow_inf_nan=False, description="A strongest value.")],
) -> ChannelRank:
    """The share of the atlas's photos on which the channel stays below a value."""
    response.headers.update(immutable(request, value))
    job = services.pool.run(_found, _rank, found, node, channel, value)
    return await while_connected(request, job)


@router.get(
    "/api/atlases/{atlas}/layers/{node}/channels/{channel}/quiz",
    summary="Two photos: which excites the channel more?",
    responses=_FAILURES,
)
async def read_quiz(
    request: Request,
    found: AtlasDep,
    services: ServicesDep,
    response: Response,
    node: Node,
    channel: Channel,
    turn: Annotated[int, Query(ge=0, le=2**31, description="Another turn, another pair.")] = 0,
) -> QuizPair:
    """Neither is on the channel's card."""
    response.headers.update(immutable(request, turn))
    job = services.pool.run(_found, quiz_pair, found, node, channel, turn)
    pair = await while_connected(request, job)
    return QuizPair(photos=None if pair is None else list(pair))


@router.get(
    "/api/models/{model}/quiz/{atlas}/{node}/{channel}",
    summary="The network's answer to a pair",
    responses=_REFUSED,
)
async def answer_quiz(
    request: Request,
    loaded: ModelDep,
    found: AtlasDep,
    services: ServicesDep,
    response: Response,
    node: Node,
    channel: Channel,
    turn: Annotated[int, Query(ge=0, le=2**31, description="The same as for the pair.")] = 0,
) -> QuizAnswer:
    """The network runs on both photos, and says how strongly each excites the channel."""
    response.headers["Cache-Control"] = "no-store"
    try:
        job = services.atlases.quiz(loaded, found, node, channel, turn)
        answer = await while_connected(request, job)
    except BadAtlas as error:
        raise Problem(422, "No answer", f"{error}.") from error
    if answer is None:
        raise Problem(404, "No pair", "The atlas has too few photos for a pair of this channel.")
    pair, values = answer
    return QuizAnswer(photos=list(pair), values=list(values))


@router.get(
    "/api/atlases/{atlas}/photos/{photo}",
    summary="A photo as the network got it",
    response_class=Response,
    responses={**_PNG, **_FAILURES},
)
async def read_photo(
    request: Request,
    found: AtlasDep,
    services: ServicesDep,
    photo: Annotated[int, Path(ge=0, description="A photo that is on some card.")],
) -> Response:
    """Its pixels as PNG."""
    headers = immutable(request)
    job = services.pool.run(_found, _photo, found, photo)
    return Response(await while_connected(request, job), headers=headers, media_type="image/png")


async def _state(services: Services, loaded: LoadedModel) -> AtlasState:
    try:
        layers = await services.atlases.layers(loaded)
    except CnnError as error:
        raise Problem(422, "This network cannot be surveyed", f"{error}.") from error
    atlas = await services.atlases.latest(loaded)
    return messages.state_message(services.atlases.survey_of(loaded), atlas, layers)


async def _frames(
    services: Services, loaded: LoadedModel, node: str, channel: int, goal: float | None
) -> AsyncIterator[bytes]:
    try:
        async with aclosing(services.made.follow(loaded, node, channel, goal)) as pictures:
            async for forming in pictures:
                yield messages.forming_frame(forming)
    except Exception:
        # the answer has begun: its last frame is the only place left
        yield error_frame(500, "The server failed", "The picture could not be made; see the server's log.")
        raise


def _found(read: Callable[..., T], *arguments: Any) -> T:
    """What ``read`` finds in an atlas; 404 if the atlas has it not."""
    try:
        return read(*arguments)
    except BadAtlas as error:
        raise _missing(error) from error


def _sheet(atlas: Atlas, node: str, first: int, count: int, each: int) -> bytes:
    channels = range(first, min(first + count, _found(atlas.layer, node).channels))
    return patch_sheet(atlas, node, channels, each)


def _rank(atlas: Atlas, node: str, channel: int, value: float) -> ChannelRank:
    atlas.card(node, channel)
    return ChannelRank(below=atlas.rank(node, channel, value), photos=len(atlas.table("peak_photos")))


def _photo(atlas: Atlas, photo: int) -> bytes:
    picture = atlas.picture(photo)
    return png_bytes(picture[..., 0] if picture.shape[2] == 1 else picture)


def _missing(error: BadAtlas) -> Problem:
    return Problem(404, "Not in the atlas", f"{error}.")
