"""An atlas that an address names, and how routes read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request

from cnn_core.atlas import Atlas
from cnn_core.errors import BadAtlas

from ..caching import NOT_MODIFIED
from ..container import ServicesDep
from ..disconnects import while_connected
from ..errors import Problem, problems
from ..services.compute import WorkerPool

__all__ = ["FAILURES", "REFUSED", "AtlasReader", "Channel", "Node", "ReaderDep"]

T = TypeVar("T")

REFUSED = problems(404, 422, 503)
FAILURES = {**NOT_MODIFIED, **REFUSED}

Node = Annotated[str, Path(description="A layer of the atlas.")]
Channel = Annotated[int, Path(ge=0, description="A channel of the layer.")]


@dataclass(frozen=True, slots=True)
class AtlasReader:
    """Reads an atlas in the pool, for as long as its client waits."""

    atlas: Atlas
    request: Request
    pool: WorkerPool

    async def read(self, what: Callable[..., T], *arguments: Any) -> T:
        """``what(atlas, *arguments)``.

        Raises:
            Problem: 404, the atlas has it not.
        """
        try:
            return await while_connected(self.request, self.pool.run(what, self.atlas, *arguments))
        except BadAtlas as error:
            raise _missing(error) from error


async def _reader(
    request: Request, services: ServicesDep, atlas: Annotated[str, Path(description="An atlas's id.")]
) -> AtlasReader:
    try:
        return AtlasReader(await services.atlases.get(atlas), request, services.pool)
    except BadAtlas as error:
        raise _missing(error) from error


ReaderDep = Annotated[AtlasReader, Depends(_reader)]


def _missing(error: BadAtlas) -> Problem:
    return Problem(404, "Not in the atlas", f"{error}.")
