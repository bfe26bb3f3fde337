"""Networks that come of another one: so far its untrained twin, ``tiny_vgg~untrained-1``."""

from __future__ import annotations

import re
from dataclasses import replace

from cnn_core.comparison import untrained
from cnn_core.models.base import Model

__all__ = ["MARK", "twin_seed", "twinless", "untrained_twin"]

MARK = "~"
"""Stands between the id of a network and what is done to it."""


def twin_seed(name: str) -> tuple[str, int] | None:
    """The network and the seed that the id of an untrained twin names; None for any other id.

    >>> twin_seed("tiny_vgg~untrained-1")
    ('tiny_vgg', 1)
    """
    found = re.fullmatch(r"([^~]+)~untrained-(\d{1,9})", name, re.ASCII)
    return (found[1], int(found[2])) if found else None


def twinless(name: str) -> str:
    """The network that an id is of, whatever is done to it.

    >>> twinless("tiny_vgg~untrained-1")
    'tiny_vgg'
    """
    return name.partition(MARK)[0]


def untrained_twin(model: Model, seed: int) -> Model:
    """The same architecture with the weights a training would begin with."""
    title = f"{model.title}, untrained"
    card = replace(
        model.card,
        title=title,
        data="None: it has seen no picture yet",
        command=f"the id of the network, then {MARK}untrained-{seed}",
        seed=seed,
        epochs=0,
        validation=None,
        notes=f"The architecture of {model.title}, its weights drawn from the seed (He et al. 2015).",
        size_bytes=0,
        hours=0.0,
    )
    fresh = untrained(model.graph, model.parameters, seed)
    return replace(
        model, name=f"{model.name}{MARK}untrained-{seed}", title=title, parameters=fresh, card=card
    )
