"""The application: everything put together.

``uvicorn app.main:app`` serves it with settings from the environment; ``create_app(settings)`` makes one
with settings of your own.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware

from cnn_core.runtime.compiled import load_behind
from cnn_core.runtime.team import use_threads

from . import __version__
from .assets import Static, open_assets
from .config import Settings, SettingsError, asset_folder, load_settings
from .container import Services
from .errors import Problem, install_error_handlers
from .middleware import AnswerFailures, HeadAsGet, MeasureRequests, NameVisitor
from .payloads.frames import FRAMES_TYPE
from .payloads.npy import NPY_TYPE
from .payloads.schemas import ProblemDocument
from .routes import (
    assets,
    atlases,
    card_pages,
    clips,
    comparisons,
    edits,
    equivariance,
    explanations,
    exports,
    folders,
    health,
    images,
    layers,
    live,
    live_camera,
    live_training,
    made_pictures,
    model_uploads,
    models,
    mutes,
    network_files,
    own_classes,
    pages,
    photo_sets,
    shift_exports,
    surveys,
    traces,
    training,
    training_exits,
    training_runs,
    training_tasks,
    training_views,
    values,
)
from .security import SecurityHeaders
from .services.compute import Busy, limit_blas_threads
from .visitors import OwnVisitors, allowed_hosts

__all__ = ["ConvScope", "create_app", "create_warm_app"]

_ROUTES = (
    atlases,
    card_pages,
    clips,
    surveys,
    photo_sets,
    made_pictures,
    comparisons,
    edits,
    mutes,
    folders,
    network_files,
    models,
    model_uploads,
    images,
    traces,
    layers,
    values,
    exports,
    equivariance,
    shift_exports,
    training,
    training_tasks,
    training_views,
    training_exits,
    training_runs,
    own_classes,
    explanations,
    live,
    live_camera,
    live_training,
    health,
    pages,
    assets,
)
_SUMMARY = "A microscope for convolutional networks: every layer, every value."
_AFTER_FIRST_PAGE = 3.0
"""Seconds after which compiled functions are loaded: importing Numba keeps the interpreter for one."""


class ConvScope(FastAPI):
    """FastAPI with our error document among the schemas."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas["Problem"] = ProblemDocument.model_json_schema()
        return super().openapi()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application; without settings, with those of the environment.

    Raises:
        SystemExit: the environment holds a setting that cannot be; its message is one line.
    """
    services = Services(settings or _settings())
    app = ConvScope(
        title="ConvScope",
        summary=_SUMMARY,
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.services = services
    app.state.assets = open_assets(services.settings.bundles)
    app.state.warm = False
    app.state.routes = [route for module in _ROUTES for route in module.router.routes]
    for module in _ROUTES:
        app.include_router(module.router)
    app.mount("/static", Static(directory=asset_folder("static"), check_dir=False), name="static")
    install_error_handlers(app)
    app.add_exception_handler(404, pages.no_such_address)
    app.add_exception_handler(Busy, _busy)
    app.add_middleware(
        GZipMiddleware,
        minimum_size=300,
        compresslevel=9,
        # Frames must leave as they are made; arrays of floats hardly shrink.
        exclude_content_types=(*DEFAULT_EXCLUDED_CONTENT_TYPES, FRAMES_TYPE, NPY_TYPE),
    )
    app.add_middleware(MeasureRequests, metrics=services.metrics)
    app.add_middleware(AnswerFailures)
    app.add_middleware(HeadAsGet)
    app.add_middleware(NameVisitor)
    # outside of all that counts or computes, inside of what every answer carries
    hosts = allowed_hosts(services.settings.host, services.settings.hosts)
    app.add_middleware(OwnVisitors, hosts=hosts, token=services.settings.token)
    app.add_middleware(SecurityHeaders, frames=services.settings.frames)
    return app


def create_warm_app(settings: Settings | None = None) -> FastAPI:
    """``create_app`` for a page opened at once: what it needs first is read while the browser starts."""
    app = create_app(settings)
    app.state.warm = True
    return app


def _settings() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        raise SystemExit(f"convscope: {error}") from error


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    threads = services.settings.workers * services.settings.processes
    limits = limit_blas_threads(threads, os.cpu_count() or 1)
    use_threads(services.settings.plan_threads)
    if app.state.warm:
        _collect_seldom()
    warming = asyncio.create_task(_warm(services)) if app.state.warm else None
    tending = [asyncio.create_task(each()) for each in (services.races.tend, services.tend)]
    try:
        yield
    finally:
        for task in tending:
            task.cancel()
        if warming:
            warming.cancel()
        await services.close()
        limits.restore_original_limits()


async def _warm(services: Services) -> None:
    await services.warm()
    await asyncio.sleep(_AFTER_FIRST_PAGE)
    load_behind()


def _collect_seldom() -> None:
    """Look for garbage among what requests make, and less often.

    By itself Python goes through all modules and networks each time there are a quarter more of them: half of
    the time that it took to open a network of 5,000 nodes, in pauses of a quarter of a second.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def _busy(request: Request, error: Exception) -> Response:
    assert isinstance(error, Busy)
    services: Services = request.app.state.services
    services.metrics.busy.inc()
    problem = Problem(
        503,
        "The server is busy",
        f"{error.sentence}; ask again in a few seconds.",
        {"Retry-After": "2"},
    )
    return problem.response()


def __getattr__(name: str) -> Any:
    # Made only when a server asks for it, so that importing this module reads no environment.
    if name == "app":
        return create_app()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
