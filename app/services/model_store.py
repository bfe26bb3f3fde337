"""Models, loaded when first asked for: those of the package, and those that people brought."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model, card_of, find_architecture

from ..payloads.describe import model_detail, model_summary
from ..payloads.schemas import ModelDetail, ModelSummary
from .cache import ByteLru
from .compute import WorkerPool
from .model_imports import ModelImports
from .twins import twin_seed, untrained_twin

__all__ = ["LoadedModel", "ModelStore", "UnknownModelName", "packaged_summary"]

_log = logging.getLogger(__name__)


class UnknownModelName(LookupError):
    """No such model."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model, what is told about it, and a hash that changes whenever one of its answers could."""

    model: Model
    detail: ModelDetail
    fingerprint: str


def packaged_summary(name: str) -> ModelSummary:
    """A model of the package in short, without its weights.

    Raises:
        BadModelFile: its card is missing or damaged.
    """
    return model_summary(find_architecture(name), card_of(name))


class ModelStore:
    """Models by name; each is read from disk once, when first asked for.

    ``summarise`` tells of a model without loading it; without it, models are loaded to be told of.
    ``imports`` are the models that people brought: they come and go, and ``capacity`` bytes of them stay.
    """

    def __init__(
        self,
        pool: WorkerPool,
        names: Sequence[str],
        load: Callable[[str], Model],
        summarise: Callable[[str], ModelSummary] | None = None,
        imports: ModelImports | None = None,
        capacity: int = 0,
    ) -> None:
        self.packaged = tuple(names)
        self.imports = imports
        self.cache: ByteLru[tuple[str, str], LoadedModel] = ByteLru(capacity)
        self._pool = pool
        self._load = load
        self._summarise = summarise
        self._summaries: dict[str, ModelSummary] = {}
        self._loaded: dict[str, LoadedModel] = {}

    async def get(self, name: str) -> LoadedModel:
        """The model of that name.

        Raises:
            UnknownModelName: there is none.
            BadModelFile: its weights cannot be used.
        """
        if twin := twin_seed(name):
            return await self._twin(*twin)
        if name not in self.packaged:
            return await self._imported(name)
        if name not in self._loaded:
            self._loaded[name] = await self._pool.run_once(("model", name), self._read, name)
        return self._loaded[name]

    @property
    def names(self) -> tuple[str, ...]:
        """Every model there is: those of the package first."""
        return (*self.packaged, *(self.imports.files.ids() if self.imports else ()))

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the models in memory."""
        return (*self._loaded, *(name for name, _ in self.cache))

    async def summaries(self) -> list[ModelSummary]:
        """Every model in short; one whose card cannot be read is left out and logged."""
        found = []
        for name in self.packaged:
            try:
                found.append(await self._summary(name))
            except BadModelFile:
                _log.exception("model %s cannot be told of", name)
        brought = self.imports.files.records() if self.imports else []
        return [*found, *(record.summary for record in brought)]

    async def _imported(self, name: str) -> LoadedModel:
        if self.imports is None or name not in self.imports.files:
            raise UnknownModelName(name)
        key = (name, self.imports.files.stamp(name))
        found = self.cache.get(key)
        if found is None:
            found = await self._pool.run_once(("model", *key), self._read_imported, name)
            size = sum(value.nbytes for value in found.model.parameters.values())
            self.cache.put(key, found, size)
        return found

    async def _twin(self, name: str, seed: int) -> LoadedModel:
        loaded = await self.get(name)
        key = (f"{name} untrained {seed}", loaded.fingerprint)
        found = self.cache.get(key)
        if found is None:
            found = await self._pool.run_once(("model", *key), _made_twin, loaded, seed)
            size = sum(value.nbytes for value in found.model.parameters.values())
            self.cache.put(key, found, size)
        return found

    def _read_imported(self, name: str) -> LoadedModel:
        assert self.imports is not None
        model, told = self.imports.load(name)
        detail = model_detail(model, told)
        return LoadedModel(model, detail, _fingerprint(model, detail))

    async def _summary(self, name: str) -> ModelSummary:
        if self._summarise is None:
            return (await self.get(name)).detail
        if name not in self._summaries:
            self._summaries[name] = await self._pool.run_once(("card", name), self._summarise, name)
        return self._summaries[name]

    def _read(self, name: str) -> LoadedModel:
        model = self._load(name)
        detail = model_detail(model)
        return LoadedModel(model, detail, _fingerprint(model, detail))


def _made_twin(loaded: LoadedModel, seed: int) -> LoadedModel:
    model = untrained_twin(loaded.model, seed)
    told = loaded.detail.imported
    if told is not None:
        sentence = "not compared: its weights are drawn anew, so no other program has them"
        told = told.model_copy(update={"verified": False, "verification": sentence, "pending": False})
    detail = model_detail(model, told)
    return LoadedModel(model, detail, _fingerprint(model, detail))


def _fingerprint(model: Model, detail: ModelDetail) -> str:
    told = detail.model_dump(exclude={"imported"})  # what a comparison found changes no number
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name in sorted(model.parameters):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(model.parameters[name]).data)
    return digest.hexdigest()[:32]
