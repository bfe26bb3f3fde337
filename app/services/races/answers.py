"""Answers about races, computed in the pool and kept while there is room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

from cnn_core.errors import BadRecipe
from cnn_core.layers.base import Array
from cnn_core.preprocess import InputSpec, Pixels, to_tensor
from cnn_core.training.race.gradient import WatchedStep
from cnn_core.training.race.learner import Learner, NetState
from cnn_core.training.race.nets import find_runner
from cnn_core.training.race.scores import Scores
from cnn_core.training.race.tasks import Task, move

from ..cache import ByteLru
from ..compute import WorkerPool
from ..model_records import Choices
from .exports import model_of_step
from .run import RaceRun
from .views import Replay, TestPicture, Weight, film_of, gradient_view, layer_view

__all__ = ["Look", "RaceAnswers", "replay_of"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Look:
    """What a page looks at: a network after a step, on a test picture moved by ``dx``.

    ``drawn`` takes the test picture's place, uint8 ``(H, W, 3)`` of any size; ``picture`` is one of the
    step's batch, None: all of it.
    """

    net: str
    step: int
    image: int
    dx: int
    picture: int | None
    drawn: Pixels | None = None


def replay_of(run: RaceRun) -> Replay:
    """What threads need to compute a race's steps again, as it stands now."""
    assert run.task is not None
    return Replay(run.folder, run.about, run.task, dict(run.fresh), run.losses)


class RaceAnswers:
    """What is asked about steps of races; the steps looked at last are held with all their products."""

    def __init__(self, pool: WorkerPool, capacity: int) -> None:
        self.cache: ByteLru[tuple[Any, ...], WatchedStep] = ByteLru(capacity)
        self._pool = pool
        self._scores: ByteLru[tuple[Any, ...], Any] = ByteLru(8 * 2**20)

    async def look(
        self, run: RaceRun, asked: Look, layer: str, weight: Weight, dense: Weight
    ) -> dict[str, Any]:
        """A layer of a network, and the products behind one weight of its convolutional and its dense twin.

        Raises:
            BadRecipe: a network, layer, weight or step there is not.
        """
        replay = replay_of(run)
        if asked.step > run.step:
            raise BadRecipe(f"race: no net has made step {asked.step}; the last is {run.step}")
        step = min(asked.step, run.steps_of(asked.net))
        found: dict[str, Any] = {"step": asked.step, "revision": run.revision, "total": run.total}
        found["panel"] = await self._pool.run(
            layer_view, replay, asked.net, step, layer, _shown(replay.task, asked)
        )
        found["panel"]["step"] = step
        shuffled = find_runner(asked.net).shuffled
        for name, kind, spot in (("gradient", "cnn", weight), ("place", "mlp", dense)):
            found[name] = await self._gradient(run, replay, _twin(run, kind, shuffled), asked, spot)
        return found

    async def _gradient(
        self, run: RaceRun, replay: Replay, net: str | None, asked: Look, weight: Weight
    ) -> dict[str, Any] | None:
        if net is None or (net, asked.step) not in replay.losses:
            return None
        key = (run.id, run.revision, net, asked.step)
        step = self.cache.get(key)
        if step is None:
            step = await self._pool.run_once(("race step", *key), replay.watched, net, asked.step)
            self.cache.put(key, step, _nbytes(step))
        return gradient_view(step, weight, asked.picture, replay.losses[net, asked.step])

    async def scores(self, run: RaceRun, net: str, step: int, dx: int) -> Scores:
        """How a network does on the test pictures, moved by ``dx``, after a step.

        Raises:
            BadRecipe: a network or step there is not.
        """
        key = ("scores", run.id, run.revision, net, step, dx)
        return await self._kept(key, lambda: replay_of(run).scores(net, step, dx), 100_000)

    async def curve(self, run: RaceRun, net: str, step: int) -> Array:
        """How often it is right on moved test pictures, by the move.

        Raises:
            BadRecipe: a network or step there is not.
        """
        key = ("curve", run.id, run.revision, net, step)
        return await self._kept(key, lambda: replay_of(run).curve(net, step), 1000)

    async def film(self, run: RaceRun, net: str, weight: Weight, frames: int) -> dict[str, Any]:
        """How one filter formed.

        Raises:
            BadRecipe: a network, layer or filter there is not.
        """
        replay = replay_of(run)
        if f"{weight.layer}.weight" not in replay.learner(net).graph.parameter_shapes():
            raise BadRecipe(f"race: {net} has no layer {weight.layer!r} with weights")
        return await self._pool.run(
            film_of, replay, net, weight.layer, weight.filter, weight.channel, run.total, frames
        )

    async def file(
        self, run: RaceRun, net: str, step: int, make: Callable[[Learner, NetState], bytes]
    ) -> bytes:
        """A network after a step as a file.

        Raises:
            BadRecipe: a network or step there is not.
        """
        replay = replay_of(run)
        return await self._pool.run(lambda: make(replay.learner(net), replay.state(net, step)))

    async def model(self, run: RaceRun, net: str, step: int) -> tuple[bytes, Choices]:
        """A network after a step as an ONNX file, and what is said of it among the models.

        Raises:
            BadRecipe: a network or step there is not.
        """
        return await self._pool.run(model_of_step, replay_of(run), net, step)

    async def _kept(self, key: tuple[Any, ...], make: Callable[[], T], size: int) -> T:
        found: T | None = self._scores.get(key)
        if found is None:
            found = await self._pool.run_once(key, make)
            self._scores.put(key, found, size)
        return found


def _shown(task: Task, asked: Look) -> TestPicture:
    shift = np.array([asked.dx, 0])
    if asked.drawn is not None:
        return TestPicture(move(to_tensor(asked.drawn, InputSpec(*task.shape)), shift), None)
    at = asked.image % len(task.test)
    return TestPicture(move(task.test[at : at + 1], shift), int(task.test_labels[at]))


def _twin(run: RaceRun, kind: str, shuffled: bool) -> str | None:
    """The network of a kind that sees what the one looked at sees; else the other of its kind."""
    runners = [find_runner(net) for net in run.about.nets]
    same = [runner.id for runner in runners if runner.kind == kind]
    like = [runner.id for runner in runners if runner.kind == kind and runner.shuffled == shuffled]
    return next(iter([*like, *same]), None)


def _nbytes(step: WatchedStep) -> int:
    arrays: list[Array] = [*step.passed.outputs.values(), *step.passed.deltas.values()]
    return int(np.sum([array.nbytes for array in arrays]))
