"""What a method of attribution is: parameters that explain a case, and the registry of all of them.

An attribution says how much each pixel of an image has to do with one value of a network. Methods differ in
what they mean by that; each says so in its docstring.
"""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np

from cnn_core.attributions.case import Case
from cnn_core.errors import BadInput, UnsupportedOperator
from cnn_core.layers.base import Array

__all__ = [
    "METHODS",
    "Attribution",
    "Method",
    "Progress",
    "Promise",
    "Steps",
    "check_least",
    "finish",
    "method_from",
    "register_method",
]


@dataclass(frozen=True, slots=True)
class Progress:
    """Passes done, of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Promise:
    """What a map says it adds up to: the value, less ``parts`` that belong to no pixel, each by its name."""

    goal: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Attribution:
    """A map of an image: positive where a pixel speaks for the value, negative where against.

    ``spread`` is the standard error of each pixel, where a method draws; ``layer`` is that whose maps it
    shows; ``around`` is what was taken off every pixel, so that the map lies around zero.

    Shape:
        map, spread: ``(H, W)``.
    """

    map: Array
    passes: int
    promise: Promise | None = None
    spread: Array | None = None
    layer: str | None = None
    around: float = 0.0
    ledger: tuple[tuple[str, float, float], ...] = field(default=())
    """Of LRP: node by node, what is still on its way down, and what biases have kept so far."""

    @property
    def total(self) -> float:
        """The sum of the map, in float64."""
        return float(self.map.sum(dtype=np.float64))

    @property
    def residual(self) -> float | None:
        """What is missing from the promised sum; None where nothing is promised."""
        return None if self.promise is None else self.promise.goal - self.total


Steps = Generator[Progress, None, Attribution]
"""Says how far it is after each pass, and returns the attribution; closing it ends the work."""


@dataclass(frozen=True)
class Method(ABC):
    """Base of every method: subclasses are frozen dataclasses of parameters that check themselves."""

    name: ClassVar[str]
    title: ClassVar[str]
    costly: ClassVar[bool] = False
    """Whether it takes many passes: whoever shows several methods begins with the others."""

    @abstractmethod
    def explain(self, case: Case) -> Steps:
        """The attribution of a case, pass by pass.

        Raises:
            UnsupportedOperator: the method has no rule for a node, see ``obstacle``.
        """

    def obstacle(self, case: Case) -> str | None:
        """Why the method cannot explain this case, by the node that stands in its way; None if it can."""
        return None

    def quick(self) -> Method:
        """The same with fewer passes: what a check that repeats it many times uses."""
        return self

    def options(self) -> dict[str, Any]:
        """The parameters as plain values; ``method_from(name, options)`` brings the method back."""
        return {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}

    def refuse(self, case: Case) -> None:
        """Raise what stands in the way, if anything does.

        Raises:
            UnsupportedOperator: something does.
        """
        if (obstacle := self.obstacle(case)) is not None:
            raise UnsupportedOperator(obstacle)


METHODS: dict[str, type[Method]] = {}
"""Every method by name, in the order in which pages and tables show them."""

_M = TypeVar("_M", bound=type[Method])
T = TypeVar("T")


def register_method(name: str, title: str) -> Callable[[_M], _M]:
    """Class decorator: make a method known as ``name``; a name can be taken once."""

    def register(cls: _M) -> _M:
        if name in METHODS:
            raise ValueError(f"method {name!r} is already {METHODS[name].__name__}")
        cls.name, cls.title = name, title
        METHODS[name] = cls
        return cls

    return register


def method_from(name: str, options: Mapping[str, Any] | None = None) -> Method:
    """A method by its name, with its usual parameters but for those given.

    >>> method_from("smooth_grad", {"copies": 8})
    SmoothGrad(copies=8, sigma=0.15, seed=0)

    Raises:
        UnsupportedOperator: no such method, or a parameter it does not have.
        BadInput: a parameter it cannot work with.
    """
    if name not in METHODS:
        raise UnsupportedOperator(f"no method {name!r}; methods: {', '.join(METHODS)}")
    known = {f.name: f for f in dataclasses.fields(METHODS[name])}
    if extra := sorted(set(options or {}) - set(known)):
        raise UnsupportedOperator(f"{name}: unknown {extra[0]!r}; known: {', '.join(known) or 'none'}")
    return METHODS[name](**dict(options or {}))


def finish(steps: Generator[Progress, None, T]) -> T:
    """Let a method, or a film, run to its end; what it returns."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: T = done.value
            return found


def check_least(method: str, **numbers: tuple[float, float]) -> None:
    """Hold parameters, given as (value, least), against the least allowed.

    Raises:
        BadInput: one is smaller, or no number.
    """
    for name, (value, least) in numbers.items():
        if not isinstance(value, int | float) or not value >= least:
            raise BadInput(f"{method}: {name} must be at least {least}, got {value!r}")
