"""The window of a layer sliding over its input while it fills the output, as an animated picture."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import bounds, places_of, steps
from cnn_core.graph.places import sources as sources_of
from cnn_core.layers import Concat, Conv2d
from cnn_core.layers.base import Array, FieldStep, Params

from .colours import PAPER, colours

__all__ = ["FRAMES", "WEBP_TYPE", "sliding_window"]

WEBP_TYPE = "image/webp"
FRAMES = 80
"""At most as many pictures; a map of more values is filled in larger steps."""

_PANEL = 240
_GAP = 16
_MILLISECONDS = 90
_HOLD = 1200
_INK, _HALO = (23, 24, 26), (255, 255, 255)

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Panel:
    """A map in colours, enlarged, and how many pixels of the picture one value takes."""

    picture: Image.Image
    zoom: float


def sliding_window(
    graph: Graph, parameters: Params, outputs: Mapping[str, Array], name: str, channel: int
) -> bytes:
    """An animated WebP: at the left what the channel reads, at the right the channel, filled value by value.

    Of several input channels a convolution is shown with the one that its kernel weighs most. Colours are
    those of the layer, as on the page in daylight.

    Shape:
        outputs: ``(1, C, H, W)`` of the node and of all it reads.
    """
    node = graph[name]
    sources = _sources(graph, parameters, node, channel)
    inputs = [_panel(outputs[source], at, source) for source, at, _ in sources]
    output = _panel(outputs[name], channel, name)
    height, width = outputs[name].shape[2:]
    stops = np.unique(np.linspace(0, height * width - 1, min(FRAMES, height * width)).round().astype(int))
    places = [divmod(int(stop), width) for stop in stops]
    boxes = [[_box(graph, node, source, step, at) for source, _, step in sources] for at in places]
    pictures = [_frame(inputs, output, at, place, width) for at, place in zip(boxes, places, strict=True)]
    buffer = io.BytesIO()
    durations = [_MILLISECONDS] * (len(pictures) - 1) + [_HOLD]
    first, *rest = pictures
    first.save(
        buffer, "WEBP", save_all=True, append_images=rest, duration=durations, loop=0, lossless=True, method=0
    )
    return buffer.getvalue()


def _sources(
    graph: Graph, parameters: Params, node: Node, channel: int
) -> list[tuple[str, int, FieldStep | None]]:
    """What the channel reads: node, channel there, step into it."""
    found = []
    joined = 0
    for source, step in steps(graph, node):
        shape = graph.shapes[source]
        count = shape[1]
        at = min(channel, count - 1)
        if isinstance(node.layer, Conv2d):
            at = _weightiest(parameters[f"{node.name}.weight"], node.layer, channel)
        if isinstance(node.layer, Concat):
            at = channel - joined
            joined += count
        if len(shape) == 4 and 0 <= at < count:
            found.append((source, at, step))
    return found[:2]


def _weightiest(weight: Array, layer: Conv2d, channel: int) -> int:
    """The input channel whose kernel slice is largest."""
    depth = layer.in_channels // layer.groups
    group = channel // (layer.out_channels // layer.groups)
    norms = np.square(weight[channel].astype(np.float64)).sum(axis=(1, 2))
    return group * depth + int(norms.argmax())


def _panel(output: Array, channel: int, name: str) -> _Panel:
    pixels = colours(output[0], grey=name == "input")[channel]
    height, width = pixels.shape[:2]
    largest = max(height, width)
    zoom = float(max(1, _PANEL // largest)) if largest <= _PANEL else _PANEL / largest
    size = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    how = Image.Resampling.NEAREST if zoom >= 1 else Image.Resampling.BOX
    return _Panel(Image.fromarray(pixels).resize(size, how), zoom)


def _box(graph: Graph, node: Node, source: str, step: FieldStep | None, at: tuple[int, int]) -> Box:
    """Left, top, right, bottom of what a value reads, half-open, inside the source."""
    shape = graph.shapes[source]
    if step is None:
        place = np.zeros(places_of(graph.shapes[node.name]), np.bool_)
        place[at] = True
        read = bounds(sources_of(place, step, node, shape))
        return read.left, read.top, read.right, read.bottom
    spans = []
    for axis, (place_along, size) in enumerate(zip(at, shape[2:], strict=True)):
        start = place_along * step.stride[axis] - step.padding[axis]
        end = start + (step.size[axis] - 1) * step.dilation[axis] + 1
        spans.append((min(max(start, 0), size), min(max(end, 0), size)))
    (top, bottom), (left, right) = spans
    return left, top, right, bottom


def _frame(
    inputs: list[_Panel], output: _Panel, boxes: list[Box], place: tuple[int, int], width: int
) -> Image.Image:
    y, x = place
    shown = output.picture.copy()
    _blank_after(shown, output.zoom, y, x)
    panels = [*zip(inputs, boxes, strict=True), (_Panel(shown, output.zoom), (x, y, x + 1, y + 1))]
    total = sum(panel.picture.width for panel, _ in panels) + _GAP * (len(panels) + 1)
    tall = max(panel.picture.height for panel, _ in panels) + 2 * _GAP
    canvas = Image.new("RGB", (total, tall), _HALO)
    draw = ImageDraw.Draw(canvas)
    left = _GAP
    for panel, box in panels:
        top = (tall - panel.picture.height) // 2
        canvas.paste(panel.picture, (left, top))
        _outline(draw, panel.zoom, box, left, top)
        left += panel.picture.width + _GAP
    return canvas


def _blank_after(picture: Image.Image, zoom: float, y: int, x: int) -> None:
    """Values that come later in reading order are not there yet."""
    draw = ImageDraw.Draw(picture)
    right, top, bottom = round((x + 1) * zoom), round(y * zoom), round((y + 1) * zoom)
    # a row of a very tall map is less than a pixel
    if right < picture.width and bottom > top:
        draw.rectangle((right, top, picture.width, bottom - 1), PAPER)
    if bottom < picture.height:
        draw.rectangle((0, bottom, picture.width, picture.height), PAPER)


def _outline(draw: ImageDraw.ImageDraw, zoom: float, box: Box, left: int, top: int) -> None:
    x0, y0, x1, y1 = (round(edge * zoom) for edge in box)
    for grow, colour in ((3, _HALO), (2, _INK), (1, _INK)):
        edges = (left + x0 - grow, top + y0 - grow, left + x1 + grow - 1, top + y1 + grow - 1)
        draw.rectangle(edges, outline=colour)
