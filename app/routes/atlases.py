"""What every channel detects: atlases, their walls, cards and pictures."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from cnn_core.atlas import Atlas
from cnn_core.atlas.quiz import quiz_pair
from cnn_core.errors import BadAtlas

from ..caching import immutable
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem
from ..lookups import ModelDep
from ..payloads import atlas_messages as messages
from ..payloads.atlas_schemas import AtlasSchema, ChannelCard, ChannelRank, LayerWall, QuizAnswer, QuizPair
from ..pictures.patches import patch_sheet
from ..pictures.png import png_bytes
from .atlas_reading import FAILURES, REFUSED, Channel, Node, ReaderDep

__all__ = ["router"]

router = APIRouter(tags=["atlases"])

_PNG: dict[int | str, dict[str, Any]] = {200: {"description": "The picture.", "content": {"image/png": {}}}}

_LAYER = "/api/atlases/{atlas}/layers/{node}"
_CHANNEL = _LAYER + "/channels/{channel}"

Turn = Annotated[int, Query(ge=0, le=2**31, description="Another turn, another pair.")]


@router.get("/api/atlases/{atlas}", summary="An atlas", responses=FAILURES)
async def read_atlas(request: Request, reader: ReaderDep, response: Response) -> AtlasSchema:
    """Its photos, classes and layers."""
    response.headers.update(immutable(request))
    return await reader.read(messages.atlas_message)


@router.get(_LAYER, summary="The channels of a layer", responses=FAILURES)
async def read_wall(
    request: Request,
    reader: ReaderDep,
    response: Response,
    node: Node,
    first: Annotated[int, Query(ge=0, description="The first channel.")] = 0,
    limit: Annotated[int, Query(ge=1, le=4096, description="How many.")] = 4096,
) -> LayerWall:
    """What a wall of all channels shows of each."""
    response.headers.update(immutable(request, first, limit))
    return await reader.read(messages.wall_message, node, first, limit)


@router.get(
    _LAYER + "/patches",
    summary="The strongest patches of some channels, as one picture",
    response_class=Response,
    responses={**_PNG, **FAILURES},
)
async def read_patches(
    request: Request,
    reader: ReaderDep,
    node: Node,
    first: Annotated[int, Query(ge=0, description="The first channel.")] = 0,
    count: Annotated[int, Query(ge=1, le=64, description="Rows: how many channels.")] = 16,
    each: Annotated[int, Query(ge=1, le=9, description="Columns: patches of each.")] = 4,
) -> Response:
    """A row a channel, the strongest patch first, transparent where a field leaves its photo."""
    headers = immutable(request, first, count, each)
    sheet = await reader.read(_sheet, node, first, count, each)
    return Response(sheet, headers=headers, media_type="image/png")


@router.get(_CHANNEL, summary="A channel's card", responses=FAILURES)
async def read_card(
    request: Request, reader: ReaderDep, response: Response, node: Node, channel: Channel
) -> ChannelCard:
    """Everything the atlas knows of a channel."""
    response.headers.update(immutable(request))
    return await reader.read(messages.card_message, node, channel)


@router.get(_CHANNEL + "/rank", summary="How a value stands among the photos", responses=FAILURES)
async def read_rank(
    request: Request,
    reader: ReaderDep,
    response: Response,
    node: Node,
    channel: Channel,
    value: Annotated[float, Query(allow_inf_nan=False, description="A strongest value.")],
) -> ChannelRank:
    """The share of the atlas's photos on which the channel stays below a value."""
    response.headers.update(immutable(request, value))
    return await reader.read(_rank, node, channel, value)


@router.get(_CHANNEL + "/quiz", summary="Two photos: which excites the channel more?", responses=FAILURES)
async def read_quiz(
    request: Request, reader: ReaderDep, response: Response, node: Node, channel: Channel, turn: Turn = 0
) -> QuizPair:
    """Neither is on the channel's card."""
    response.headers.update(immutable(request, turn))
    pair = await reader.read(quiz_pair, node, channel, turn)
    return QuizPair(photos=None if pair is None else list(pair))


@router.get(
    "/api/models/{model}/quiz/{atlas}/{node}/{channel}",
    summary="The network's answer to a pair",
    responses=REFUSED,
)
async def answer_quiz(
    request: Request,
    loaded: ModelDep,
    reader: ReaderDep,
    services: ServicesDep,
    response: Response,
    node: Node,
    channel: Channel,
    turn: Turn = 0,
) -> QuizAnswer:
    """The network runs on both photos, and says how strongly each excites the channel."""
    response.headers["Cache-Control"] = "no-store"
    try:
        job = services.atlases.quiz(loaded, reader.atlas, node, channel, turn)
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
    responses={**_PNG, **FAILURES},
)
async def read_photo(
    request: Request,
    reader: ReaderDep,
    photo: Annotated[int, Path(ge=0, description="A photo that is on some card.")],
) -> Response:
    """Its pixels as PNG."""
    headers = immutable(request)
    return Response(await reader.read(_photo, photo), headers=headers, media_type="image/png")


def _sheet(atlas: Atlas, node: str, first: int, count: int, each: int) -> bytes:
    channels = range(first, min(first + count, atlas.layer(node).channels))
    return patch_sheet(atlas, node, channels, each)


def _rank(atlas: Atlas, node: str, channel: int, value: float) -> ChannelRank:
    atlas.card(node, channel)
    return ChannelRank(below=atlas.rank(node, channel, value), photos=len(atlas.table("peak_photos")))


def _photo(atlas: Atlas, photo: int) -> bytes:
    picture = atlas.picture(photo)
    return png_bytes(picture[..., 0] if picture.shape[2] == 1 else picture)
