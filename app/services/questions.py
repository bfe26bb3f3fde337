"""What is asked of a network about an image, and how the network understands it."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from cnn_core.attributions import (
    Case,
    Method,
    Question,
    ask_channel,
    ask_class,
    ask_pair,
    blurred,
    levels_of,
)
from cnn_core.layers.base import Array
from cnn_core.preprocess import Pixels, to_pixels, to_tensor

from .trace_service import Subject

__all__ = ["Asked", "Inquiry", "Opened", "open_question"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a class, A rather than B, or a channel (its mean, its strongest place, or a place)."""

    of: Literal["class", "pair", "channel"]
    a: int | None = None
    b: int | None = None
    node: str = ""
    channel: int = 0
    place: tuple[int, int] | Literal["mean", "strongest"] = "mean"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question about a subject, and what is wanted to answer it."""

    subject: Subject
    asked: Asked
    methods: tuple[Method, ...]
    films: bool = True
    seeds: int = 3

    @property
    def key(self) -> Hashable:
        """Equal where the same question is put to the same network about the same image."""
        return self.subject.key, self.asked


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """The question as it was understood, with the image the network sees, plain and blurred."""

    case: Case
    asked: Asked
    seen: Pixels
    blurred: Pixels


def open_question(subject: Subject, asked: Asked) -> Opened:
    """Put a question to the network: one pass.

    Raises:
        CnnError: it cannot be asked.
    """
    model = subject.loaded.model
    x = to_tensor(subject.image.pixels, model.spec, subject.crop)
    case, understood = _case(subject, asked, x)
    assert case.records  # the one pass that all methods begin with
    return Opened(case, understood, to_pixels(x, model.spec), to_pixels(blurred(x), model.spec))


def _case(subject: Subject, asked: Asked, x: Array) -> tuple[Case, Asked]:
    """The case, and the question with everything filled in that was left to the network."""
    model = subject.loaded.model
    levels = levels_of(model.spec)

    def case_of(question: Question) -> Case:
        return Case(model.graph, model.parameters, x, question, levels)

    if asked.of == "channel":
        place = None if isinstance(asked.place, str) else asked.place
        case = case_of(ask_channel(model.graph, asked.node, asked.channel, place))
        if asked.place != "strongest":
            return case, asked
        found = _strongest(case.records[asked.node].output[0], asked.channel)
        understood = Asked("channel", node=asked.node, channel=asked.channel, place=found)
        return case_of(ask_channel(model.graph, asked.node, asked.channel, found)), understood
    a = _likeliest(case_of(ask_class(model.graph, 0))) if asked.a is None else asked.a
    if asked.of == "class":
        return case_of(ask_class(model.graph, a)), Asked("class", a=a)
    b = a if asked.b is None else asked.b
    return case_of(ask_pair(model.graph, a, b)), Asked("pair", a=a, b=b)


def _likeliest(case: Case) -> int:
    return int(case.records[case.question.node].output.argmax())


def _strongest(output: Array, channel: int) -> tuple[int, int]:
    if output.ndim < 3:
        return 0, 0
    row, column = np.unravel_index(int(output[channel].argmax()), output.shape[1:])
    return int(row), int(column)
