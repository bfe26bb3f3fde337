"""Models, loaded when first asked for."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.payloads.describe import model_detail
from app.payloads.schemas import ModelDetail
from app.services.compute import WorkerPool
from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model

__all__ = ["LoadedModel", "ModelStore", "UnknownModelName"]

_log = logging.getLogger(__name__)


class UnknownModelName(LookupError):
    """No such model."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model, what is told about it, and a hash that changes whenever one of its answers could."""

    model: Model
    detail: ModelDetail
    fingerprint: str


class ModelStore:
    """Models by name; each is read from disk once."""

    def __init__(self, pool: WorkerPool, names: Sequence[str], load: Callable[[str], Model]) -> None:
        self.names = tuple(names)
        self._pool = pool
        self._load = load
        self._loaded: dict[str, LoadedModel] = {}

    async def get(self, name: str) -> LoadedModel:
        """The model of that name.

        Raises:
            UnknownModelName: there is none.
            BadModelFile: its weights cannot be used.
        """
        if name not in self.names:
            raise UnknownModelName(name)
        if name not in self._loaded:
            self._loaded[name] = await self._pool.run_once(("model", name), self._read, name)
        return self._loaded[name]

    async def all(self) -> list[LoadedModel]:
        """Every model that can be loaded; one that cannot is left out and logged."""
        found = []
        for name in self.names:
            try:
                found.append(await self.get(name))
            except BadModelFile:
                _log.exception("model %s cannot be loaded", name)
        return found

    def _read(self, name: str) -> LoadedModel:
        model = self._load(name)
        return LoadedModel(model, model_detail(model), _fingerprint(model))


def _fingerprint(model: Model) -> str:
    digest = hashlib.sha256(json.dumps(model_detail(model).model_dump(), sort_keys=True).encode())
    for name in sorted(model.parameters):
        digest.update(name.encode())
        digest.update(model.parameters[name].tobytes())
    return digest.hexdigest()[:32]
