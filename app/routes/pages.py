"""The pages people see, one route for each row of the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from .. import __version__
from ..assets import files_behind
from ..config import asset_folder
from ..container import ServicesDep
from ..pages import PAGES, Page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


def _handler(page: Page) -> Callable[[Request, ServicesDep], Awaitable[Response]]:
    async def show(request: Request, services: ServicesDep) -> Response:
        context = {
            "page": page,
            "pages": PAGES,
            "modules": _addresses(f"js/pages/{page.slug}.js"),
            "settings": services.settings,
            "version": __version__,
        }
        return services.templates.TemplateResponse(
            request, f"pages/{page.template}", context, headers={"Cache-Control": "no-cache"}
        )

    return show


def _addresses(entry: str) -> list[str]:
    """Addresses of a file in ``static`` and of all that it imports."""
    folder = asset_folder("static")
    return [f"/static/{file.relative_to(folder).as_posix()}" for file in files_behind(folder / entry)]


for _page in PAGES:
    router.get(_page.path, name=_page.slug)(_handler(_page))
