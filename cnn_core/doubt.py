"""How unsure a network is of its answer: two rules that are measured, not felt.

A classifier shares all its probability among the classes it knows, whatever it is shown. How evenly it does
so says something about whether it has seen the like: Hendrycks & Gimpel (2017), section 3, measure a rule of
this kind. More is said by a second network that knows many things: how much of its probability falls on the
very name that the first one gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "SYNONYMS",
    "UNLIKELY_BELOW",
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

UNLIKELY_BELOW = 0.008
"""Probability of a second network on the name that the first gives, below which that name is doubted.

Chosen on half of the photographs of ``docs/doubt.md``, for all packaged networks at once, so that one right
answer in ten is doubted; on the other half 6 to 10.5 % are, and 7 to 11 % of strangers pass.
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

    ``support`` is the probability it puts on the class that the first one names, ``best`` the number of its
    likeliest class, ``probability`` what that one gets; ``same`` is the number of that class among those of
    the first network, None where that one does not know it.
    """

    support: float
    best: int
    probability: float
    same: int | None

    @property
    def unsure(self) -> bool:
        """Whether the picture may well show something else than the first network says."""
        return self.support < UNLIKELY_BELOW


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


def second_opinion(
    probabilities: NDArray[np.floating], known: Sequence[Sequence[int]], named: int
) -> SecondOpinion:
    """The opinion of a network that gives these probabilities, on the class that the first one ``named``.

    ``known`` as ``counterparts`` tells them.

    Shape:
        probabilities: any, of as many elements as the second network has classes; they add up to 1.
    """
    values = probabilities.astype(np.float64).reshape(-1)
    owner = {place: label for label, places in enumerate(known) for place in places}
    best = int(values.argmax())
    support = float(values[list(known[named])].sum())
    return SecondOpinion(support, best, float(values[best]), owner.get(best))
