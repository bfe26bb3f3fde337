"""Edited networks: ``tiny_vgg~edit-conv_1_1:mute:2`` is one like any other."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from cnn_core.errors import BadInput, CnnError
from cnn_core.graph.edits import Edit, edited
from cnn_core.models.base import Model

from .cache import ByteLru
from .compute import WorkerPool
from .edit_text import Patch, read_edits
from .kept_texts import KeptTexts, UnknownText, id_of
from .model_records import Finding
from .model_store import LoadedModel, edited_fingerprint
from .twins import MARK

__all__ = ["EditTexts", "UnknownEdits", "edited_model", "model_with", "parted", "texts_of"]

_log = logging.getLogger(__name__)

_WORD = f"{MARK}edit-"
_MEMORY_BYTES = 16 * 1024 * 1024
"""Long texts in memory, in front of those that are kept for all processes."""
_ENTRY_BYTES = 200
"""Of the objects of one text."""


class UnknownEdits(LookupError):
    """No such edits, or not any more."""


def parted(name: str) -> tuple[str, str | None]:
    """The network that the id of an edited one begins with, and its edits; None for any other id.

    >>> parted("tiny_vgg~edit-conv_1_1:mute:2")
    ('tiny_vgg', 'conv_1_1:mute:2')
    """
    base, found, text = name.partition(_WORD)
    return base, text if found else None


class EditTexts:
    """Edits too long for an address: ``@`` and the hash of their text stand for them."""

    def __init__(self, kept: KeptTexts, files: WorkerPool) -> None:
        self.cache: ByteLru[str, str] = ByteLru(_MEMORY_BYTES)
        self._kept, self._files = kept, files

    async def keep(self, text: str) -> str:
        """What stands for a text from now on; where nothing can be written, it stays in memory alone."""
        told = text.encode()
        name = f"@{id_of(told)}"
        self._remember(name, text)
        try:
            await self._files.run(self._kept.keep, told)
        except OSError as error:
            _log.warning("edits %s stay in memory alone: %s", name, error)
        return name

    async def read(self, text: str) -> str:
        """The text itself, or the one that it stands for.

        Raises:
            UnknownEdits: it stands for none that is here.
        """
        if not text.startswith("@"):
            return text
        found = self.cache.get(text)
        if found is None:
            try:
                found = (await self._files.run(self._kept.get, text[1:])).decode()
            except UnknownText:
                raise UnknownEdits(text) from None
            self._remember(text, found)
        return found

    def _remember(self, name: str, text: str) -> None:
        self.cache.put(name, text, len(text) + _ENTRY_BYTES)


def edited_model(loaded: LoadedModel, text: str, edits: Sequence[Edit | None]) -> LoadedModel:
    """A model with edits made, in the order of the text; None is one that is switched off.

    Raises:
        BadInput: an edit does not fit the network; the message says which.
    """
    told = loaded.imported
    if told is not None:
        told = replace(
            told, finding=Finding(sentence="not compared: it was edited, so no other program has it")
        )
    changed = _changed(loaded.model, text, edits)
    return LoadedModel(changed, told, edited_fingerprint(loaded.fingerprint, text), loaded)


def model_with(model: Model, text: str) -> Model:
    """A model with the edits that a text tells of, where no server keeps images.

    Raises:
        BadInput: an edit cannot be read or made, or wants what is not here; the message says which.
    """
    if text.startswith("@"):
        raise BadInput(f"{text!r} stands for edits that a server keeps; wanted the edits themselves")
    edits = read_edits(text, model.graph)
    made: list[Edit | None] = []
    for at, edit in enumerate(edits, 1):
        if isinstance(edit, Patch):
            raise BadInput(
                f"edit {at} of {len(edits)}: {edit.node!r} is patched from an image that a server keeps; "
                "leave it out"
            )
        made.append(edit)
    return _changed(model, text, made)


def texts_of(loaded: LoadedModel) -> list[str]:
    """What stands for the edits of a model, those made first before."""
    found: list[str] = []
    while loaded.base is not None:
        found.insert(0, loaded.model.name.removeprefix(f"{loaded.base.model.name}{_WORD}"))
        loaded = loaded.base
    return found


def _changed(model: Model, text: str, edits: Sequence[Edit | None]) -> Model:
    graph, parameters = model.graph, dict(model.parameters)
    for at, edit in enumerate(edits, 1):
        if edit is None:
            continue
        try:
            graph, parameters = edited(graph, parameters, [edit])
        except CnnError as error:
            raise BadInput(f"edit {at} of {len(edits)}: {error}") from error
    return replace(
        model,
        name=f"{model.name}{_WORD}{text}",
        title=f"{model.title}, edited",
        graph=graph,
        parameters=parameters,
    )
