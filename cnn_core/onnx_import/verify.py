"""Is an imported network the one in the file? Both compute the same picture, and every layer is compared.

Our side is the compiled plan, whose values are what is shown; the other side is a program that other people
wrote. ``apart.py`` does it in a process of its own, within limits: a stranger's file may ask for anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from cnn_core.graph.graph import Graph
from cnn_core.input_spec import InputSpec
from cnn_core.layers.base import Array, Params
from cnn_core.onnx_import.engines import Engine, installed_engines
from cnn_core.onnx_import.values import Order
from cnn_core.ops.rearrange import rearrange
from cnn_core.preprocess import to_tensor
from cnn_core.runtime import run_compiled

__all__ = ["TOLERANCE", "Difference", "Verification", "verification_input", "verify"]

TOLERANCE = 1e-4
"""Layers that differ by more than this share of their scale do not compute the same, or where the file
computes with shorter numbers, by more than ``STEPS`` of theirs..."""

STEPS = 8
"""...so many steps from 1 to the next number of that type..."""

INHERITED = 100.0
"""...unless what they read differs already, and they by no more than so many times as much..."""

MOST = 1e-2
"""...but never by more than this, or four times what shorter numbers are allowed."""

SMALLEST = 4.8e-3
"""Scale, at least, of a layer whose values lie between 0 and 1 or -1 and 1 by its own formula: other programs
compute what is far from 1 there to a few steps of 1 alone; 4 of float32's are a ten thousandth of this."""

CHUNK = 1 << 16
"""Values compared at a time: so many stay near the processor."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one layer is from the other side's, as a share of the largest absolute value there."""

    node: str
    size: float


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison found.

    ``engine`` names the other program and its version. ``compared`` of ``layers`` were reached; ``largest``
    is the largest difference among those before the first one beyond ``TOLERANCE``, which is ``disagrees``.
    ``failure`` says why no more were compared. ``numbers`` is the shortest type of numbers that the
    file computes with.
    """

    engine: str
    layers: int
    compared: int = 0
    largest: Difference | None = None
    disagrees: Difference | None = None
    failure: str = ""
    numbers: str = "float32"

    @property
    def allowed(self) -> float:
        """The largest share of its scale by which a layer may differ of itself."""
        return max(TOLERANCE, STEPS * _STEP.get(self.numbers, 0.0))

    @property
    def verified(self) -> bool:
        """Whether every layer was compared and none disagrees."""
        return self.disagrees is None and not self.failure and self.compared == self.layers > 0

    @property
    def sentence(self) -> str:
        """The finding, for people."""
        if self.disagrees:
            return (
                f"not verified: layer {self.disagrees.node!r} is the first that disagrees with "
                f"{self.engine}, by {self.disagrees.size:.1e} of its largest value{self._short()}"
            )
        if self.largest is None:
            return f"not verified: {self.failure or 'there was no layer to compare'}"
        found = f"by {self.engine}: largest difference {self.largest.size:.1e} of a layer's largest value"
        if self.verified:
            layers = "layer" if self.compared == 1 else "layers"
            return f"verified {found}, in {self.compared} {layers}{self._short()}"
        return (
            f"verified in part {found}, in {self.compared} of {self.layers} layers; "
            f"the others were not compared: {self.failure}"
        )

    def _short(self) -> str:
        """What is said of the tolerance where the file's numbers are shorter than those here."""
        if self.allowed == TOLERANCE:
            return ""
        return f" (the file computes with {self.numbers}, so {self.allowed:.0e} is allowed)"

    def to_config(self) -> dict[str, Any]:
        """The finding as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Verification:
        """The inverse of ``to_config``."""
        told = {name: Difference(**found) for name, found in config.items() if isinstance(found, dict)}
        return cls(**{**config, **told})


_STEP = {"float16": 2.0**-10, "bfloat16": 2.0**-7}
"""From 1 to the next number, where that is more than float32's."""

_BOUNDED = frozenset({"sigmoid", "hard_sigmoid", "softmax", "tanh"})


def verification_input(spec: InputSpec, seed: int = 0) -> Array:
    """What both sides compute: coarse and fine noise as a picture, scaled as the network wants it.

    Shape:
        result: float32 ``(1, spec.channels, spec.height, spec.width)``.
    """
    rng = np.random.default_rng(seed)
    size = (spec.height, spec.width)
    coarse = rng.integers(0, 256, (-(-size[0] // 8), -(-size[1] // 8), spec.channels))
    spread = coarse.repeat(8, axis=0).repeat(8, axis=1)[: size[0], : size[1]]
    fine = rng.integers(0, 256, (*size, spec.channels))
    return to_tensor(((spread * 3 + fine) // 4).astype(np.uint8), spec)


def verify(
    data: bytes,
    graph: Graph,
    parameters: Params,
    sources: Mapping[str, str],
    x: Array,
    *,
    fed: Array | None = None,
    orders: Mapping[str, Order] = MappingProxyType({}),
    engines: Sequence[Engine] | None = None,
    told: Callable[[Verification], object] = lambda _: None,
) -> Verification:
    """Compare every layer of an imported network, as its compiled plan computes it, with what the file says.

    ``sources`` names for a node the tensor of the file that it computes; a node without one, being a part of
    an operator, is not compared. ``orders`` says where the file has a node's axes in another order. ``fed``
    is the input as the file wants it, if not x itself. The first of the ``engines``, by default those
    installed, that can run the file is the one compared with. ``told`` hears what is known after each layer.

    Shape:
        x: as the graph's input.
    """
    fed = x if fed is None else fed
    images = len(fed) if fed.ndim == x.ndim else 1
    nodes = {tensor: name for name, tensor in sources.items() if name in graph and graph[name].inputs}
    outputs = {
        record.node.name: _as_in_file(record.output, orders.get(record.node.name))
        for record in run_compiled(graph, parameters, x)
    }
    found = Verification("another program", len(nodes))
    for engine in installed_engines() if engines is None else engines:
        found = Verification(engine.title, len(nodes))
        told(found)
        try:
            sizes: dict[str, float] = {}
            for tensor, made in engine.tensors(data, fed, frozenset(nodes)):
                node, theirs = graph[nodes[tensor]], np.asarray(made)
                found = found if theirs.dtype.name not in _STEP else replace(found, numbers=theirs.dtype.name)
                least = SMALLEST if node.layer.kind in _BOUNDED else 0.0
                sizes[node.name] = _difference(outputs[node.name], theirs, images, least)
                inherited = max((sizes.get(source, 0.0) for source in node.inputs), default=0.0)
                found = _with(found, Difference(node.name, sizes[node.name]), inherited)
                told(found)
                if found.disagrees:
                    return found
            return found
        except _NothingFinite:
            return replace(
                found, failure=f"layer {node.name!r} is NaN or infinite everywhere, here and there"
            )
        except MemoryError:
            raise
        except Exception as error:  # whatever the other side trips over, it is no finding about this one
            reason = f"{type(error).__name__}: {str(error)[:200]}"
            found = replace(found, failure=f"{engine.title} cannot run this file ({reason})")
    return found


def _as_in_file(output: Array, order: Order | None) -> Array:
    """An output with its axes in the order in which the file has them."""
    if order is None:
        return output
    return rearrange(output, order.split, order.order, tuple(order.split[axis] for axis in order.order))


def _with(found: Verification, layer: Difference, inherited: float) -> Verification:
    """The finding with one layer more, whose inputs differ by ``inherited`` at most."""
    found = replace(found, compared=found.compared + 1)
    own = found.allowed
    if not layer.size <= min(max(own, INHERITED * inherited), max(MOST, 4 * own)):
        return replace(found, disagrees=layer)
    return replace(found, largest=max(found.largest or layer, layer, key=lambda each: each.size))


class _NothingFinite(Exception):
    """A layer without a number that could be compared."""


def _difference(ours: Array, theirs: Array, images: int, least: float = 0.0) -> float:
    """Share of the largest absolute value, or of ``least`` if that is more.

    Infinite where the shapes or what is undefined differ.

    Where the file wants several images they are all the same: the first is compared.

    Raises:
        _NothingFinite: both are NaN or infinite everywhere, in the same way.
    """
    if images > 1 and theirs.size == images * ours.size:
        theirs = theirs.reshape(images, -1)[0]
    if ours.size != theirs.size:
        return np.inf
    mine, other = ours.reshape(-1), theirs.reshape(-1)
    scale = distance = 0.0
    seen = False
    for first in range(0, mine.size, CHUNK):
        part = slice(first, first + CHUNK)
        here, apart = _finite_part(mine[part], other[part]) or _part(mine[part], other[part])
        seen = seen or here >= 0
        scale, distance = max(scale, here), max(distance, apart)
    if distance == np.inf:
        return np.inf
    if not seen:
        raise _NothingFinite
    scale = max(scale, least)
    return distance / scale if scale else distance


def _finite_part(one: Array, two: Array) -> tuple[float, float] | None:
    """Largest absolute value of two and largest difference; None where something is not finite.

    What differs little is subtracted without error in the numbers as they are (Sterbenz 1974).
    """
    wide = two.astype(np.float32) if two.dtype.itemsize < 4 else two
    with np.errstate(all="ignore"):
        apart = np.subtract(one, wide)
        found = max(float(wide.max()), -float(wide.min())), max(float(apart.max()), -float(apart.min()))
    return found if all(map(np.isfinite, found)) else None


def _part(one: Array, two: Array) -> tuple[float, float]:
    """The same where some values are not finite: those must be the same; -1 where nothing else is there."""
    one, two = one.astype(np.float64), two.astype(np.float64)
    finite = np.isfinite(two)
    if not np.array_equal(one[~finite], two[~finite], equal_nan=True) or not np.isfinite(one[finite]).all():
        return 0.0, np.inf
    if not finite.any():
        return -1.0, 0.0
    return float(np.abs(two[finite]).max()), float(np.abs(one[finite] - two[finite]).max())
