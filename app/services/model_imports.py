"""Taking in networks that people bring: read within limits, compared with their file, kept in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace

from cnn_core.errors import BadModelFile, CnnError
from cnn_core.models.base import Model
from cnn_core.onnx_import.limits import Bounds, Limits

from ..config import Settings
from .blobs import open_blobs
from .model_records import Choices, Finding, Imported, ModelRecord, entry_of
from .onnx_models import OnnxModel, comparison_of, open_onnx
from .stopping import Stop
from .uploaded_models import UploadedModels, content_id

__all__ = ["ComparisonEnded", "KeptModel", "ModelImports", "limits_of"]

_PART = "models"
"""Of the store."""


def limits_of(settings: Settings) -> Limits:
    """How large an imported network may be."""
    return Limits(
        max_bytes=settings.model_file_bytes,
        max_structure_bytes=settings.model_structure_bytes,
        max_constant_bytes=settings.model_constant_bytes,
        max_nodes=settings.model_nodes,
        max_parameters=settings.model_parameters,
        max_activation_bytes=settings.model_activation_bytes,
        max_plan_bytes=settings.model_plan_bytes,
        max_macs=settings.model_macs,
        max_name_length=settings.model_name_length,
        max_side=settings.model_side,
    )


class ComparisonEnded(CnnError):
    """A network was not compared to the end: it has been removed, or nobody waits for it."""


@dataclass(frozen=True, slots=True)
class KeptModel:
    """A network that is kept, and where it comes from."""

    model: Model
    imported: Imported


@dataclass(frozen=True, slots=True)
class ModelImports:
    """The imported networks that are kept, and how they get there; every method computes or reads files."""

    files: UploadedModels
    limits: Limits
    bounds: Bounds
    _comparing: dict[str, list[Stop]] = field(default_factory=dict)
    verifying: set[str] = field(default_factory=set)
    """Networks that are kept, and compared now."""

    @classmethod
    def of(cls, settings: Settings) -> ModelImports:
        """Those of a server or a command line with these settings."""
        blobs = open_blobs(settings.store_address, _PART)
        files = UploadedModels(blobs, settings.model_folder_bytes)
        bounds = Bounds(settings.model_verify_seconds, settings.model_verify_bytes)
        return cls(files, limits_of(settings), bounds)

    def take(
        self,
        data: bytes,
        choices: Choices,
        *,
        later: bool = False,
        stop: Stop | None = None,
        beside: Mapping[str, bytes] | None = None,
    ) -> KeptModel:
        """Import a file, verify it and keep it; of one that is refused nothing is kept.

        Weights that lie in other files come ``beside`` it, by their names, or with it in a zip archive.

        ``later`` leaves the comparison to ``verify``: it can take many times as long as all the rest.
        ``stop`` ends it.

        Raises:
            CnnError: it cannot be used; the message says why.
            OSError: it cannot be kept.
        """
        from cnn_core.onnx_import.gathering import as_one_file  # late: it loads the onnx package

        data = as_one_file(data, self.limits, beside)
        identity = content_id(data)
        opened = open_onnx(data, identity, choices, self.limits)
        finding = Finding(pending=True) if later else self._compare(data, opened, choices, stop)
        kept = KeptModel(opened.model, opened.told(finding, len(data)))
        self.files.put(identity, data, _record(kept, choices))
        return kept

    def verify(self, identity: str, stop: Stop | None = None) -> Imported:
        """Compare a network with its file, if that has not been done, and keep the finding; ``stop`` ends it.

        Raises:
            CnnError: it is gone or damaged.
            OSError: it cannot be kept.
        """
        record = self.files.record(identity)
        if not _imported(record).finding.pending:
            return _imported(record)
        data = self.files.data(identity)
        opened = open_onnx(data, identity, record.choices, self.limits)
        self.verifying.add(identity)
        try:
            found = self._compare(data, opened, record.choices, stop)
        finally:
            self.verifying.discard(identity)

        def told(now: ModelRecord) -> ModelRecord:
            if now.choices.size != record.choices.size:  # another one meanwhile, still to be compared
                return now
            return replace(now, entry=replace(now.entry, imported=replace(_imported(now), finding=found)))

        return _imported(self.files.change(identity, told))

    def change(self, identity: str, choices: Choices, stop: Stop | None = None) -> KeptModel:
        """Say something else of a network that is here; another size has it verified anew.

        Raises:
            CnnError: it does not fit, or the network is gone.
            OSError: it cannot be kept.
        """
        record = self.files.record(identity)
        before = record.choices
        said = {each.name: getattr(choices, each.name) for each in fields(choices)}
        after = replace(before, **{name: value for name, value in said.items() if value is not None})
        if choices.output not in (None, before.output):  # what was said of another output counts no more
            after = replace(after, labels=choices.labels, reading=choices.reading)
        data = self.files.data(identity)
        if after.size != before.size:
            return self.take(data, after, later=_imported(record).finding.pending, stop=stop)
        opened = open_onnx(data, identity, after, self.limits)

        def told(now: ModelRecord) -> ModelRecord:
            imported = opened.told(_imported(now).finding, len(data))
            return _record(KeptModel(opened.model, imported), after)

        return KeptModel(opened.model, _imported(self.files.change(identity, told)))

    def load(self, identity: str) -> KeptModel:
        """A network that is here.

        Raises:
            CnnError: it is gone or damaged.
        """
        record = self.files.record(identity)
        data = self.files.data(identity)
        opened = open_onnx(data, identity, record.choices, self.limits)
        return KeptModel(opened.model, opened.told(_imported(record).finding, len(data)))

    def remove(self, identity: str) -> None:
        """Forget a network, and end what compares it."""
        self.files.remove(identity)
        for stop in self._comparing.get(identity, ()):
            stop.set()

    def end_comparisons(self, gone: Iterable[str] | None = None) -> None:
        """End what compares these networks, without them all that is compared now."""
        for identity in list(self._comparing) if gone is None else gone:
            for stop in list(self._comparing.get(identity, ())):
                stop.set()

    def _compare(self, data: bytes, opened: OnnxModel, choices: Choices, stop: Stop | None) -> Finding:
        identity, stop = opened.model.name, stop or Stop()
        job = comparison_of(data, opened, choices.size, self.limits, self.bounds)
        self._comparing.setdefault(identity, []).append(stop)
        try:
            stop.then(job.end)
            found = job.run()
        finally:
            self._comparing[identity].remove(stop)
        if stop.is_set:
            raise ComparisonEnded(f"model {identity}: it is no longer compared with its file")
        return Finding(found.verified, found.sentence, program=found.engine if found.compared else "")


def _imported(record: ModelRecord) -> Imported:
    told = record.entry.imported
    if told is None:
        raise BadModelFile(f"model {record.entry.name}: its record is damaged; import it again")
    return told


def _record(kept: KeptModel, choices: Choices) -> ModelRecord:
    return ModelRecord(entry_of(kept.model, kept.imported), choices)
