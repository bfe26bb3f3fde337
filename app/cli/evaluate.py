"""``convscope evaluate``: accuracy of a packaged model, or of weights that ``train`` wrote."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import safetensors
from rich.console import Console
from rich.table import Table

from cnn_core.doubt import counterparts
from cnn_core.errors import BadDataset, BadModelFile
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.models import MODELS, find_architecture, load_model, load_weights, model_names
from cnn_core.models.base import DoubtErrors
from cnn_core.preprocess import InputSpec
from cnn_core.training.datasets import Dataset, read_dataset
from cnn_core.training.evaluate import Scores, doubts_of_second, evaluate, named_and_unsure

from ..services.second_opinions import SECOND
from .cards import card_path, write_scores
from .progress import counting, name_skipped

__all__ = ["Classifier", "EvaluateOptions", "find_classifier", "run_evaluation", "weights_metadata"]


@dataclass(frozen=True, slots=True)
class Classifier:
    """A network with weights and the names of its classes."""

    graph: Graph
    parameters: Params
    spec: InputSpec
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvaluateOptions:
    """What ``convscope evaluate`` was asked for; ``holdout`` and ``classes`` None mean all."""

    model: str
    data: Path
    classes: tuple[str, ...] | None
    holdout: int | None
    unknown: bool
    as_json: bool
    write_card: bool = False


@dataclass(frozen=True, slots=True)
class Strangers:
    """``n`` images of ``classes`` that a model does not know, and the share it is unsure about.

    ``rules`` say how often each rule of doubt errs, on them and on the images of the model's own classes.
    """

    n: int
    classes: tuple[str, ...]
    unsure: float
    rules: tuple[DoubtErrors, ...]


def weights_metadata(architecture: str, labels: Sequence[str]) -> dict[str, str]:
    """What a weights file says of itself, so that it can be used without its card.

    One entry, because safetensors writes several in random order and equal runs should give equal files.
    """
    return {"convscope": json.dumps({"architecture": architecture, "labels": list(labels)})}


def run_evaluation(options: EvaluateOptions) -> None:
    """Measure a model on data and print the result; with ``write_card``, put it into the model's card.

    Raises:
        CnnError: the model or the data cannot be used, or the card speaks of other images.
        OSError: the card cannot be written.
    """
    console = Console(stderr=options.as_json)
    model = find_classifier(options.model)
    data, others = _read(console, model, options)
    with counting(console, "measuring") as progress:
        scores = evaluate(
            model.graph, model.parameters, model.spec, data, lambda done: progress(done, len(data))
        )
    strangers = None if others is None else _strangers(console, model, options, data, others)
    name_skipped(data.skipped)
    if options.as_json:
        found = {"model": options.model, "data": options.data.name, **asdict(scores)}
        found |= {"unknown": asdict(strangers)} if strangers else {}
        print(json.dumps({**found, "skipped": data.skipped}, indent=2))
    else:
        _print_scores(console, scores, strangers)
    if options.write_card:
        rules = strangers.rules if strangers else None
        spoken = bool(data.speakers)
        write_scores(card_path(options.model), scores, options.holdout, rules, by_speaker=spoken)


def _read(console: Console, model: Classifier, options: EvaluateOptions) -> tuple[Dataset, Dataset | None]:
    """The images to measure on, and those of classes that the model does not know, if wanted."""
    with counting(console, "reading") as progress:
        data = read_dataset(options.data, model.spec, options.classes, least_classes=1, progress=progress)
    if options.holdout:
        data = data.split(options.holdout)[1]
    if not options.unknown:
        return data.relabel(model.labels), None
    strange = [name for name in data.classes if name not in model.labels]
    if not strange or len(strange) == len(data.classes):
        lacking = "does not know" if not strange else "knows"
        raise BadDataset(
            f"data: --unknown needs classes of both kinds, but none of these the model {lacking}"
        )
    return data.only(model.labels).relabel(model.labels), data.only(strange)


def _strangers(
    console: Console, model: Classifier, options: EvaluateOptions, data: Dataset, others: Dataset
) -> Strangers:
    answers = [
        named_and_unsure(model.graph, model.parameters, model.spec, images) for images in (data, others)
    ]
    (named, unsure), (strange, unsure_too) = answers
    right = named == data.labels
    rules = [_errors("entropy", right, unsure, unsure_too)]
    second = _second(console, model, options, (named, strange))
    if second:
        rules.append(_errors("second opinion", right, *second))
    return Strangers(len(others), others.classes, float(unsure_too.mean()), tuple(rules))


def _errors(rule: str, right: Array, doubts: Array, doubts_strange: Array) -> DoubtErrors:
    """How often a rule errs, by what it doubts of answers ``right`` and wrong, and of strangers."""
    doubted, caught = _share(doubts[right]), _share(doubts[~right])
    return DoubtErrors(rule, doubted, caught, _share(~doubts_strange), len(doubts), len(doubts_strange))


def _second(
    console: Console, model: Classifier, options: EvaluateOptions, answers: tuple[Array, Array]
) -> tuple[Array, Array] | None:
    """What a second opinion doubts of the same images, read once more at the size its network takes."""
    known = None
    if SECOND in model_names() and options.model != SECOND:
        known = counterparts(model.labels, find_architecture(SECOND).labels)
    if known is None:
        return None
    judge = find_classifier(SECOND)
    data = read_dataset(options.data, judge.spec, options.classes, least_classes=1)
    data = data.split(options.holdout)[1] if options.holdout else data
    groups = (model.labels, [name for name in data.classes if name not in model.labels])
    doubts = []
    for names, named in zip(groups, answers, strict=True):
        images = data.only(names)
        with counting(console, f"asking {SECOND}") as progress:
            told = partial(_told, progress, len(images))
            doubts.append(
                doubts_of_second(judge.graph, judge.parameters, judge.spec, images, known, named, told)
            )
    return doubts[0], doubts[1]


def _told(progress: Callable[[int, int], None], count: int, done: int) -> None:
    progress(done, count)


def _share(of: Array) -> float:
    """Of an array of booleans; 0 of none."""
    return round(float(of.mean()), 4) if of.size else 0.0


def find_classifier(name: str) -> Classifier:
    """A packaged model by name, or the weights file that ``train`` wrote.

    Raises:
        UnknownModel: there is no model of that name.
        BadModelFile: the weights are missing, damaged, or do not say what they are for.
    """
    if not name.endswith(".safetensors"):
        model = load_model(name)
        return Classifier(model.graph, model.parameters, model.spec, model.labels)
    try:
        with safetensors.safe_open(name, framework="numpy") as file:
            about = json.loads((file.metadata() or {})["convscope"])
        made, labels = MODELS[about["architecture"]], tuple(about["labels"])
    except (OSError, safetensors.SafetensorError) as error:
        raise BadModelFile(f"{name}: cannot be read as weights ({error})") from error
    except (KeyError, TypeError, ValueError) as error:
        raise BadModelFile(
            f"{name}: does not say which network and classes it is for; wanted a file that train wrote"
        ) from error
    graph = made.build(len(labels))
    return Classifier(graph, load_weights(name, graph), made.spec, labels)


def _print_scores(console: Console, scores: Scores, strangers: Strangers | None) -> None:
    table = Table("class", box=None, pad_edge=False)
    table.add_column("images", justify="right")
    table.add_column("right", justify="right")
    for row in scores.per_class:
        table.add_row(row.name, f"{row.n:,}", f"{row.top1:.1%}")
    console.print(table)
    console.print(f"top-1 {scores.top1:.1%}, top-3 {scores.top3:.1%} of {scores.n:,} images", highlight=False)
    console.print(f"unsure about {scores.unsure:.1%} of them", highlight=False)
    console.print(f"expected calibration error {scores.calibration_error:.1%}, in 15 bins", highlight=False)
    if strangers:
        others = f"{strangers.n:,} images of things it does not know"
        console.print(f"unsure about {strangers.unsure:.1%} of {others}", highlight=False)
        for rule in strangers.rules:
            told = f"{rule.rule}: doubts {rule.doubted:.1%} of right answers, {rule.caught:.1%} of wrong ones"
            console.print(
                f"{told}, believes {rule.believed:.1%} of {rule.strange:,} strange", highlight=False
            )
