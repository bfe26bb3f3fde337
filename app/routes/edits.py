"""Edits that are too long for an address."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import problems
from ..intake import received_json
from ..lookups import Finder, edit_model, kept_edits
from ..payloads.edit_schemas import EditsRequest, EditsSchema, KeptEditsSchema
from ..payloads.requests import json_body, validated

__all__ = ["router"]

router = APIRouter(prefix="/api/edits", tags=["edits"])


@router.post(
    "",
    summary="Keep edits that are too long for an address",
    status_code=201,
    responses=problems(404, 410, 413, 422, 503),
    openapi_extra=json_body(EditsRequest),
)
async def keep_edits(request: Request, services: ServicesDep, response: Response) -> EditsSchema:
    """Edits are made once, so that what is wrong with them is told now, and kept by the hash of their text.

    They are kept as long as there is room; the same text always gets the same id.
    """
    asked = validated(EditsRequest, await received_json(request))
    loaded = await Finder(services).model(asked.model)
    name = await services.edits.keep(asked.edit)
    changed = await while_connected(request, edit_model(services, loaded, name))
    response.headers["Location"] = f"/api/models/{changed.model.name}"
    return EditsSchema(edit=name, model=changed.model.name)


@router.get("/{edit}", summary="Edits that are kept", responses=problems(404, 422))
async def read_kept_edits(
    services: ServicesDep,
    edit: Annotated[str, Path(pattern=r"^@[0-9a-f]{32}$", description="What stands for them.")],
) -> KeptEditsSchema:
    """The text of edits that were too long for an address."""
    return KeptEditsSchema(edit=await kept_edits(services, edit))
