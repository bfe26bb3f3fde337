"""What routes ask for: the services, and the model, image and crop that an address names."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import re
from collections.abc import Awaitable
from contextlib import suppress
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request
from fastapi.requests import HTTPConnection
from fastapi.templating import Jinja2Templates
from starlette.requests import ClientDisconnect

from app import __version__
from app.config import Settings, asset_folder
from app.errors import NotModified, Problem, shortened
from app.services.cache import ByteLru
from app.services.compute import WorkerPool
from app.services.image_store import ImageStore, StoredImage, UnknownImage
from app.services.live_service import LiveConnections
from app.services.metrics import Metrics
from app.services.model_imports import ModelImports
from app.services.model_store import LoadedModel, ModelStore, UnknownModelName, packaged_summary
from app.services.shift_service import ShiftService
from app.services.trace_service import Subject, TraceService
from cnn_core.errors import BadModelFile, ShapeError
from cnn_core.models import load_model, model_names
from cnn_core.preprocess import Crop, crop_from, default_crop

__all__ = [
    "NOT_MODIFIED",
    "Finder",
    "ImageDep",
    "ModelDep",
    "Services",
    "ServicesDep",
    "SubjectDep",
    "immutable",
    "revalidated",
    "while_connected",
]

T = TypeVar("T")

_log = logging.getLogger(__name__)

NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "The copy whose ETag If-None-Match names is current."}
}
"""OpenAPI entry of every answer with an ETag."""

# A decoded image of 50 megapixels takes several hundred megabytes while it is made upright RGB.
_DECODERS = 2


class Services:
    """Everything the routes stand on, made once per application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.pool = WorkerPool("compute", settings.workers, settings.queue_length)
        self.decoders = WorkerPool("decode", min(_DECODERS, settings.workers), settings.queue_length)
        self.imports = ModelImports.of(settings)
        self.models = ModelStore(
            self.pool, model_names(), load_model, packaged_summary, self.imports, settings.model_cache_bytes
        )
        self.images = ImageStore(self.pool, settings.image_cache_bytes)
        self.traces = TraceService(
            self.pool, settings.trace_cache_bytes, self.metrics, settings.plan_cache_bytes
        )
        self.shifts = ShiftService(self.pool, settings.shift_cache_bytes, self.traces.plans)
        self.live = LiveConnections(settings.live_connections, settings.live_silence_seconds)
        self.templates = Jinja2Templates(directory=asset_folder("templates"))
        self._watch_pool("pool", self.pool)
        self._watch_pool("decoders", self.decoders)
        self._watch_cache("image_cache", self.images.uploads)
        self._watch_cache("trace_cache", self.traces.cache)
        self._watch_cache("shift_cache", self.shifts.cache)
        self._watch_cache("model_cache", self.models.cache)
        self.metrics.watch("live_connections", "Live sockets open.", lambda: self.live.open)

    async def warm(self) -> None:
        """Read the samples and the first model, which the first page will ask for."""
        await self.images.samples()
        with suppress(BadModelFile):  # whoever asks for it is told
            await self.models.get(self.models.names[0])

    async def close(self) -> None:
        """Let what runs finish, drop what waits."""
        await asyncio.to_thread(self.pool.close)
        await asyncio.to_thread(self.decoders.close)

    def _watch_pool(self, name: str, pool: WorkerPool) -> None:
        self.metrics.watch(f"{name}_threads", "Threads there are.", lambda: pool.workers)
        self.metrics.watch(f"{name}_running", "Threads at work.", lambda: pool.running)
        self.metrics.watch(f"{name}_waiting", "Jobs in the queue.", lambda: pool.waiting)

    def _watch_cache(self, name: str, cache: ByteLru[Any, Any]) -> None:
        self.metrics.watch(f"{name}_bytes", "Memory the cache takes.", lambda: cache.bytes)
        self.metrics.watch(f"{name}_entries", "Entries in the cache.", lambda: len(cache))


def _services(connection: HTTPConnection) -> Services:
    services: Services = connection.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


async def _model(
    services: ServicesDep, model: Annotated[str, Path(description="Id of a model, from /api/models.")]
) -> LoadedModel:
    try:
        return await services.models.get(model)
    except UnknownModelName:
        known = ", ".join(services.models.names)
        detail = f"There is no model {shortened(model)}; models: {known}."
        raise Problem(404, "No such model", detail) from None
    except BadModelFile as error:
        _log.exception("model %s cannot be loaded", model)
        detail = f"The weights of {model} are damaged or do not fit it; the server's log says which."
        raise Problem(500, "The model cannot be loaded", detail) from error


ModelDep = Annotated[LoadedModel, Depends(_model)]


async def _image(
    services: ServicesDep,
    image: Annotated[str, Path(description="Id of an image, from /api/samples or an upload.")],
) -> StoredImage:
    try:
        return await services.images.get(image)
    except UnknownImage:
        samples = ", ".join(str(sample.title) for sample in await services.images.samples())
        raise Problem(
            404,
            "Image not here",
            f"The server no longer has the image {shortened(image)}: upload it again. "
            f"Always here are the samples, whose ids /api/samples lists: {samples}.",
        ) from None


ImageDep = Annotated[StoredImage, Depends(_image)]


def _crop(
    loaded: ModelDep,
    image: ImageDep,
    crop: Annotated[
        str | None,
        Query(
            description="left,top,width in image pixels; the height follows from the model's input. "
            "Without it the largest centred box.",
            examples=["40,0,400"],
        ),
    ] = None,
) -> Crop:
    spec = loaded.model.spec
    if crop is None:
        return default_crop(spec, width=image.width, height=image.height)
    numbers = re.fullmatch(r"(-?\d{1,9}),(-?\d{1,9}),(-?\d{1,9})", crop, re.ASCII)
    if not numbers:
        raise Problem(
            422,
            "The crop cannot be read",
            f"crop must be three whole numbers, left,top,width in image pixels; got {shortened(crop)}.",
        )
    return _box(loaded, image, *map(int, numbers.groups()))


def _box(loaded: LoadedModel, image: StoredImage, left: int, top: int, width: int) -> Crop:
    try:
        return crop_from(loaded.model.spec, left, top, width, image.width, image.height)
    except ShapeError as error:
        raise Problem(422, "The crop does not fit", f"{error}.") from error


def _subject(loaded: ModelDep, image: ImageDep, crop: Annotated[Crop, Depends(_crop)]) -> Subject:
    return Subject(loaded, image, crop)


SubjectDep = Annotated[Subject, Depends(_subject)]


class Finder:
    """Models and images for what names them in a message instead of an address."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def subject(self, model: str, image: str, crop: list[int] | None) -> Subject:
        """A model on a part of an image; ``crop`` is left, top and width, None the largest centred box.

        Raises:
            Problem: there is no such model or image, or the crop leaves the image.
        """
        loaded = await _model(self._services, model)
        found = await _image(self._services, image)
        if crop is None:
            return Subject(loaded, found, _crop(loaded, found))
        left, top, width = crop
        return Subject(loaded, found, _box(loaded, found, left, top, width))

    async def another(self, image: str) -> StoredImage:
        """A sample photograph that is not this one."""
        samples = await self._services.images.samples()
        return next(sample for sample in samples if sample.id != image)


def immutable(request: Request, *parts: Any) -> dict[str, str]:
    """Headers of an answer that can never change, because its address names its content.

    Raises:
        NotModified: the client has it already.
    """
    return _validated(request, "public, max-age=31536000, immutable", parts)


def revalidated(request: Request, *parts: Any) -> dict[str, str]:
    """Headers of an answer that stays the same until ``parts`` change, such as a model's fingerprint.

    Raises:
        NotModified: the client has it already.
    """
    return _validated(request, "no-cache", parts)


def _validated(request: Request, caching: str, parts: tuple[Any, ...]) -> dict[str, str]:
    digest = hashlib.sha256(repr((__version__, request.url.path, parts)).encode()).hexdigest()[:32]
    # Weak: a compressed answer has the same tag as a plain one.
    headers = {"ETag": f'W/"{digest}"', "Cache-Control": caching}
    held = request.headers.get("if-none-match", "")
    if held.strip() == "*" or f'"{digest}"' in [tag.strip().removeprefix("W/") for tag in held.split(",")]:
        raise NotModified(headers)
    return headers


async def while_connected(request: Request, work: Awaitable[T]) -> T:
    """The result of ``work``, which is cancelled when the client goes away.

    Raises:
        ClientDisconnect: it went.
    """
    task = asyncio.ensure_future(work)
    watch = asyncio.create_task(_until_disconnected(request))
    try:
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        task.cancel()
        watch.cancel()


async def _until_disconnected(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
