"""``convscope train``: a run in a folder, from images to weights and their card."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from cnn_core.errors import TrainingFailed
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Params
from cnn_core.models import Architecture, Card, find_architecture, save_card, save_weights
from cnn_core.training.checkpoint import TrainingState, load_checkpoint
from cnn_core.training.datasets import Dataset, read_dataset
from cnn_core.training.disk import reason
from cnn_core.training.evaluate import Scores, evaluate
from cnn_core.training.loop import EpochEnd, Step, steps_per_epoch
from cnn_core.training.memory import keep_freed_memory
from cnn_core.training.precision import Stored, store
from cnn_core.training.recipes import Recipe, recipe_for, with_settings
from cnn_core.training.run_about import is_run_name
from cnn_core.training.runs import CHECKPOINT, run_in

from ..config import load_settings
from ..services.locks import try_lock
from ..services.training_runs.run import TRAINER_LOCK
from .cards import accuracy_of, held_back, per_class_note
from .evaluate import weights_metadata
from .progress import counting, name_skipped, progress_bar

__all__ = ["TrainOptions", "run_training"]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """What the command line asked for; ``settings`` are those of the architecture's recipe to change."""

    architecture: str
    data: Path
    classes: tuple[str, ...] | None
    holdout: int
    settings: Mapping[str, str]
    out: Path
    resume: bool
    threads: int

    def recipe(self) -> Recipe:
        """The recipe of the run.

        Raises:
            BadRecipe: a setting there is not, or one of a value that makes no sense.
        """
        return with_settings(recipe_for(self.architecture), self.settings)

    def command(self) -> str:
        """The command that repeats the run, wherever the data lies: it names what is not the recipe's own."""
        kind = "--audio" if find_architecture(self.architecture).spec.takes == "sound" else "--data"
        words = ["convscope", "train", self.architecture, kind, self.data.name]
        if self.classes:
            words += ["--classes", ",".join(self.classes)]
        if self.holdout != 50:
            words += ["--holdout", str(self.holdout)]
        own = recipe_for(self.architecture).to_config()
        for name, value in self.recipe().to_config().items():
            if name == "seed" or value != own[name]:
                words += _option(name, value)
        return shlex.join(words)


_OPTIONS = {"epochs": "--epochs", "batch": "--batch", "rate": "--lr", "seed": "--seed"}


def _option(name: str, value: Any) -> list[str]:
    text = ",".join(map(str, value)) if isinstance(value, list) else str(value)
    return [_OPTIONS[name], text] if name in _OPTIONS else ["--set", f"{name}={text}"]


def run_training(options: TrainOptions) -> None:
    """Train, and write weights and card.

    Raises:
        CnnError: no such architecture, unusable data, or a run that cannot begin, go on or be written.
    """
    keep_freed_memory()
    console = Console()
    made = find_architecture(options.architecture)
    recipe = options.recipe()
    with counting(console, "reading") as progress:
        data = read_dataset(options.data, made.spec, options.classes, progress=progress)
    name_skipped(data.skipped)
    training, validation = data.split(options.holdout) if options.holdout else (data, None)
    graph = made.build(len(data.classes))
    _say(
        console,
        f"{made.title}, {graph.total_cost().parameters:,} parameters; {len(data.classes)} classes, "
        f"{len(training):,} images to train on, {len(validation or ())} to measure on",
    )
    records = run_in(
        options.out,
        graph,
        made.spec,
        training,
        recipe,
        name=options.architecture,
        command=options.command(),
        validation=validation,
        resume=options.resume,
        threads=options.threads,
    )
    shown = _address(options.out)
    if shown:
        _say(console, f"convscope serve shows it meanwhile and afterwards: {shown}")
    with _alone_in(options.out):
        _follow(console, records, recipe, steps_per_epoch(training, recipe))
        _finish(console, options, made, graph, training, validation)


def _address(out: Path) -> str:
    """Where the page shows a run that is written to ``out``; empty where that is no folder of runs."""
    found = out.parent.resolve() == load_settings().runs.resolve() and is_run_name(out.name)
    return f"/train?run={out.name}" if found else ""


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """Hold the folder for as long as somebody trains there: that is how a page knows that it runs.

    Raises:
        TrainingFailed: somebody else trains there now, or the folder cannot be made.
    """
    try:
        held = try_lock(out / TRAINER_LOCK)
    except OSError as error:
        raise TrainingFailed(f"{out}: cannot be written to ({reason(out, error)})") from error
    if held is None:
        raise TrainingFailed(f"{out}: another process trains there; wait for it, or choose another folder")
    try:
        yield
    finally:
        held.release()


def _finish(
    console: Console,
    options: TrainOptions,
    made: Architecture,
    graph: Graph,
    training: Dataset,
    validation: Dataset | None,
) -> None:
    """Measure what the run in ``options.out`` came to, and write its weights and their card."""
    state, _ = load_checkpoint(options.out / CHECKPOINT)
    stored = _stored(graph, made, state, validation)
    weights = options.out / f"{made.name}.safetensors"
    card = _card(options, made, graph, training, state, stored.scores)
    try:
        save_weights(weights, stored.parameters, weights_metadata(made.name, training.classes))
        save_card(weights.with_suffix(".json"), replace(card, size_bytes=weights.stat().st_size))
    except OSError as error:
        raise TrainingFailed(
            f"{options.out}: weights and card cannot be written ({reason(options.out, error)}); "
            "the checkpoint is whole, and the same command with --resume writes them"
        ) from error
    _say(
        console,
        f"{weights.name} ({stored.precision}) and its card {weights.stem}.json are in {options.out}",
    )


def _stored(graph: Graph, made: Architecture, state: TrainingState, validation: Dataset | None) -> Stored:
    """The averaged weights as they are kept; in full precision where there is nothing to measure on."""
    if validation is None:
        return Stored(state.average, "float32", None)

    def measure(parameters: Params) -> Scores:
        return evaluate(graph, parameters, made.spec, validation)

    return store(state.average, measure)


def _follow(console: Console, records: Iterator[Step | EpochEnd], recipe: Recipe, steps: int) -> None:
    """Run to the end, telling how it goes; Ctrl-C leaves with the way to go on."""
    with progress_bar(console, "images") as progress:
        task = progress.add_task("", total=recipe.epochs * steps * recipe.batch)
        try:
            for number, record in enumerate(records):
                if number == 0:  # what a resumed run did before must not count as speed
                    progress.reset(task, completed=(record.step - 1) * recipe.batch)
                if isinstance(record, EpochEnd):
                    _say(progress.console, _epoch_line(record, recipe.epochs))
                else:
                    text = f"epoch {record.epoch}  loss {record.loss:.3f}"
                    progress.update(task, completed=record.step * recipe.batch, description=text)
        except KeyboardInterrupt:
            _say(progress.console, "stopped; the same command with --resume goes on from the last epoch")
            raise typer.Exit(130) from None


def _epoch_line(end: EpochEnd, epochs: int) -> str:
    scores = end.validation
    measured = f"  validation {scores.top1:.1%} (top-3 {scores.top3:.1%})" if scores else ""
    return (
        f"epoch {end.epoch} of {epochs}  loss {end.loss:.4f}  accuracy {end.accuracy:.1%}{measured}  "
        f"{end.milliseconds / 1e3:.1f} s"
    )


def _card(
    options: TrainOptions,
    made: Architecture,
    graph: Graph,
    training: Dataset,
    state: TrainingState,
    scores: Scores | None,
) -> Card:
    cost = graph.total_cost()
    split = f"{held_back(options.holdout, bool(training.speakers))}, never trained on"
    return Card(
        title=made.title,
        architecture=f"{cost.parameters:,} parameters, {cost.macs:,} multiply-adds an image",
        data=f"{options.data.name}: {len(training):,} images of {', '.join(training.classes)}",
        licence="Follows from that of the images it was trained on.",
        command=options.command(),
        seed=options.recipe().seed,
        epochs=state.epoch,
        validation=accuracy_of(scores, split) if scores else None,
        notes=per_class_note(scores) if scores else "",
        parameters=cost.parameters,
        macs=cost.macs,
        hours=round(state.seconds / 3600, 3),
    )


def _say(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True, markup=False)
