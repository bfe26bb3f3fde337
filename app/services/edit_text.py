"""Edits as they stand in an address: compact, read strictly, refused in sentences.

``edit`` is one or more edits joined by ``;``, each of them ``node:what:which:value:region``:

=======================================  ==========================================================
``conv_1_1:weight:2,0:0,0,0,0,1,...``    a kernel: output channel 2 from input 0, row by row
``conv_1_1:weight:2,0,1,1:0.5``          one number of it; ``output:weight:3:...`` a class's row
``conv_1_1:bias:2:0.5``                  any other parameter, by its name
``conv_1_1:scale:2:1.5``                 weights and bias of a channel times a factor
``relu_1_1:mute:2,5``                    channels to 0; ``*`` all of them
``relu_1_1:fill:2:0.25:3,4,10,12``       a number; in rows 3 to 10, columns 4 to 12, ends left out;
                                         in several such places, joined by ``_``
``relu_1_1:replace:2:1,2,...:3,4,5,6``   numbers, channel by channel, row by row
``relu_1_1:patch:*:IMAGE,40,0,400``      what the layer gives for another image (and crop)
``conv_1_1:swap:2,5``                    two channels
=======================================  ==========================================================

Names are percent-encoded as in addresses. An edit after ``!`` is kept and not made.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import get_args
from urllib.parse import unquote

import numpy as np

from cnn_core.errors import BadInput
from cnn_core.graph.edits import Edit, Operation, Region
from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array

__all__ = ["MOST_EDITS", "MOST_TEXT", "Patch", "read_edits"]

MOST_EDITS = 64
MOST_TEXT = 60_000
"""Letters of all edits together; an address has far fewer."""

_MOST_SHOWN = 60
_NUMBER = re.compile(r"[-+]?(\d{1,20}(\.\d{0,20})?|\.\d{1,20})([eE][-+]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Patch:
    """Channels of a layer, or a region of them, as they are for another image."""

    node: str
    channels: tuple[int, ...]
    region: Region | None
    image: str
    crop: list[int] | None

    def made(self, output: Array) -> Edit:
        """The edit, once the layer's output ``(C, H, W)`` for that image is known.

        Raises:
            BadInput: a channel or the region lies outside of it.
        """
        edit = Edit(self.node, "replace", self.channels, 0.0, region=self.region)
        if any(channel >= len(output) for channel in self.channels):
            raise BadInput(f"{edit}: index must be 0 to {len(output) - 1}, got {max(self.channels)}")
        chosen = output[list(self.channels)] if self.channels else output
        if self.region is not None:
            box = self.region
            chosen = chosen[:, box.top : box.bottom, box.left : box.right]
        return replace(edit, value=np.array(chosen))


def read_edits(text: str, graph: Graph) -> list[Edit | Patch | None]:
    """The edits of a text, in order; None for one that is switched off.

    Raises:
        BadInput: one of them cannot be read; the message says which and what was wanted.
    """
    if len(text) > MOST_TEXT:
        raise BadInput(f"edits may have {MOST_TEXT:,} letters together, got {len(text):,}")
    parts = text.split(";")
    if len(parts) > MOST_EDITS:
        raise BadInput(f"wanted {MOST_EDITS} edits at most, got {len(parts)}")
    return [_read(part, graph, f"edit {at} of {len(parts)}") for at, part in enumerate(parts, 1)]


def _read(text: str, graph: Graph, which: str) -> Edit | Patch | None:
    off, text = text.startswith("!"), text.removeprefix("!")
    shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
    fields = text.split(":")
    if not 3 <= len(fields) <= 5:
        raise BadInput(
            f"{which}, {shown!r}: wanted node:what:which:value:region, the last two where they are needed"
        )
    node, what = unquote(fields[0]), unquote(fields[1])
    value, region = [*fields[3:], "", ""][:2]
    try:
        found = _edit(node, what, _indices(fields[2]), value, _regions(region), graph)
    except BadInput as error:
        raise BadInput(f"{which}, {shown!r}: {error}") from error
    return None if off else found


def _edit(
    node: str, what: str, chosen: tuple[int, ...], value: str, places: tuple[Region, ...], graph: Graph
) -> Edit | Patch:
    if node not in graph:
        raise BadInput(f"no node {node!r}; nodes: {', '.join(each.name for each in graph)}")
    if what == "fill":
        return Edit(node, "fill", chosen, float(_numbers(value, ())), region=places or None)
    if len(places) > 1:
        raise BadInput(f"only fill takes several regions, {what} got {len(places)}")
    region = places[0] if places else None
    if what == "patch":
        image, *crop = value.split(",")
        if len(crop) not in (0, 3) or not all(re.fullmatch(r"-?\d{1,9}", each, re.ASCII) for each in crop):
            raise BadInput("a patch wants an image, or an image and its crop: left,top,width")
        return Patch(node, chosen, region, image, [int(each) for each in crop] or None)
    shape = graph.shapes[node][1:]
    if what == "replace":
        if region is not None and len(shape) == 3:
            shape = (shape[0], max(region.bottom - region.top, 0), max(region.right - region.left, 0))
        values = _numbers(value, (len(chosen) or shape[0], *shape[1:]))
        return Edit(node, "replace", chosen, values, region=region)
    if what in get_args(Operation) and what != "set":
        number = None if what in ("mute", "swap") and not value else float(_numbers(value, ()))
        return Edit(node, what, chosen, number, region=region)  # type: ignore[arg-type]
    shapes = graph.parameter_shapes()
    wanted = shapes.get(f"{node}.{what}")
    if wanted is None:
        own = [name.rpartition(".")[2] for name in shapes if name.rpartition(".")[0] == node]
        known = [*own, *(each for each in get_args(Operation) if each != "set"), "patch"]
        raise BadInput(f"wanted one of {', '.join(known)}, got {what!r}")
    return Edit(node, "set", chosen, _numbers(value, wanted[len(chosen) :]), what, region)


def _numbers(text: str, shape: Sequence[int]) -> Array:
    """As many numbers as the shape has, or one for all of them."""
    words = text.split(",")
    for word in words:
        if not _NUMBER.fullmatch(word):
            raise BadInput(f"wanted finite numbers joined by commas, got {word[:_MOST_SHOWN]!r}")
    if len(words) not in (1, prod(shape)):
        raise BadInput(f"wanted {prod(shape)} numbers {tuple(shape)}, got {len(words)}")
    values = np.array([float(word) for word in words], np.float64)
    return np.broadcast_to(values.reshape(shape) if len(words) == prod(shape) else values[0], shape).copy()


def _indices(text: str) -> tuple[int, ...]:
    if text == "*":
        return ()
    if not re.fullmatch(r"\d{1,6}(,\d{1,6})*", text, re.ASCII):
        raise BadInput(
            f"which must be whole numbers joined by commas, or * for all, got {text[:_MOST_SHOWN]!r}"
        )
    return tuple(int(each) for each in text.split(","))


def _regions(text: str) -> tuple[Region, ...]:
    return tuple(_region(each) for each in text.split("_")) if text else ()


def _region(text: str) -> Region:
    if not re.fullmatch(r"\d{1,6}(,\d{1,6}){3}", text, re.ASCII):
        raise BadInput(f"a region must be top,left,bottom,right, got {text[:_MOST_SHOWN]!r}")
    return Region(*(int(each) for each in text.split(",")))
