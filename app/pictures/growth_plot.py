"""The picture of how cost grows, written as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

__all__ = ["Growth", "draw_growth"]

WIDTH, HEIGHT = 1180, 760
LEFT, PANEL, GAP = 70, 300, 70
TIME, MEMORY = (120, 390), (470, 680)
"""Top and bottom of the two rows of panels."""
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#17181a}.s{fill:#4a4c50;font-size:12px}"
    ".t{font-size:17px;font-weight:600}.g{stroke:#ddddd7}.a{stroke:#8b8c87}"
)
OURS, BOUND = "#0a6e5c", "#db7301"
NAMES = {"side": "side of the input, pixels", "batch": "images in the batch", "channels": "filters"}


@dataclass(frozen=True, slots=True)
class Growth:
    """One size: ``grows`` says what of it is varied; times in milliseconds, memory in bytes.

    ``roofline`` is the time that the machine's sgemm speed or its memory would need, whichever is longer.
    """

    grows: str
    value: int
    milliseconds: float
    low: float
    high: float
    roofline: float
    multiply_adds: int
    peak_bytes: int
    activation_bytes: int


@dataclass(frozen=True, slots=True)
class _Scale:
    """Logarithmic, from ``first`` at ``start`` to ``last`` at ``stop``."""

    first: float
    last: float
    start: float
    stop: float

    def at(self, value: float) -> float:
        share = math.log(value / self.first) / math.log(self.last / self.first)
        return self.start + share * (self.stop - self.start)


def draw_growth(rows: Sequence[Growth], notes: Sequence[str]) -> str:
    """Three columns, one for what grows: time above with its roofline, peak memory below."""
    kinds = list(dict.fromkeys(row.grows for row in rows))
    title = "How the cost of a trace grows"
    times = _decades([value for row in rows for value in (row.low, row.high, row.roofline)])
    bytes_ = _decades([value / 1e6 for row in rows for value in (row.peak_bytes, row.activation_bytes)])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 32, title, "t"),
        *(_text(LEFT, 54 + 16 * number, note, "s") for number, note in enumerate(notes)),
        *_headings(),
    ]
    for number, kind in enumerate(kinds):
        mine = [row for row in rows if row.grows == kind]
        left = LEFT + number * (PANEL + GAP)
        across = _Scale(mine[0].value, mine[-1].value, left, left + PANEL)
        parts += _times(mine, across, _Scale(*times, TIME[1], TIME[0]))
        parts += _memory(mine, across, _Scale(*bytes_, MEMORY[1], MEMORY[0]))
    return "\n".join([*parts, "</svg>\n"])


def _headings() -> Iterable[str]:
    rows = (
        (TIME, "Time, milliseconds", "measured", "roofline"),
        (MEMORY, "Memory, megabytes", "peak, plan and weights included", "activations kept"),
    )
    for (top, _), heading, measured, bound in rows:
        yield _text(LEFT, top - 16, heading, "")
        for offset, colour, name in ((180, OURS, measured), (430, BOUND, bound)):
            yield f'<rect x="{LEFT + offset}" y="{top - 21}" width="12" height="3" fill="{colour}"/>'
            yield _text(LEFT + offset + 18, top - 16, name, "s")


def _times(rows: Sequence[Growth], across: _Scale, up: _Scale) -> Iterable[str]:
    yield from _grid(rows, across, up, "")
    yield _line([(across.at(row.value), up.at(row.roofline)) for row in rows], BOUND)
    for row in rows:
        x = across.at(row.value)
        low, high = up.at(row.low), up.at(row.high)
        yield f'<path d="M{x:.1f} {low:.1f}V{high:.1f}" stroke="{OURS}" stroke-width="5"/>'
    yield _line([(across.at(row.value), up.at(row.milliseconds)) for row in rows], OURS)


def _memory(rows: Sequence[Growth], across: _Scale, up: _Scale) -> Iterable[str]:
    yield from _grid(rows, across, up, NAMES[rows[0].grows])
    yield _line([(across.at(row.value), up.at(row.activation_bytes / 1e6)) for row in rows], BOUND)
    yield _line([(across.at(row.value), up.at(row.peak_bytes / 1e6)) for row in rows], OURS)


def _grid(rows: Sequence[Growth], across: _Scale, up: _Scale, name: str) -> Iterable[str]:
    decade = up.first
    while decade <= up.last * 1.001:
        y = up.at(decade)
        style = "a" if decade == up.first else "g"
        yield f'<path class="{style}" d="M{across.start} {y:.1f}H{across.stop}"/>'
        yield _text(across.start - 8, y + 4, f"{decade:g}", "s", "end")
        decade *= 10
    for row in rows:
        yield _text(across.at(row.value), up.start + 18, f"{row.value}", "s", "middle")
    if name:
        yield _text(across.stop, up.start + 38, name, "s", "end")


def _decades(values: Sequence[float]) -> tuple[float, float]:
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return 10.0**low, 10.0**high


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}'


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'
