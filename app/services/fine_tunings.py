"""Networks whose layers are all trained on for own classes, in the background, in a process each."""

from __future__ import annotations

import multiprocessing
import re
import secrets
import signal
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

from cnn_core.errors import CnnError
from cnn_core.models.base import Accuracy, Card, Model
from cnn_core.training.datasets import Dataset
from cnn_core.training.fine_tune import FineTuned, FineTuning, fine_tune
from cnn_core.training.memory import keep_freed_memory

from .locks import Held
from .model_imports import KeptModel
from .model_records import Choices
from .shared_jobs import SharedJobs

__all__ = ["FineTunings", "Job", "TooManyTrainings", "UnknownJob"]

Keep = Callable[[bytes, Choices], KeptModel]


_LOOK_SECONDS = 0.3

_TOLD = ("id", "title", "state", "now", "before", "problem", "model")
"""What other servers are told of a training."""


class TooManyTrainings(CnnError):
    """As many are under way as may be."""


class UnknownJob(LookupError):
    """No such training, or not any more."""


@dataclass(slots=True, eq=False)
class Job:
    """A training, as far as it has come; ``before`` are right answers of the last layer alone."""

    id: str
    title: str
    state: Literal["running", "stopped", "failed", "done"] = "running"
    now: FineTuning | None = None
    before: int | None = None
    problem: str | None = None
    model: str | None = None
    process: Any = None


class FineTunings:
    """At most ``slots`` at once; what is made is handed to ``keep``, which puts it among the models.

    Servers that share ``folder`` tell of each other's trainings, and end them.
    """

    def __init__(self, keep: Keep, slots: int, folder: Path) -> None:
        self._keep, self._slots = keep, slots
        self._jobs: dict[str, Job] = {}
        self._shared = SharedJobs(folder)

    @property
    def running(self) -> int:
        """Trainings under way."""
        return sum(job.state == "running" for job in self._jobs.values())

    def start(self, model: Model, data: Dataset, passes: int) -> Job:
        """Begin a training.

        Raises:
            TooManyTrainings: as many are under way as may be.
        """
        place = self._shared.place(self._slots)
        if place is None:
            raise TooManyTrainings("another one is under way here: wait for its end, or stop it")
        title = f"{model.title} for {', '.join(data.classes)}, all layers"[:100]
        job = Job(secrets.token_hex(6), title)
        held = [each for each in (place, self._shared.begin(job.id)) if each is not None]
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        job.process = context.Process(target=_work, args=(model, data, passes, theirs), daemon=True)
        job.process.start()
        theirs.close()
        self._jobs[job.id] = job
        self._tell(job)
        threading.Thread(target=self._follow, args=(job, ours, model, data, held), daemon=True).start()
        return job

    def get(self, identity: str) -> Job:
        """The training of that id.

        Raises:
            UnknownJob: there is none.
        """
        if identity in self._jobs:
            return self._jobs[identity]
        told = self._shared.told(identity) if re.fullmatch(r"[0-9a-f]{12}", identity) else None
        if told is None:
            raise UnknownJob(identity)
        now = told["now"] and FineTuning(**told["now"])
        job = Job(**{**{name: told[name] for name in _TOLD}, "now": now})
        if job.state == "running" and not told["alive"]:
            job.state, job.problem = "failed", "its server has ended"
        return job

    def stop(self, job: Job) -> None:
        """End a training; nothing is kept of it."""
        if job.state == "running":
            job.state = "stopped"
            if job.process is None:
                self._shared.ask_to_stop(job.id)
            else:
                job.process.kill()

    def close(self) -> None:
        """End all of them."""
        for job in self._jobs.values():
            self.stop(job)

    def _tell(self, job: Job) -> None:
        told = {name: getattr(job, name) for name in _TOLD}
        with suppress(OSError):  # other servers are told nothing then
            self._shared.tell(job.id, {**told, "now": job.now and asdict(job.now)})

    def _next(self, job: Job, pipe: Connection) -> Any:
        """What the process tells next; meanwhile another server may want its end."""
        while not pipe.poll(_LOOK_SECONDS):
            if self._shared.is_to_stop(job.id):
                self.stop(job)
        return pipe.recv()

    def _follow(self, job: Job, pipe: Connection, model: Model, data: Dataset, held: Sequence[Held]) -> None:
        """In a thread of its own: take what the process tells, and in the end keep what it made."""
        made: _Made | None = None
        try:
            while not isinstance(message := self._next(job, pipe), _Made):
                if isinstance(message, str):
                    job.problem = message
                    break
                job.now = message
                job.before = message.right if job.before is None else job.before
                self._tell(job)
            else:
                made = message
            if made is not None and job.state == "running":
                job.model = self._keep(made.data, _choices(job, made, model, data)).model.name
        except (EOFError, OSError, CnnError) as error:
            job.problem = job.problem or str(error) or "its process was ended from outside"
        pipe.close()
        job.process.join()
        if job.state == "running":
            job.state = "done" if job.model else "failed"
        self._tell(job)
        self._shared.ended(job.id)
        for each in held:
            each.release()


@dataclass(frozen=True, slots=True)
class _Made:
    """The network as an ONNX file, and how it does on what was held back."""

    data: bytes
    accuracy: Accuracy
    passes: int


def _work(model: Model, data: Dataset, passes: int, pipe: Connection) -> None:
    from cnn_core.onnx_export import export_model

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which then ends this
    keep_freed_memory()
    try:
        for event in fine_tune(model.graph, model.parameters, model.spec, data, passes):
            if isinstance(event, FineTuned):
                file = export_model(event.graph, event.parameters, labels=data.classes, spec=model.spec)
                found = event.scores
                measured = Accuracy(found.top1, found.top3, found.n, "held back from training")
                pipe.send(_Made(file, measured, passes))
            else:
                pipe.send(event)
    except CnnError as error:
        pipe.send(str(error))


def _choices(job: Job, made: _Made, model: Model, data: Dataset) -> Choices:
    assert job.now is not None
    card = Card(
        title=job.title,
        architecture=f"{model.title}, all layers trained on",
        data=f"{len(data)} own pictures of {', '.join(data.classes)}: these objects, this room",
        licence="Yours",
        command="The Training lab, own classes",
        seed=0,
        epochs=made.passes,
        validation=made.accuracy,
        notes=f"Begun as {model.title} with its last layer in closed form, which named {job.before} of "
        f"{job.now.count} pictures right that were held back.",
    )
    return Choices(job.title, data.classes, card=card)
