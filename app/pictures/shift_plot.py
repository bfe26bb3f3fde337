"""The picture of a shift report, written as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from cnn_core.equivariance import Flips, LayerError

__all__ = ["draw_report"]

WIDTH, HEIGHT = 960, 760
LEFT, RIGHT = 64, 760
ERRORS = (110, 410)
FLIPS = (510, 690)
"""Top and bottom of the two panels."""
MOST_LINES = 8
LINES = ("#17181a", "#0a6e5c", "#db7301", "#2162b7", "#a12d6b", "#6e6b12", "#5b4bb7", "#8a8d93")
LABEL_GAP = 16
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#17181a}.s{fill:#4a4c50;font-size:12px}"
    ".t{font-size:17px;font-weight:600}.g{stroke:#ddddd7}.a{stroke:#8b8c87}"
)


def draw_report(
    title: str, notes: Sequence[str], errors: Sequence[LayerError], flips: Sequence[Flips]
) -> str:
    """Errors of the layers against dx, and below them the share of answers that change."""
    names = list(dict.fromkeys(error.node for error in errors))
    drawn = _spread(names, MOST_LINES)
    if len(drawn) < len(names):
        notes = (*notes, f"{len(drawn)} of {len(names)} layers are drawn; all are in errors.csv.")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
        f"<title>{escape(title)}</title><style>{STYLE}</style>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        _text(LEFT, 32, title, "t"),
        *(_text(LEFT, 54 + 16 * row, note, "s") for row, note in enumerate(notes)),
        *_errors([[error for error in errors if error.node == name] for name in drawn]),
        *_flips(flips),
        "</svg>\n",
    ]
    return "\n".join(parts)


def _spread(names: Sequence[str], most: int) -> list[str]:
    if len(names) <= most:
        return list(names)
    return [names[round(i * (len(names) - 1) / (most - 1))] for i in range(most)]


def _errors(layers: Sequence[Sequence[LayerError]]) -> Iterable[str]:
    reach = max(error.dx for layer in layers for error in layer)
    largest = max((error.mean or 0.0 for layer in layers for error in layer), default=0.0) or 1.0
    top, bottom = ERRORS
    yield _text(LEFT, top - 14, "Error of the layers against dx, in per cent: mean over the images", "")
    yield from _grid(top, bottom, largest)

    def at(dx: int) -> float:
        return LEFT + (dx + reach) / (2 * reach) * (RIGHT - LEFT)

    for dx in range(-reach, reach + 1, max(1, reach // 4)):
        yield _text(at(dx), bottom + 18, f"{dx}".replace("-", "−"), "s", "middle")
    yield _text(RIGHT, bottom + 36, "dx, pixels of the network's input", "s", "end")
    labels = []
    for layer, colour in zip(layers, LINES, strict=False):
        points = [(at(e.dx), bottom - e.mean / largest * (bottom - top)) for e in layer if e.mean is not None]
        yield _line(points, colour)
        labels.append((_named(layer), colour))
    yield from _legend(labels, top)


def _named(layer: Sequence[LayerError]) -> str:
    known = any(error.mean is not None for error in layer)
    return f"{layer[0].node}, stride {layer[0].stride}" + ("" if known else ": nothing left to compare")


def _flips(flips: Sequence[Flips]) -> Iterable[str]:
    top, bottom = FLIPS
    largest = max(flip.share for flip in flips) or 1.0
    heading = f"Images whose class changes when moved, in per cent of {flips[0].pairs:,} moved images"
    yield _text(LEFT, top - 14, heading, "")
    yield from _grid(top, bottom, largest)
    step = (RIGHT - LEFT) / len(flips)
    for number, flip in enumerate(flips):
        height = flip.share / largest * (bottom - top)
        x = LEFT + (number + 0.5) * step
        half = min(24.0, 0.35 * step)
        yield (
            f'<rect x="{x - half:.1f}" y="{bottom - height:.1f}" width="{2 * half:.1f}" '
            f'height="{height:.1f}" fill="#0a6e5c"/>'
        )
        yield _text(x, bottom - height - 5, f"{100 * flip.share:.1f}", "s", "middle")
        yield _text(x, bottom + 18, str(flip.size), "s", "middle")
    yield _text(RIGHT, bottom + 36, "pixels to the left, right, up or down", "s", "end")


def _grid(top: int, bottom: int, largest: float) -> Iterable[str]:
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (bottom - top)
        yield f'<path class="{"g" if share else "a"}" d="M{LEFT} {y:.1f}H{RIGHT}"/>'
        yield _text(LEFT - 8, y + 4, f"{100 * share * largest:.3g}", "s", "end")


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colour}"/>' for x, y in points)
    return f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>{dots}' if points else ""


def _legend(labels: Sequence[tuple[str, str]], top: int) -> Iterable[str]:
    """Names in the order of the network: lines that are exact lie on each other, and end in one point."""
    for number, (name, colour) in enumerate(labels):
        y = top + number * LABEL_GAP
        yield f'<rect x="{RIGHT + 10}" y="{y - 1}" width="12" height="3" fill="{colour}"/>'
        yield _text(RIGHT + 28, y + 4, name, "s")


def _text(x: float, y: float, text: str, style: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{style}" text-anchor="{anchor}">{escape(text)}</text>'
