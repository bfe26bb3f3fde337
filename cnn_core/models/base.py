"""Trained networks by name: their architecture, their weights, and what is known about them."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import safetensors.numpy

from cnn_core.errors import BadModelFile, UnknownModel
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.preprocess import InputSpec

__all__ = [
    "BORROWED",
    "MODELS",
    "WEIGHTS",
    "Accuracy",
    "Architecture",
    "Card",
    "DoubtErrors",
    "Model",
    "absent_models",
    "card_of",
    "find_architecture",
    "load_card",
    "load_model",
    "load_weights",
    "model_names",
    "register_model",
    "save_card",
    "save_weights",
]

WEIGHTS = Path(__file__).parent / "weights"
"""Where the package keeps ``<name>.safetensors`` and the card beside it, ``<name>.json``."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """A network that can be built, trained and loaded: everything about it but its weights.

    ``build`` takes the number of classes; ``labels`` are those the packaged weights tell apart, in order;
    ``shows`` is what it is here for, in one sentence.
    One with a ``seed`` has no file of weights: they are drawn from it, and were never trained. One with
    ``weights`` gets them from another package, which may not be here: then it has no labels. ``extra`` is
    that of this package which brings it.
    """

    name: str
    title: str
    build: Callable[[int], Graph]
    spec: InputSpec
    labels: tuple[str, ...]
    seed: int | None = None
    shows: str = ""
    weights: Callable[[Graph], dict[str, Array]] | None = None
    extra: str = ""


MODELS: dict[str, Architecture] = {}
"""Every architecture with weights of this package, by name."""

BORROWED: dict[str, Architecture] = {}
"""Those with weights of another package, whether or not it is here."""

Build = Callable[[int], Graph]


def register_model(
    name: str,
    title: str,
    spec: InputSpec,
    labels: tuple[str, ...],
    seed: int | None = None,
    shows: str = "",
    weights: Callable[[Graph], dict[str, Array]] | None = None,
    extra: str = "",
) -> Callable[[Build], Build]:
    """Function decorator: make a builder known as the model ``name``; a name can be taken once."""
    table = MODELS if weights is None else BORROWED

    def register(build: Build) -> Build:
        if taken := MODELS.get(name) or BORROWED.get(name):
            raise ValueError(f"model {name!r} is already registered as {taken.title!r}")
        table[name] = Architecture(name, title, build, spec, labels, seed, shows, weights, extra)
        return build

    return register


def model_names() -> tuple[str, ...]:
    """The models ``load_model`` can load, in the order of registration, those with borrowed weights last."""
    return (*MODELS, *(name for name, made in BORROWED.items() if made.labels))


def absent_models() -> tuple[Architecture, ...]:
    """Those whose weights are in another package that is not here; the extra of their name brings it."""
    return tuple(made for made in BORROWED.values() if not made.labels)


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Share of ``n`` images whose class came first, or among the first three; ``split`` says which images.

    ``calibration_error`` is the expected one in 15 bins (Guo et al. 2017); None where nobody measured it.
    """

    top1: float
    top3: float
    n: int
    split: str
    calibration_error: float | None = None


@dataclass(frozen=True, slots=True)
class DoubtErrors:
    """How often a rule of doubt errs: ``entropy``, or ``second opinion`` of a network that knows more.

    Of ``known`` images, those of the network's own classes, it calls unsure the share ``doubted`` of answers
    that are right and ``caught`` of those that are wrong; ``believed`` is the share of ``strange`` images, of
    other things, that it lets pass.
    """

    rule: str
    doubted: float
    caught: float
    believed: float
    known: int
    strange: int


@dataclass(frozen=True, slots=True)
class Card:
    """What someone needs to know before trusting the weights, and to make them again.

    ``command`` repeats the training, which took ``hours`` (on two cores, unless ``notes`` say otherwise);
    ``macs`` are multiply-adds an image, ``size_bytes`` is that of the file of weights; ``validation`` is None
    for weights that nobody measured, ``doubts`` are empty where nobody measured how its doubt errs.
    """

    title: str
    architecture: str
    data: str
    licence: str
    command: str
    seed: int
    epochs: int
    validation: Accuracy | None = None
    notes: str = ""
    parameters: int = 0
    macs: int = 0
    size_bytes: int = 0
    hours: float = 0.0
    doubts: tuple[DoubtErrors, ...] = ()


@dataclass(frozen=True, slots=True)
class Model:
    """A network with weights, ready to run."""

    name: str
    title: str
    graph: Graph
    parameters: Params
    labels: tuple[str, ...]
    spec: InputSpec
    card: Card

    def __repr__(self) -> str:
        """What it is, without its numbers."""
        parameters = self.graph.total_cost().parameters
        return f"<Model {self.name!r}: {self.graph!r}, {parameters:,} parameters, {len(self.labels)} classes>"


def load_model(name: str) -> Model:
    """A model of this package with its trained weights.

    Raises:
        UnknownModel: there is none of that name; the message lists those there are.
        BadModelFile: its weights or its card are missing or damaged.
    """
    made = find_architecture(name)
    graph = made.build(len(made.labels))
    if made.weights is not None:
        parameters = made.weights(graph)
    elif made.seed is None:
        parameters = load_weights(WEIGHTS / f"{name}.safetensors", graph)
    else:
        parameters = graph.init(np.random.default_rng(made.seed))
    return Model(name, made.title, graph, parameters, made.labels, made.spec, card_of(name))


def find_architecture(name: str) -> Architecture:
    """The architecture of that name.

    Raises:
        UnknownModel: there is none; the message lists those there are.
    """
    found = MODELS.get(name) or BORROWED.get(name)
    if found is None:
        raise UnknownModel(f"no model {name!r}; models: {', '.join(model_names())}")
    return found


def card_of(name: str) -> Card:
    """The card of a model of this package; its weights are not touched, its graph is not built.

    Raises:
        UnknownModel: there is none of that name.
        BadModelFile: the card is missing or damaged.
    """
    return load_card(WEIGHTS / f"{find_architecture(name).name}.json")


def load_weights(path: str | os.PathLike[str], graph: Graph) -> dict[str, Array]:
    """The parameters of a graph from a safetensors file, as float32.

    Raises:
        BadModelFile: the file is missing, damaged, or holds other parameters than the graph wants.
    """
    data = _read(Path(path), "a safetensors file of weights")
    try:
        loaded = safetensors.numpy.load(data)
    except Exception as error:  # a damaged file surfaces as whatever its parser tripped over
        raise BadModelFile(f"{path}: wanted a safetensors file, this is none or damaged ({error})") from error
    with np.errstate(over="ignore"):  # beyond float32 becomes infinite, which the check refuses by name
        parameters = {
            key: value.astype(np.float32) if np.issubdtype(value.dtype, np.floating) else value
            for key, value in loaded.items()
        }
    graph.check_parameters(parameters, what=str(path))
    return {key: parameters[key] for key in graph.parameter_shapes()}


def save_weights(
    path: str | os.PathLike[str], parameters: Params, metadata: Mapping[str, str] | None = None
) -> None:
    """Write parameters as safetensors; the file appears whole or not at all.

    The numbers are written in the type they have; ``metadata`` goes into the file's header.
    """
    whole = {key: np.ascontiguousarray(value) for key, value in parameters.items()}
    _write(Path(path), safetensors.numpy.save(whole, dict(metadata or {})))


def load_card(path: str | os.PathLike[str]) -> Card:
    """The card of a model from its JSON file.

    Raises:
        BadModelFile: the file is missing, no JSON, or lacks or adds a field.
    """
    data = _read(Path(path), "the card of the weights beside it")
    try:
        entries = json.loads(data)
        validation, doubts = entries.pop("validation", None), entries.pop("doubts", [])
        optional = {"validation", "doubts"}
        if missing := [
            name for name in (field.name for field in fields(Card)) if name not in {*entries, *optional}
        ]:
            raise TypeError(f"no {', '.join(missing)}")
        _check_types(Card, entries)
        if validation is not None:
            _check_types(Accuracy, validation)
        for each in doubts:
            _check_types(DoubtErrors, each)
        return Card(
            **entries,
            validation=None if validation is None else Accuracy(**validation),
            doubts=tuple(DoubtErrors(**each) for each in doubts),
        )
    except (ValueError, TypeError, AttributeError) as error:
        wanted = ", ".join(field.name for field in fields(Card))
        raise BadModelFile(f"{path}: wanted a JSON object of {wanted} ({error})") from error


def _check_types(record: type, entries: Mapping[str, Any]) -> None:
    """JSON numbers and texts where the record's fields are numbers and texts, else a TypeError."""
    allowed: dict[Any, tuple[str, Any]] = {
        str: ("text", str),
        int: ("a whole number", int),
        float: ("a number", int | float),
        float | None: ("a number or null", int | float | None),
    }
    for name, hint in get_type_hints(record).items():
        wanted, types = allowed.get(hint, ("", object))
        if name in entries and not isinstance(entries[name], types):
            raise TypeError(f"{name} must be {wanted}, got {entries[name]!r}")


def save_card(path: str | os.PathLike[str], card: Card) -> None:
    """Write a card as JSON; the file appears whole or not at all."""
    _write(Path(path), (json.dumps(asdict(card), indent=2, ensure_ascii=False) + "\n").encode())


def _read(path: Path, wanted: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadModelFile(f"{path}: wanted {wanted}, cannot read it ({error.strerror})") from error


def _write(path: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a crash leaves the old file or the new one."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.chmod(file.name, 0o644)  # a temporary file is readable by its owner alone
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
