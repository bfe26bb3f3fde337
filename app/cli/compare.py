"""``convscope compare``: two networks on the same photos, layer by layer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from cnn_core.comparison import NetworkDifference, Pair, compare, corresponding, unmatched
from cnn_core.errors import BadDataset, ShapeError
from cnn_core.layers.base import Array
from cnn_core.models import Model
from cnn_core.runtime import Plan, compile_plan

from .imports import open_network
from .progress import counting, name_skipped
from .shift_images import open_pictures

__all__ = ["ComparedFiles", "run_compare"]


@dataclass(frozen=True, slots=True)
class ComparedFiles:
    """What is compared: two networks, and the photos that both see."""

    a: str
    b: str
    photos: Path
    most: int | None = None
    scaling: str | None = None
    size: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Report:
    """What was found over how many photos."""

    a: Model
    b: Model
    pairs: tuple[Pair, ...]
    found: NetworkDifference
    photos: int
    tolerance: float | None

    @property
    def alone(self) -> tuple[list[str], list[str]]:
        """Nodes of A, and of B, without a counterpart."""
        return unmatched(self.a.graph, self.b.graph, self.pairs)

    @property
    def outputs_correspond(self) -> bool:
        return Pair(self.a.graph.output, self.b.graph.output) in self.pairs

    @property
    def first_above(self) -> str | None:
        above = None if self.tolerance is None else self.found.first_above(self.tolerance)
        return above.pair.a if above else None

    @property
    def passed(self) -> bool:
        return self.tolerance is None or (self.outputs_correspond and self.first_above is None)


def run_compare(files: ComparedFiles, tolerance: float | None, as_json: bool) -> bool:
    """Compare and print; whether everything is within the tolerance.

    Raises:
        CnnError: a network or a photo cannot be used, or the networks have no layer in common.
        OSError: a file cannot be read.
    """
    a = open_network(files.a, files.scaling, files.size)
    b = open_network(files.b, files.scaling, files.size)
    pairs = corresponding(a.graph, b.graph)
    if not pairs:
        raise ShapeError(f"compare: {a.title} and {b.title} have no layer of one name and shape in common")
    found, photos = _over_photos(a, b, pairs, files)
    report = _Report(a, b, pairs, found, photos, tolerance)
    typer.echo(json.dumps(_fields(report), indent=2) if as_json else "\n".join(_lines(report)))
    return report.passed


def _over_photos(
    a: Model, b: Model, pairs: tuple[Pair, ...], files: ComparedFiles
) -> tuple[NetworkDifference, int]:
    sides = [open_pictures(files.photos, model.spec, files.most) for model in (a, b)]
    plans = [_plan(model) for model in (a, b)]
    found, photos = None, 0
    with counting(Console(stderr=True), "") as told:
        # the same files in the same order: what cannot be read is left out on both sides
        for inputs in zip(*(side.tensors for side in sides), strict=True):
            outputs_a, outputs_b = (_outputs(plan, x) for plan, x in zip(plans, inputs, strict=True))
            one = compare(outputs_a, outputs_b, pairs)
            found = one if found is None else found + one
            photos += 1
            told(photos, sides[0].count)
    name_skipped(sides[0].skipped)
    if found is None:
        raise BadDataset(f"data {str(files.photos)!r}: none of its images can be read")
    return found, photos


def _plan(model: Model) -> Plan:
    spec = model.spec
    return compile_plan(model.graph, model.parameters, (1, spec.channels, spec.height, spec.width))


def _outputs(plan: Plan, x: Array) -> dict[str, Array]:
    return {record.node.name: record.output for record in plan.records(x)}


def _lines(report: _Report) -> list[str]:
    rows = [("layer", "shape", "relative L2", "cosine", "largest", "values that differ")]
    for layer in report.found.layers:
        pair, found = layer.pair, layer.found
        name = pair.a if pair.a == pair.b else f"{pair.a} = {pair.b}"
        shape = " x ".join(map(str, report.a.graph.shapes[pair.a][1:]))
        if found.exact:
            rows.append((name, shape, "equal", "", "", f"0 of {found.compared:,}"))
            continue
        cosine = "-" if found.cosine is None else f"{found.cosine:.6f}"
        relative = "-" if found.relative is None else f"{found.relative:.2e}"
        differing = f"{found.differing:,} of {found.compared:,}"
        rows.append((name, shape, relative, cosine, f"{found.largest:.2e}", differing))
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [*(_aligned(row, widths) for row in rows), "", *_sentences(report)]


def _aligned(row: tuple[str, ...], widths: Sequence[int]) -> str:
    """Names to the left, numbers to the right."""
    name, *numbers = zip(row, widths, strict=True)
    return "  ".join([name[0].ljust(name[1]), *(text.rjust(width) for text, width in numbers)])


def _sentences(report: _Report) -> list[str]:
    found, photos = report.found, f"{report.photos} photo{'s' * (report.photos != 1)}"
    said = []
    if found.exact:
        equal = "Exactly equal" if not any(report.alone) else "What they share is equal"
        said.append(f"{equal} over {photos}. Not one of {found.compared:,} values differs.")
    elif found.first:
        said.append(f"Over {photos}, {found.first.pair.a} is the first that differs.")
    for model, others in zip((report.a, report.b), report.alone, strict=True):
        if others:
            said.append(f"Only in {model.title}: {', '.join(others)}")
    if report.tolerance is not None:
        if not report.outputs_correspond:
            said.append("The outputs have no counterpart.")
        above = f"{report.first_above} is the first above" if report.first_above else "No layer is above"
        said.append(f"{above} {report.tolerance:g}.")
    return said


def _fields(report: _Report) -> dict[str, Any]:
    found = report.found
    return {
        "a": report.a.title,
        "b": report.b.title,
        "photos": report.photos,
        "compared": found.compared,
        "differing": found.differing,
        "exact": found.exact and not any(report.alone),
        "first": found.first.pair.a if found.first else None,
        "tolerance": report.tolerance,
        "first_above": report.first_above,
        "outputs_correspond": report.outputs_correspond,
        "layers": [
            {
                "a": layer.pair.a,
                "b": layer.pair.b,
                "shape": list(report.a.graph.shapes[layer.pair.a][1:]),
                "relative": _finite(layer.found.relative),
                "cosine": _finite(layer.found.cosine),
                "largest": _finite(layer.found.largest),
                "differing": layer.found.differing,
                "compared": layer.found.compared,
            }
            for layer in found.layers
        ],
        "only_a": report.alone[0],
        "only_b": report.alone[1],
    }


def _finite(value: float | None) -> float | None:
    """JSON has no infinity and no NaN."""
    return value if value is not None and isfinite(value) else None
