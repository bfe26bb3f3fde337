"""The bundles of the page's code, each under an address that changes with what is in it."""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from ..assets import Bundle, Bundles

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/assets/{name:path}")
async def read_asset(request: Request, name: str) -> Response:
    """A bundle, as small as the browser takes it."""
    assets = request.app.state.assets
    if not isinstance(assets, Bundles) or name not in assets.files:
        raise HTTPException(404)
    found = assets.files[name]
    encoding = _best(request.headers.get("accept-encoding", ""), found)
    headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
    if encoding:
        headers["Content-Encoding"] = encoding
    return Response(found.bodies[encoding], headers=headers, media_type=found.media_type)


def _best(accepted: str, found: Bundle) -> str:
    """The smallest encoding that a header ``Accept-Encoding`` allows."""
    takes = set[str]()
    for each in accepted.lower().split(","):
        name, _, quality = each.replace(" ", "").partition(";q=")
        if quality.strip("0.") or not quality:
            takes.add(name)
    allowed = [each for each in found.bodies if not each or each in takes or "*" in takes]
    return min(allowed, key=lambda each: len(found.bodies[each]))
