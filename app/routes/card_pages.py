"""A channel's card to keep, to send, to print: one page, with everything in it."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from cnn_core.errors import BadAtlas, CnnError
from cnn_core.visualise import Forming

from ..container import Services, ServicesDep
from ..disconnects import while_connected
from ..errors import Problem
from ..lookups import ModelDep
from ..pictures.card_page import card_page
from ..services.model_store import LoadedModel
from .atlas_reading import REFUSED, Channel, Node, ReaderDep

__all__ = ["router"]

router = APIRouter(tags=["atlases"])


@router.get(
    "/api/models/{model}/cards/{atlas}/{node}/{channel}",
    summary="A channel's card as one page",
    response_class=Response,
    responses={
        200: {"description": "The page, all pictures inside.", "content": {"text/html": {}}},
        **REFUSED,
    },
)
async def export_card(
    request: Request,
    loaded: ModelDep,
    reader: ReaderDep,
    services: ServicesDep,
    node: Node,
    channel: Channel,
    made: Annotated[bool, Query(description="With the picture made for it, which may take seconds.")] = True,
) -> Response:
    """Opens and prints without a server; the numbers are those of the card."""
    try:
        await services.pool.run(services.atlases.check, loaded, reader.atlas)
    except BadAtlas as error:
        raise Problem(422, "An atlas of other weights", f"{error}.") from error
    card = await reader.read(lambda atlas: atlas.card(node, channel))
    best = card.top[0].value if card.top else None
    picture = None
    if made:
        picture = await while_connected(request, _made(services, loaded, node, channel, best))
    told = await reader.read(card_page, node, channel, picture)
    page = services.templates.get_template("exports/card.html").render(told)
    name = re.sub(r"[^\w.-]+", "-", f"{loaded.model.name}-{node}-{channel}", flags=re.ASCII)
    headers = {"Content-Disposition": f'attachment; filename="{name}.html"', "Cache-Control": "no-store"}
    return Response(page, headers=headers, media_type="text/html")


async def _made(
    services: Services, loaded: LoadedModel, node: str, channel: int, goal: float | None
) -> Forming | None:
    """The finished picture; None where none can be made."""
    last = None
    try:
        await services.made.check(loaded, node, channel)
    except CnnError:
        return None
    async for forming in services.made.follow(loaded, node, channel, goal):
        last = forming
    return last
