"""The race: networks that take steps in turn in a folder, stop, go on, go back and are changed on the way."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnn_core.errors import BadRecipe, TrainingFailed
from cnn_core.training.race.folder import About, RunFolder, ScoreRow, StepRow, is_kept
from cnn_core.training.race.learner import Learner, NetState
from cnn_core.training.race.nets import RUNNERS, find_runner
from cnn_core.training.race.scores import score
from cnn_core.training.race.settings import Settings, Timeline, Value
from cnn_core.training.race.tasks import Task

__all__ = ["MAX_STEPS", "Failed", "Race", "is_tested", "state_at"]

MAX_STEPS = 20_000
"""Of one race: states and rows take room."""

SAVE_SECONDS = 0.8
"""A process that is killed loses no more than what it did in so long."""


@dataclass(frozen=True, slots=True)
class Failed:
    """A network cannot make ``step``: what it would leave is not finite."""

    net: str
    step: int
    reason: str


def is_tested(step: int) -> bool:
    """Whether the test pictures are named after this step: seldom enough to cost little.

    >>> [step for step in range(101) if is_tested(step)]
    [0, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100]
    """
    every = 5 if step < 20 else 10 if step < 60 else 20 if step < 200 else 50
    return step % every == 0


class Race:
    """A race and its folder; the only one who writes there.

    >>> import tempfile
    >>> from cnn_core.training.race.tasks import drawn_task
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     race = Race.create(Path(folder), drawn_task("shapes"), Settings(), ("mlp",))
    ...     next(race.run())
    ScoreRow(net='mlp', step=0, right=137, count=500)
    """

    def __init__(self, folder: Path) -> None:
        """Take up the race in this folder where its states are.

        Raises:
            TrainingFailed: there is none, or it is damaged.
        """
        self.folder = RunFolder(folder)
        about = self.folder.about()
        self.title, self.timeline, self.created = about.title, about.timeline, about.created
        self.task = self.folder.task()
        self.learners = {net: Learner(find_runner(net), self.task) for net in about.nets}
        self.states = {net: self.folder.last(net) for net in about.nets}
        self.failed = dict(about.failed or {})
        # rows may be ahead of the states by what was done between two savings: it is done again, the same
        self.folder.cut({net: state.step for net, state in self.states.items()})
        self._tested = {(row.net, row.step) for row in self.folder.scores()}
        self._saved = time.monotonic()

    @classmethod
    def create(
        cls, folder: Path, task: Task, settings: Settings, nets: Sequence[str], *, created: float = 0.0
    ) -> Race:
        """A new race, before its first step.

        Raises:
            BadRecipe: an unknown network, none at all, or more steps than ``MAX_STEPS``.
            TrainingFailed: the folder holds a race, or cannot be written to.
        """
        if not nets:
            raise BadRecipe("race: at least one net must run")
        timeline = Timeline(settings)
        _check_length(timeline, task)
        learners = {net: Learner(find_runner(net), task) for net in _in_order(nets)}
        files = RunFolder(folder)
        files.create(About(task.title, tuple(learners), timeline, created), task)
        for net, learner in learners.items():
            files.save(net, learner.first(settings), keep=True)
        return cls(folder)

    @property
    def total(self) -> int:
        """The last step, as things stand."""
        return self.timeline.total(len(self.task.train))

    @property
    def step(self) -> int:
        """How far the farthest network is."""
        return max(state.step for state in self.states.values())

    def run(self) -> Iterator[StepRow | ScoreRow | Failed]:
        """Steps, and tests between them, until all networks that can are at the last step.

        The network farthest behind is next, so those that joined late catch up with the same batches. What is
        yielded is on disk, and the newest states follow within ``SAVE_SECONDS``.

        Raises:
            TrainingFailed: the folder cannot be written to.
        """
        for begun in self.states:
            yield from self._test(begun)
        while (net := self._next()) is not None:
            began = time.perf_counter()
            state = self.states[net]
            try:
                after, passed = self.learners[net].advance(state, self.timeline)
            except TrainingFailed as error:
                yield self._fail(Failed(net, state.step + 1, str(error)))
                continue
            self.states[net] = after
            rate = self.timeline.rate(after.step, len(self.task.train))
            spent = (time.perf_counter() - began) * 1e3
            row = StepRow(net, after.step, passed.loss, passed.correct / len(passed.x), rate, spent)
            self.folder.append(row)
            if is_kept(after.step):
                self.folder.save(net, after, keep=True)
            yield row
            yield from self._test(net)
            if time.monotonic() - self._saved > SAVE_SECONDS:
                self.save()
        self.save()

    def save(self) -> None:
        """Write the newest states."""
        for net, state in self.states.items():
            self.folder.save(net, state, keep=False)
        self._saved = time.monotonic()

    def back(self, step: int) -> None:
        """Go back to the state after ``step`` and forget what came later, changes of settings included.

        Raises:
            BadRecipe: no network has been there.
        """
        if not 0 <= step <= self.step:
            raise BadRecipe(f"race: steps to go back to are 0 to {self.step}, got {step}")
        for net, state in self.states.items():
            if state.step > step:
                self.states[net] = self.state_at(net, step)
        self.timeline = self.timeline.back_to(step)
        self.failed = {net: failed for net, failed in self.failed.items() if failed <= step}
        self._rewrite()

    def change(self, name: str, value: Value) -> None:
        """Give a setting another value from the next step on.

        Networks that are behind first catch up under the old one. Before the first step the race starts anew.

        Raises:
            BadRecipe: no such setting or value, or more steps than ``MAX_STEPS``.
        """
        changed = self.timeline.changed(self.step, name, value)
        _check_length(changed, self.task)
        self.timeline = changed
        if self.step == 0:
            self.folder.cut(dict.fromkeys(self.states, -1))
            self.states = {net: learner.first(changed.first) for net, learner in self.learners.items()}
            for net, state in self.states.items():
                self.folder.save(net, state, keep=True)
        self._rewrite()

    def undo(self, number: int) -> None:
        """Go back to where a change was made, and leave the setting as it was.

        Raises:
            BadRecipe: there is no change of that number, counted from 0.
        """
        if not 0 <= number < len(self.timeline.changes):
            raise BadRecipe(f"race: no change {number}; there are {len(self.timeline.changes)}")
        change = self.timeline.changes[number]
        self.back(change.step)
        self.timeline = self.timeline.changed(change.step, change.name, change.before)
        self._rewrite()

    def enter(self, nets: Sequence[str]) -> None:
        """Have these networks run, and no others; new ones begin at step 0 and catch up.

        Raises:
            BadRecipe: an unknown network, or none at all.
        """
        if not nets:
            raise BadRecipe("race: at least one net must run")
        for net in nets:
            if net not in self.learners:
                self.learners[net] = Learner(find_runner(net), self.task)
                self.states[net] = self.learners[net].first(self.timeline.first)
                self.folder.cut({net: -1})
                self.folder.save(net, self.states[net], keep=True)
        self.learners = {net: self.learners[net] for net in _in_order(nets)}
        self.states = {net: self.states[net] for net in self.learners}
        self.failed = {net: step for net, step in self.failed.items() if net in self.states}
        self._rewrite()

    def about(self) -> About:
        """What the race is now."""
        return About(self.title, tuple(self.states), self.timeline, self.created, dict(self.failed))

    def state_at(self, net: str, step: int) -> NetState:
        """The state after any past step."""
        return state_at(self.folder, self.learners[net], self.timeline, step)

    def _next(self) -> str | None:
        able = [
            net for net, state in self.states.items() if net not in self.failed and state.step < self.total
        ]
        return min(able, key=lambda net: self.states[net].step) if able else None

    def _test(self, net: str) -> Iterator[ScoreRow]:
        state = self.states[net]
        if (net, state.step) in self._tested or not (is_tested(state.step) or state.step == self.total):
            return
        found = score(self.learners[net], state.parameters)
        row = ScoreRow(net, state.step, found.right, len(found.said))
        self._tested.add((net, state.step))
        self.folder.append(row)
        yield row

    def _fail(self, failed: Failed) -> Failed:
        self.failed[failed.net] = failed.step
        self._write()
        return failed

    def _write(self) -> None:
        self.folder.write_about(self.about())

    def _rewrite(self) -> None:
        """What the race is has changed: no row or state of what is no longer stays."""
        self.folder.cut({net: state.step for net, state in self.states.items()})
        self._tested = {(row.net, row.step) for row in self.folder.scores()}
        self.save()
        self._write()


def state_at(folder: RunFolder, learner: Learner, timeline: Timeline, step: int) -> NetState:
    """A network after any past step, computed again from the nearest state on disk: the same, bit for bit.

    Raises:
        TrainingFailed: there is no state to begin with, or one before that step fails.
    """
    state = folder.load(learner.runner.id, step)
    while state.step < step:
        state, _ = learner.advance(state, timeline)
    return state


def _in_order(nets: Sequence[str]) -> list[str]:
    wanted = {find_runner(net).id for net in nets}
    return [runner.id for runner in RUNNERS if runner.id in wanted]


def _check_length(timeline: Timeline, task: Task) -> None:
    if (total := timeline.total(len(task.train))) > MAX_STEPS:
        raise BadRecipe(f"race: at most {MAX_STEPS:,} steps, these settings make {total:,}: fewer passes")
