"""Models, loaded when first asked for: those of the package, and those that people brought."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

from cnn_core.errors import BadModelFile
from cnn_core.models.base import Model, card_of, find_architecture

from .cache import ByteLru
from .compute import WorkerPool
from .model_imports import ModelImports
from .model_records import Finding, Imported, ModelEntry, entry_of, packaged
from .twins import twin_seed, untrained_twin
from .uploaded_models import is_content_id

__all__ = [
    "LoadedModel",
    "ModelStore",
    "UnknownModelName",
    "edited_fingerprint",
    "fingerprint_of",
    "is_edit_of",
    "packaged_summary",
]

_log = logging.getLogger(__name__)


_NODE_BYTES = 2000
"""Of the objects for one node: layer, names, shapes, what is told of it (measured)."""


class UnknownModelName(LookupError):
    """No such model."""


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """A model, where it comes from, and a hash that changes whenever one of its numbers or classes could."""

    model: Model
    imported: Imported | None
    fingerprint: str
    base: LoadedModel | None = None
    """What it was before it was edited: arrays that no edit touched are the very same."""

    @property
    def shares(self) -> bool:
        """Whether its answer is a distribution over classes."""
        return bool(self.model.labels) and (self.imported is None or self.imported.is_distribution)


def packaged_summary(name: str) -> ModelEntry:
    """A model of the package in short, without its weights.

    Raises:
        BadModelFile: its card is missing or damaged.
    """
    return packaged(find_architecture(name), card_of(name))


class ModelStore:
    """Models by name; each is read from disk once, when first asked for.

    ``summarise`` tells of a model without loading it; without it, models are loaded to be told of.
    ``imports`` are the models that people brought: they come and go, and ``capacity`` bytes of them stay in
    memory. ``files`` are threads that read what is kept, without waiting for those that compute.
    """

    def __init__(
        self,
        pool: WorkerPool,
        names: Sequence[str],
        load: Callable[[str], Model],
        summarise: Callable[[str], ModelEntry] | None = None,
        imports: ModelImports | None = None,
        capacity: int = 0,
        files: WorkerPool | None = None,
    ) -> None:
        self.packaged = tuple(names)
        self.imports = imports
        self.cache: ByteLru[tuple[str, str], LoadedModel] = ByteLru(capacity)
        self._pool = pool
        self._files = files or pool
        self._load = load
        self._summarise = summarise
        self._summaries: dict[str, ModelEntry] = {}
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

    async def names(self) -> tuple[str, ...]:
        """Every model there is: those of the package first."""
        brought = await self._files.run(self.imports.files.ids) if self.imports else ()
        return (*self.packaged, *brought)

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the models in memory."""
        return (*self._loaded, *(name for name, _ in self.cache))

    async def summaries(self) -> list[ModelEntry]:
        """Every model in short; one whose card cannot be read is left out and logged."""
        found = []
        for name in self.packaged:
            try:
                found.append(await self._summary(name))
            except BadModelFile:
                _log.exception("model %s cannot be told of", name)
        brought = await self._files.run(self.imports.files.records) if self.imports else []
        return [*found, *(record.entry for record in brought)]

    async def _imported(self, name: str) -> LoadedModel:
        if self.imports is None or not is_content_id(name):
            raise UnknownModelName(name)
        key = (name, await self._files.run_once(("stamp", name), self.imports.files.stamp, name))
        if not key[1]:
            raise UnknownModelName(name)
        found = self.cache.get(key)
        if found is None:
            found = await self._pool.run_once(("model", *key), self._read_imported, name)
            # what was said of it before is not asked for any more
            self.cache.forget(lambda known: known[0] == name)
            self.cache.put(key, found, _nbytes(found.model))
        return found

    async def removed(self) -> tuple[str, ...]:
        """Models that were brought and are in memory, but are kept no more: another process removed them."""
        own = {key[0].partition(" ")[0] for key in self.cache} - set(self.packaged)
        if self.imports is None:
            return ()
        own |= self.imports.verifying
        if not own:
            return ()
        return tuple(own - set(await self._files.run(self.imports.files.ids)))

    def forget(self, name: str) -> tuple[str, ...]:
        """Let go of a model that is here no more, and of twins of it; the fingerprints that it had."""
        own = [key for key in self.cache if key[0].split(" ")[0] == name]
        found = tuple(loaded.fingerprint for key in own if (loaded := self.cache.get(key)) is not None)
        self.cache.forget(lambda key: key in own)
        return found

    async def _twin(self, name: str, seed: int) -> LoadedModel:
        loaded = await self.get(name)
        key = (f"{name} untrained {seed}", loaded.fingerprint)
        found = self.cache.get(key)
        if found is None:
            found = await self._pool.run_once(("model", *key), _made_twin, loaded, seed)
            self.cache.put(key, found, _nbytes(found.model))
        return found

    async def edited(self, loaded: LoadedModel, text: str, make: Callable[[], LoadedModel]) -> LoadedModel:
        """An edited model, made if it is not here: ``text`` says how it comes of ``loaded``."""
        key = (f"{loaded.model.name} edit {text}", loaded.fingerprint)
        found = self.cache.get(key)
        if found is None:
            found = await self._pool.run_once(("model", *key), make)
            before = loaded.model.parameters
            own = [value for name, value in found.model.parameters.items() if before.get(name) is not value]
            size = sum(value.nbytes for value in own) + _NODE_BYTES * len(found.model.graph)
            self.cache.put(key, found, size)
        return found

    def _read_imported(self, name: str) -> LoadedModel:
        assert self.imports is not None
        kept = self.imports.load(name)
        return LoadedModel(kept.model, kept.imported, fingerprint_of(kept.model))

    async def _summary(self, name: str) -> ModelEntry:
        if self._summarise is None:
            return entry_of((await self.get(name)).model)
        if name not in self._summaries:
            self._summaries[name] = await self._pool.run_once(("card", name), self._summarise, name)
        return self._summaries[name]

    def _read(self, name: str) -> LoadedModel:
        model = self._load(name)
        return LoadedModel(model, None, fingerprint_of(model))


def _made_twin(loaded: LoadedModel, seed: int) -> LoadedModel:
    model = untrained_twin(loaded.model, seed)
    told = loaded.imported
    if told is not None:
        sentence = "not compared: its weights are drawn anew, so no other program has them"
        told = replace(told, finding=Finding(sentence=sentence))
    return LoadedModel(model, told, fingerprint_of(model))


def fingerprint_of(model: Model) -> str:
    """A hash of what a model computes and how its classes are called; all else told of it does not count."""
    told = (model.graph.to_config(), asdict(model.spec), model.labels)
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name in sorted(model.parameters):
        digest.update(name.encode())
        digest.update(np.ascontiguousarray(model.parameters[name]).data)
    return digest.hexdigest()[:32]


def edited_fingerprint(before: str, edits: str) -> str:
    """The hash of a network with edits, from that of the network before and what stands for the edits."""
    return f"{before}~{hashlib.sha256(edits.encode()).hexdigest()[:32]}"


def is_edit_of(fingerprint: str, before: str) -> bool:
    """Whether a hash is that of the network before with edits."""
    return fingerprint.startswith(f"{before}~")


def _nbytes(model: Model) -> int:
    """Memory a model takes: its weights and its graph."""
    return sum(value.nbytes for value in model.parameters.values()) + _NODE_BYTES * len(model.graph)
