"""What of every map a shift of the image has spoilt, and what its border has touched.

A shift spoils whole rows and whole columns, and windows are rectangles, so both are followed as one mask of
rows and one of columns: a place counts if its row or its column does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.equivariance.geometry import Fill, Mask, any_in_window
from cnn_core.equivariance.variants import Plan, Step

__all__ = ["Lines", "edge_lines", "exposed_lines", "without_partner"]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Rows ``(H,)`` and columns ``(W,)`` that are True."""

    rows: Mask
    columns: Mask

    def __or__(self, other: Lines) -> Lines:
        return Lines(self.rows | other.rows, self.columns | other.columns)


def exposed_lines(plan: Plan, dx: int, dy: int) -> dict[str, Lines]:
    """For every node the lines that depend on pixels which the shift has newly exposed; none in wrap."""
    entry = next(iter(plan.steps.values()))
    _, height, width = entry.shape
    new = Lines(*(_outside(side, shift) for side, shift in ((height, dy), (width, dx))))
    if plan.fill == "wrap":
        new = Lines(np.zeros_like(new.rows), np.zeros_like(new.columns))
    return _follow(plan, new, (False, False))


def edge_lines(plan: Plan, dx: int, dy: int) -> dict[str, Lines]:
    """For every node the lines computed from beyond a border that the shift has moved pixels across.

    There padding stands in for pixels that have left the image (Kayhan & van Gemert 2020, On Translation
    Invariance in CNNs, section 3); none in wrap.
    """
    entry = next(iter(plan.steps.values()))
    _, height, width = entry.shape
    nothing = Lines(np.zeros(height, np.bool_), np.zeros(width, np.bool_))
    moved = (bool(dy), bool(dx)) if plan.fill != "wrap" else (False, False)
    return _follow(plan, nothing, moved)


def without_partner(step: Step, move: tuple[float, float], fill: Fill) -> Lines:
    """Lines of a map that a move by ``(down, right)`` places fills from beyond the map; none in wrap."""
    _, height, width = step.shape
    if fill == "wrap":
        return Lines(np.zeros(height, np.bool_), np.zeros(width, np.bool_))
    return Lines(_outside(height, move[0]), _outside(width, move[1]))


def _outside(side: int, shift: float) -> Mask:
    source = np.arange(side) - shift
    return np.asarray((source < 0) | (source > side - 1))


def _follow(plan: Plan, start: Lines, beyond: tuple[bool, bool]) -> dict[str, Lines]:
    lines: dict[str, Lines] = {}
    for name, step in plan.steps.items():
        if not step.node.inputs:
            lines[name] = start
            continue
        sources = [lines[source] for source in step.node.inputs]
        if step.slides:
            lines[name] = _through(sources[0], step, plan.fill, beyond)
        else:
            lines[name] = _gather(sources, step)
    return lines


def _through(lines: Lines, step: Step, fill: Fill, beyond: tuple[bool, bool]) -> Lines:
    rows, columns = lines.rows, lines.columns
    for slide in step.slides:
        rows = any_in_window(rows, slide.axes[0], fill, beyond[0])
        columns = any_in_window(columns, slide.axes[1], fill, beyond[1])
    return Lines(rows, columns)


def _gather(sources: list[Lines], step: Step) -> Lines:
    """The same places of every source; all of a source that is one place, or behind a global pool."""
    _, height, width = step.shape
    rows, columns = np.zeros(height, np.bool_), np.zeros(width, np.bool_)
    for lines in sources:
        if (len(lines.rows), len(lines.columns)) == (height, width):
            rows, columns = rows | lines.rows, columns | lines.columns
        else:
            rows = rows | lines.rows.any() | lines.columns.any()
    return Lines(rows, columns)
