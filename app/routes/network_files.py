"""A network as a file for other programs."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response

from cnn_core.errors import BadModelFile, UnsupportedOperator

from ..container import Services, ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..lookups import ModelDep, before_edits
from ..services.edits import texts_of
from ..services.model_store import LoadedModel
from ..services.network_files import network_file, unwritable_edits

__all__ = ["router"]

router = APIRouter(prefix="/api/models", tags=["models"])

FINDING = "X-Verification"
"""The header that says what came of reading the file back."""


@router.get(
    "/{model}/onnx",
    summary="A network, edited or not, as an ONNX file",
    response_class=Response,
    responses={
        200: {
            "description": f"The file; the header {FINDING} says what came of reading it back.",
            "content": {"application/octet-stream": {}},
        },
        **problems(404, 422, 503),
    },
)
async def export_network(request: Request, loaded: ModelDep, services: ServicesDep) -> Response:
    """Kernels, biases, scales and swaps are in its weights; mutes and fills of whole channels are operators.

    The file is read back and run before it is sent. Patches, and what is painted into a part of a map, are of
    one picture: they are refused by name.
    """
    job = services.importers.run_once(("onnx", loaded.fingerprint), network_file, loaded.model)
    try:
        made = await while_connected(request, job)
    except UnsupportedOperator as error:
        raise Problem(422, "Not in a file", await _refusal(services, loaded, error)) from error
    except BadModelFile as error:
        raise Problem(500, "The file is not the network", f"{error}.") from error
    base = before_edits(loaded).model.name
    stem = re.sub(r"[^\w.-]", "_", base, flags=re.ASCII) + ("" if loaded.base is None else "-edited")
    headers = {"Content-Disposition": f'attachment; filename="{stem}.onnx"', FINDING: made.finding}
    headers["Cache-Control"] = "no-store"
    return Response(made.data, media_type="application/octet-stream", headers=headers)


async def _refusal(services: Services, loaded: LoadedModel, error: UnsupportedOperator) -> str:
    named = [
        name
        for text in texts_of(loaded)
        for name in unwritable_edits(await services.edits.read(text), loaded.model.graph)
    ]
    if not named:
        return f"{error}."
    return f"A file cannot hold {'; nor '.join(named)}: remove it or switch it off, then export again."
