"""Models, loaded when first asked for."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from app.payloads.describe import model_detail, model_summary
from app.payloads.schemas import ModelDetail, ModelSummary
from app.services.compute import WorkerPool
from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model, card_of, find_architecture

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
    """

    def __init__(
        self,
        pool: WorkerPool,
        names: Sequence[str],
        load: Callable[[str], Model],
        summarise: Callable[[str], ModelSummary] | None = None,
    ) -> None:
        self.names = tuple(names)
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
        if name not in self.names:
            raise UnknownModelName(name)
        if name not in self._loaded:
            self._loaded[name] = await self._pool.run_once(("model", name), self._read, name)
        return self._loaded[name]

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the models in memory."""
        return tuple(self._loaded)

    async def summaries(self) -> list[ModelSummary]:
        """Every model in short; one whose card cannot be read is left out and logged."""
        found = []
        for name in self.names:
            try:
                found.append(await self._summary(name))
            except BadModelFile:
                _log.exception("model %s cannot be told of", name)
        return found

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


def _fingerprint(model: Model, detail: ModelDetail) -> str:
    digest = hashlib.sha256(json.dumps(detail.model_dump(), sort_keys=True).encode())
    for name in sorted(model.parameters):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(model.parameters[name]).data)
    return digest.hexdigest()[:32]
