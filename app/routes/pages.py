"""The pages people see, one route for each row of the table."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response
from starlette.exceptions import HTTPException

from cnn_core.models.base import absent_models

from .. import __version__
from ..assets import Assets
from ..config import asset_folder
from ..container import Services, ServicesDep
from ..errors import http_problem, shortened
from ..first_view import first_requests
from ..pages import PAGES, TRAINED, Page

__all__ = ["no_such_address", "router"]

router = APIRouter(include_in_schema=False)


def _handler(page: Page) -> Callable[[Request, ServicesDep], Awaitable[Response]]:
    async def show(request: Request, services: ServicesDep) -> Response:
        return await _shown(_page_wanted(page, request, services), request, services)

    return show


def _page_wanted(page: Page, request: Request, services: Services) -> Page:
    """The Training lab shows a race, or a run of the command line where the address names one."""
    run = request.query_params.get("run", "")
    return TRAINED if page.slug == "train" and services.training_runs.has(run) else page


async def _shown(page: Page, request: Request, services: Services) -> Response:
    assets: Assets = request.app.state.assets
    script, *modules = assets.addresses(f"js/pages/{page.slug}.js")
    context = {
        "page": page,
        "pages": PAGES,
        "script": script,
        "modules": modules,
        "asset": lambda entry: assets.addresses(entry)[0],
        "sheets": _later_sheets(),
        "first": await first_requests(services, request.query_params) if page.slug == "explore" else (),
        "absent": absent_models(),
        "settings": services.settings,
        "version": __version__,
    }
    return services.templates.TemplateResponse(
        request, f"pages/{page.template}", context, headers={"Cache-Control": "no-cache"}
    )


async def no_such_address(request: Request, error: Exception) -> Response:
    """A page for who typed the address by hand; for programs, and below ``/api``, a problem document."""
    assert isinstance(error, HTTPException)
    if request.url.path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        return http_problem(request, error)
    services: Services = request.app.state.services
    assets: Assets = request.app.state.assets
    context = {
        "pages": PAGES,
        "path": shortened(request.url.path)[1:-1],
        "asset": lambda entry: assets.addresses(entry)[0],
    }
    headers = {"Cache-Control": "no-store"}
    return services.templates.TemplateResponse(request, "pages/missing.html", context, 404, headers)


def _later_sheets() -> list[str]:
    """Names of the style sheets that elements fetch when there is something to show in them."""
    return sorted(path.stem for path in (asset_folder("static") / "css").glob("*.css"))


for _page in PAGES:
    router.get(_page.path, name=_page.slug)(_handler(_page))
