"""The services, made once per application, and how a route asks for them."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count
from typing import Annotated, Any

from fastapi import Depends
from fastapi.requests import HTTPConnection
from fastapi.templating import Jinja2Templates

from cnn_core.errors import BadModelFile
from cnn_core.models import load_model, model_names

from .config import Settings, asset_folder
from .services.ablations import Ablations
from .services.atlases import Atlases
from .services.blobs import open_blobs
from .services.cache import ByteLru
from .services.comparison_service import ComparisonService
from .services.compute import Busy, WorkerPool
from .services.edits import EditTexts
from .services.explanations import Explanations
from .services.fine_tunings import FineTunings
from .services.heap import give_back, heap
from .services.image_store import ImageStore
from .services.kept_atlases import KeptAtlases
from .services.kept_images import KeptImages
from .services.kept_texts import KeptTexts
from .services.live_service import LiveConnections
from .services.made_pictures import MadePictures
from .services.metrics import Metrics
from .services.model_imports import ModelImports
from .services.model_store import ModelStore, packaged_summary
from .services.own_classes import OwnClasses
from .services.passing_frames import PassingFrames
from .services.photo_sets import PhotoSets
from .services.races.answers import RaceAnswers
from .services.races.runs import RaceRuns
from .services.races.tasks import BroughtTasks
from .services.second_opinions import SecondOpinions
from .services.shift_service import ShiftService
from .services.trace_service import TraceService
from .services.training_runs.runs import TrainingRuns

__all__ = ["Services", "ServicesDep"]

# A decoded image of 50 megapixels takes several hundred megabytes while it is made upright RGB.
_DECODERS = 2

# They read and write what is kept; most of the time they wait for a disk or another machine.
_FILERS = 4

# Of each kind of text that a link names.
_TEXTS = 1000

_TELL_SECONDS = 1.0

_TIDY_TURNS = 3

_TRIM_TURNS = 10

# Each may wait for a process that compares a network with its file, which takes gigabytes.
_IMPORTERS = 2


class Services:
    """Everything the routes stand on, made once per application."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.warmed = False
        """Whether what the first page asks for is in memory."""
        self.pool = WorkerPool("compute", settings.workers, settings.queue_length)
        self.decoders = WorkerPool("decode", min(_DECODERS, settings.workers), settings.queue_length)
        self.importers = WorkerPool("import", _IMPORTERS, settings.queue_length)
        self.files = WorkerPool("files", _FILERS, settings.queue_length)
        self.imports = ModelImports.of(settings)
        self.models = ModelStore(
            self.pool,
            model_names(),
            load_model,
            packaged_summary,
            self.imports,
            settings.model_cache_bytes,
            self.files,
        )
        kept = KeptImages(open_blobs(settings.store_address, "images"), settings.image_folder_bytes)
        self.images = ImageStore(self.pool, settings.image_cache_bytes, kept, self.files)
        self.edits = EditTexts(KeptTexts(open_blobs(settings.store_address, "edits"), _TEXTS), self.files)
        self.traces = TraceService(
            self.pool, settings.trace_cache_bytes, self.metrics, settings.plan_cache_bytes
        )
        self.passing = PassingFrames(self.pool, self.traces)
        self.ablations = Ablations(self.pool, self.traces, settings.edit_streams)
        self.opinions = SecondOpinions(self.pool, self.models, self.traces)
        self.comparisons = ComparisonService(self.pool, self.traces, self.images)
        self.shifts = ShiftService(self.pool, settings.shift_cache_bytes, self.traces)
        self.explanations = Explanations(self.pool, settings.explain_cache_bytes, settings.explain_streams)
        self.photos = PhotoSets(settings.data_folder / "photos", settings.photo_set_bytes)
        self.atlases = Atlases(
            self.pool,
            self.traces.plans,
            KeptAtlases.of(settings),
            self.photos,
            most=settings.atlas_surveys,
            threads=settings.atlas_threads,
        )
        self.made = MadePictures(self.pool, settings.made_cache_bytes, settings.made_streams)
        self.live = LiveConnections(
            settings.live_connections, settings.live_silence_seconds, settings.live_waiting
        )
        self.races = RaceRuns(
            settings.data_folder / "races",
            self.pool,
            settings.training_processes,
            settings.training_folder_bytes,
        )
        self.tasks = BroughtTasks(settings.data_folder / "tasks", settings.training_tasks_bytes)
        self.own = OwnClasses(self.pool, self.traces, settings.training_cache_bytes)
        self.own_sets = KeptTexts(open_blobs(settings.store_address, "own"), _TEXTS)
        self.fine_tunings = FineTunings(
            self.imports.take, settings.fine_tunings, settings.data_folder / "trainings"
        )
        self.race_answers = RaceAnswers(self.pool, settings.training_cache_bytes)
        self.training_runs = TrainingRuns(settings.runs, self.pool)
        self.templates = Jinja2Templates(directory=asset_folder("templates"))
        self._watch()

    def _watch(self) -> None:
        """Have the metrics tell how full and how busy everything is."""
        self._watch_pool("pool", self.pool)
        self._watch_pool("decoders", self.decoders)
        self._watch_pool("importers", self.importers)
        self._watch_cache("image_cache", self.images.uploads)
        self._watch_cache("trace_cache", self.traces.cache)
        self.metrics.watch("plan_cache_bytes", "Memory that plans take.", lambda: self.traces.plans.nbytes)
        self._watch_cache("shift_cache", self.shifts.cache)
        self._watch_cache("explain_cache", self.explanations.cache)
        self._watch_cache("made_cache", self.made.cache)
        self.metrics.watch("atlas_surveys", "Surveys under way.", lambda: self.atlases.running)
        self._watch_cache("edit_texts", self.edits.cache)
        self.metrics.watch("edit_streams", "Sweeps of mutes and folders.", lambda: self.ablations.open)
        self._watch_cache("model_cache", self.models.cache)
        self._watch_cache("training_cache", self.race_answers.cache)
        self.metrics.watch("races_running", "Races that run.", lambda: self.races.running)
        self.metrics.watch("fine_tunings", "Trainings of all layers.", lambda: self.fine_tunings.running)
        self.metrics.watch("race_processes", "Processes of races.", lambda: self.races.processes)
        self.metrics.watch("live_connections", "Live sockets open.", lambda: self.live.open)
        self.metrics.watch("live_waiting", "Live sockets that wait.", lambda: self.live.waiting)
        self.metrics.watch("heap_used_bytes", "Memory allocated and in use.", lambda: heap().used)
        self.metrics.watch("heap_free_bytes", "Free there, given back or not.", lambda: heap().free)

    async def warm(self) -> None:
        """Read the samples and the first model, which the first page will ask for."""
        await self.images.samples()
        with suppress(BadModelFile):  # whoever asks for it is told
            await self.models.get(self.models.packaged[0])
            self.warmed = True

    async def tend(self) -> None:
        """Tell other processes what is counted, let go of what they removed; as long as the server runs."""
        for turn in count():
            await asyncio.sleep(_TELL_SECONDS)
            if self.metrics.shared:
                self.metrics.refresh()
            if turn % _TIDY_TURNS == 0:
                with suppress(Busy, OSError):
                    await self._let_go()
            if turn % _TRIM_TURNS == 0:
                await asyncio.to_thread(give_back)

    async def _let_go(self) -> None:
        gone = await self.models.removed()
        self.imports.end_comparisons(gone)
        for name in gone:
            self.forget_model(name)

    def forget_model(self, name: str) -> None:
        """Let go of everything that memory holds of a model that is here no more."""
        for fingerprint in self.models.forget(name):
            self.traces.forget(fingerprint)
            self.shifts.forget(fingerprint)

    async def close(self) -> None:
        """Drop what waits, and let what runs finish, but not for long."""
        self.races.close()
        self.fine_tunings.close()
        self.imports.end_comparisons()
        self.atlases.close()
        self.photos.close()
        pools = (self.pool, self.decoders, self.importers, self.files)
        await asyncio.gather(*(asyncio.to_thread(pool.close) for pool in pools))

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
