"""How unsure a network is of its answer: two rules that are measured, not felt.

A classifier shares all its probability among the classes it knows, whatever it is shown. How evenly it does
so says something about whether it has seen the like: Hendrycks & Gimpel (2017), section 3, measure a rule of
this kind. More is said by a second network that knows many things: how much of its probability falls on the
names that the first one knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "STRANGE_BELOW",
    "SYNONYMS",
    "UNSURE_ABOVE",
    "Doubt",
    "SecondOpinion",
    "counterparts",
    "doubt",
    "second_opinion",
]

UNSURE_ABOVE = 0.55
"""Relative entropy from which an answer counts as unsure.

Measured with ``tiny_vgg`` on photographs it was never trained on, with ``convscope evaluate tiny_vgg DATA
--holdout 50 --unknown``: it calls 19 % of 500 of its own ten classes unsure, and 64 % of 500 of ten others.
The bound was chosen on these photographs, with earlier weights.
"""

STRANGE_BELOW = 0.006
"""Probability of a second network on all names that the first knows, below which the picture is strange.

Chosen where both errors are equal, 7 %, on 250 photographs of ``tiny_vgg``'s classes and 250 of others, 64
pixels wide, with ``efficientnet_lite0``. Of 500 and 500 more (``convscope evaluate tiny_vgg DATA --holdout
50 --unknown``) it doubts 9 % of those that are known and lets 7 % of the others pass.
"""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "red panda": ("lesser panda",),
    "lighthouse": ("beacon",),
    "monarch butterfly": ("monarch",),
    "tabby cat": ("tabby", "tiger cat", "Egyptian cat"),
}
"""What other networks, those of ImageNet's names first, call the same thing."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """How probability is spread over the classes.

    ``entropy`` is relative: 0 where one class has everything, 1 where all have the same. ``margin`` is the
    distance between the two likeliest.
    """

    entropy: float
    margin: float

    @property
    def unsure(self) -> bool:
        """Whether the picture may well show nothing that the network knows."""
        return self.entropy > UNSURE_ABOVE


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """What a second network makes of the picture.

    ``mass`` is the probability it puts on all classes that the first one knows, ``best`` the number of its
    likeliest class, ``probability`` what that one gets; ``same`` is the number of that class among those of
    the first network, None where that one does not know it.
    """

    mass: float
    best: int
    probability: float
    same: int | None

    @property
    def unsure(self) -> bool:
        """Whether the picture may well show nothing that the first network knows."""
        return self.mass < STRANGE_BELOW


def doubt(probabilities: NDArray[np.floating]) -> Doubt:
    """Doubt of one answer.

    Shape:
        probabilities: any, of at least one element; they add up to 1.
    """
    values = probabilities.astype(np.float64).reshape(-1)
    some = values[values > 0]
    most = np.log(values.size) if values.size > 1 else 1.0
    first, second = np.sort(np.append(values, 0.0))[-1:-3:-1]
    # adding zero turns the -0.0 of a certain answer into 0.0
    return Doubt(entropy=float(-(some * np.log(some)).sum() / most + 0.0), margin=float(first - second))


def counterparts(labels: Sequence[str], names: Sequence[str]) -> tuple[tuple[int, ...], ...] | None:
    """Of every label the places of its own name and of its synonyms among ``names``.

    None where a label has no counterpart: what a second network knows less of, it cannot judge.

    >>> counterparts(["red_panda", "orange"], ["tiger", "orange", "lesser panda"])
    ((2,), (1,))
    >>> counterparts(["red_panda", "unicorn"], ["tiger", "lesser panda"])
    """
    places = {_plain(name): place for place, name in enumerate(names)}
    found = []
    for label in labels:
        called = (label, *SYNONYMS.get(_plain(label), ()))
        found.append(tuple(places[_plain(name)] for name in called if _plain(name) in places))
    return tuple(found) if found and all(found) else None


def _plain(name: str) -> str:
    return name.replace("_", " ").strip().lower()


def second_opinion(probabilities: NDArray[np.floating], known: Sequence[Sequence[int]]) -> SecondOpinion:
    """The opinion of a network that gives these probabilities; ``known`` as ``counterparts`` tells them.

    Shape:
        probabilities: any, of as many elements as the second network has classes; they add up to 1.
    """
    values = probabilities.astype(np.float64).reshape(-1)
    owner = {place: label for label, places in enumerate(known) for place in places}
    best = int(values.argmax())
    mass = float(values[list(owner)].sum())
    return SecondOpinion(mass, best, float(values[best]), owner.get(best))
