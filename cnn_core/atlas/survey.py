"""Making an atlas: every shard once, by whoever; then all of them together."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnn_core.atlas.finishing import finish
from cnn_core.atlas.jobs import Job, make_job
from cnn_core.atlas.photos import Photos
from cnn_core.atlas.shards import Shard, Surveyor
from cnn_core.atlas.store import Atlas, open_atlas
from cnn_core.atlas.work import WorkFolder
from cnn_core.errors import BadDataset, DiskFull
from cnn_core.models.base import Model

__all__ = ["Made", "Makers", "Progress", "Worker", "in_this_process", "make_atlas", "survey"]


@dataclass(frozen=True, slots=True)
class Worker:
    """Who makes shards: how many are done, what it is at; ``lost``: it has ended, and will not come back."""

    name: str
    shards: int
    photos_a_second: float
    now: str = ""
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an atlas has come; rates are of this run, so they are 0 before its first shard."""

    photos: int
    total: int
    photos_a_second: float
    seconds_left: float | None
    step: str = "surveying"
    workers: tuple[Worker, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A shard, and who made it."""

    shard: Shard
    workers: tuple[Worker, ...] = ()


Makers = Callable[[Job, Sequence[int]], Iterable[Made]]
"""What makes the shards of these numbers, in any order: ``in_this_process``, or Dask's workers."""


def in_this_process(job: Job, numbers: Sequence[int]) -> Iterator[Made]:
    """One shard after another, by this thread."""
    surveyor = Surveyor(job)
    try:
        for number in numbers:
            yield Made(surveyor.survey(number))
    finally:
        surveyor.close()


def survey(
    model: Model, photos: Photos, folder: str | Path, make: Makers = in_this_process
) -> Generator[Progress]:
    """Make an atlas inside ``folder``, telling how far it has come; ``make_atlas`` gives the atlas itself.

    Stopped at any time and started again, it goes on where it was. The numbers are the same bits whatever
    ``make`` is: shards do not depend on who makes them, and are added up in the order of their numbers.

    Raises:
        BadDataset: there are no photos, or none that can be read.
        DiskFull: there is no room; shards that are done stay.
        GraphError: the network has several inputs.
    """
    yield from _Survey(model, photos, Path(folder), make).run()


def make_atlas(
    model: Model,
    photos: Photos,
    folder: str | Path,
    make: Makers = in_this_process,
    told: Callable[[Progress], None] = lambda progress: None,
) -> Atlas:
    """Make an atlas inside ``folder`` and open it.

    Raises:
        BadDataset, DiskFull, GraphError: as ``survey``.
    """
    run = _Survey(model, photos, Path(folder), make)
    for progress in run.run():
        told(progress)
    return open_atlas(run.made, model)


@dataclass
class _Survey:
    model: Model
    photos: Photos
    folder: Path
    make: Makers
    made: Path = field(init=False)

    def run(self) -> Iterator[Progress]:
        job = make_job(self.model, self.photos)
        work = WorkFolder(job, self.folder)
        yield from self._shards(job, work)
        yield Progress(job.total, job.total, 0.0, None, "adding up")
        if not any(len(shard.arrays["photos"]) for shard in work):
            raise BadDataset(f"photos: none of {job.total} files is a readable image; {_first_reason(work)}")
        try:
            self.made = finish(job, work, self.folder)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    f"Disk full: the atlas does not fit in {self.folder}; its shards stay."
                ) from error
            raise
        work.remove()

    def _shards(self, job: Job, work: WorkFolder) -> Iterator[Progress]:
        done = set(work.done())
        missing = [number for number in range(job.shards) if number not in done]
        photos = sum(len(job.photos_of(number)) for number in done)
        yield Progress(photos, job.total, 0.0, None)
        started, new = time.monotonic(), 0
        for made in self.make(job, missing) if missing else ():
            work.save(made.shard)
            new += len(job.photos_of(made.shard.number))
            rate = new / max(1e-9, time.monotonic() - started)
            left = (job.total - photos - new) / rate
            yield Progress(photos + new, job.total, rate, left, workers=made.workers)


def _first_reason(work: WorkFolder) -> str:
    return str(work.load(0).arrays["skipped"][0])
