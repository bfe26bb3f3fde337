"""``convscope shift-report``: measure, then write the tables and the picture."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from threadpoolctl import threadpool_limits

from cnn_core.equivariance import Border, Fill, Lab, Pooling, ShiftSurvey
from cnn_core.errors import BadDataset, GraphError

from ..pictures.shift_plot import draw_report
from .evaluate import find_classifier
from .progress import counting, name_skipped
from .shift_images import Pictures, open_pictures
from .writing import write_whole

__all__ = ["ReportOptions", "write_report"]


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What ``convscope shift-report`` was asked for; None means all."""

    model: str
    data: Path
    max_shift: int
    fill: Fill
    border: Border
    pooling: Pooling
    layers: tuple[str, ...] | None
    images: int | None
    out: Path


def write_report(options: ReportOptions) -> None:
    """Measure every image, write the report to its folder, and say the main numbers.

    Raises:
        CnnError: the model, the data or a layer cannot be used.
        OSError: the folder cannot be written.
    """
    console = Console(highlight=False)
    model = find_classifier(options.model)
    lab = Lab(model.graph, model.parameters, options.border, options.pooling)
    nodes = _chosen(lab, options.layers)
    survey = ShiftSurvey(model.graph, model.parameters, lab, nodes, options.max_shift, options.fill)
    pictures = open_pictures(options.data, model.spec, options.images)
    options.out.mkdir(parents=True, exist_ok=True)
    _measure(console, survey, pictures)
    name_skipped(pictures.skipped)
    if not len(survey):
        raise BadDataset(f"data {str(options.data)!r}: none of its images could be read")
    _write(survey, options, lab.changes)
    _say(console, survey, options, lab.changes)


def _chosen(lab: Lab, layers: Sequence[str] | None) -> tuple[str, ...]:
    """The layers asked for, or all that slide a window: what works value by value adds nothing."""
    names = layers or tuple(name for name in lab.nodes if lab.step(name).slides)
    if not names:
        raise GraphError("shift-report: this network has no layer with a map that could move")
    for name in names:
        lab.step(name)
    return tuple(names)


def _measure(console: Console, survey: ShiftSurvey, pictures: Pictures) -> None:
    # the products are so small that BLAS's own threads would wait for each other most of the time
    with threadpool_limits(limits=1, user_api="blas"), counting(console, "moving") as progress:
        for x in pictures.tensors:
            survey.add(x)
            progress(len(survey) + len(pictures.skipped), pictures.count)


def _write(survey: ShiftSurvey, options: ReportOptions, changes: Sequence[str]) -> None:
    errors, flips = survey.layer_errors(), survey.flips()
    _write_csv(
        options.out / "errors.csv",
        ("layer", "stride", "dx", "mean_error", "exact_share", "images"),
        ((e.node, e.stride, e.dx, e.mean, e.exact, e.images) for e in errors),
    )
    _write_csv(
        options.out / "flips.csv",
        ("shift", "flip_share", "pairs"),
        ((f.size, f.share, f.pairs) for f in flips),
    )
    title = f"{options.model}: {_count(len(survey))} moved by up to {options.max_shift} px"
    notes = (
        f"layers: border {options.border}, pooling {options.pooling}; answers: as trained, "
        f"photo border {options.fill}; consistency {100 * survey.consistency():.1f} %",
        *changes,
    )
    write_whole(options.out / "shift-report.svg", draw_report(title, notes, errors, flips))


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Numbers with all their digits; an empty cell where there is none."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(header)
    writer.writerows(["" if value is None else value for value in row] for row in rows)
    write_whole(path, file.getvalue())


def _say(console: Console, survey: ShiftSurvey, options: ReportOptions, changes: Sequence[str]) -> None:
    for change in changes:
        console.print(change, soft_wrap=True)
    for flips in survey.flips():
        console.print(f"{100 * flips.share:5.1f} %  change class when moved by {flips.size} px")
    console.print(f"{100 * survey.consistency():5.1f} %  of pairs of shifts agree (consistency)")
    console.print(
        f"{_count(len(survey))} measured; errors.csv, flips.csv and shift-report.svg in {options.out}",
        soft_wrap=True,
    )


def _count(number: int) -> str:
    return f"{number:,} image{'s' * (number != 1)}"
