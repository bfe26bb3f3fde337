"""What is known of a model beside its layers and weights; of one that was brought it is kept in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cnn_core.graph.answer import AnswerKind
from cnn_core.input_spec import InputSpec
from cnn_core.models.base import BORROWED, MODELS, Architecture, Card, Model

__all__ = [
    "Choices",
    "Finding",
    "Imported",
    "ModelEntry",
    "ModelRecord",
    "Output",
    "entry_of",
    "packaged",
]


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person says of a file; None leaves it to the file.

    ``name`` is the title it gets, ``labels`` its classes, ``scaling`` a name of ``SCALINGS``, ``size`` height
    and width where the file leaves them open, ``card`` what is known of its training, ``output`` which of the
    file's outputs is the answer, ``reading`` what that is read as.
    """

    name: str | None = None
    labels: tuple[str, ...] | None = None
    scaling: str | None = None
    size: tuple[int, int] | None = None
    card: Card | None = None
    output: str | None = None
    reading: AnswerKind | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What comparing a network with its file has found; ``pending``: it has still to be compared.

    ``program`` is the other program and its version; empty where none has computed anything.
    """

    verified: bool = False
    sentence: str = "not compared yet with what another program computes from the same file"
    pending: bool = False
    program: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """One output of a file: its name, the shape for one picture, and what it looks like."""

    name: str
    shape: tuple[int, ...]
    kind: AnswerKind


@dataclass(frozen=True, slots=True)
class Imported:
    """Where an imported network comes from, and whether it computes what its file says.

    ``notes`` say what the file leaves open or an exporter has changed; ``scaling`` names the convention of
    its input, None where it has numbers of its own; ``free`` are sizes the file leaves open, as taken.
    ``output_kind`` is what the answer is read as, ``output`` its name among the file's ``outputs``.
    """

    finding: Finding
    notes: tuple[str, ...]
    scaling: str | None
    output_kind: AnswerKind
    free: Mapping[str, int]
    file_bytes: int
    output: str = ""
    outputs: tuple[Output, ...] = ()

    @property
    def is_distribution(self) -> bool:
        """Whether the answer's shares add up to one."""
        return self.output_kind == "classes"


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A model in short; ``imported`` is None for those of the package."""

    name: str
    title: str
    labels: tuple[str, ...]
    spec: InputSpec
    card: Card
    shows: str = ""
    imported: Imported | None = None


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """What is kept beside a file: the network in short, and what a person chose."""

    entry: ModelEntry
    choices: Choices


def packaged(made: Architecture, card: Card) -> ModelEntry:
    """A model of the package, told by its card alone: no weights are read."""
    return ModelEntry(made.name, made.title, made.labels, made.spec, card, made.shows)


def entry_of(model: Model, imported: Imported | None = None) -> ModelEntry:
    """A model that is loaded, its parameters and multiply-adds counted."""
    cost = model.graph.total_cost()
    card = replace(model.card, parameters=cost.parameters, macs=cost.macs)
    made = MODELS.get(model.name) or BORROWED.get(model.name)
    shows = made.shows if made else ""
    return ModelEntry(model.name, model.title, model.labels, model.spec, card, shows, imported)
