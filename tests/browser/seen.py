"""What is seen of canvases, and of the maps in a column: one picture shows them all.

Pixels leave the page as one text: a list of numbers would be taken apart number by number on its way,
by four programs, which takes seconds for a picture.
"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from playwright.sync_api import Page

TEXT = """
(bytes) => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) {
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  }
  return btoa(text);
}
"""

CANVAS = f"""
(canvas) => {{
  const {{ width, height }} = canvas;
  return {{ width, height, data: ({TEXT})(canvas.getContext('2d').getImageData(0, 0, width, height).data) }};
}}
"""
"""What a canvas shows, to be read by ``rgba``."""


def rgba(told: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Pixels that a page told as ``width``, ``height`` and ``data``, ``(height, width, 4)``."""
    data = np.frombuffer(base64.b64decode(told["data"]), np.uint8)
    return data.reshape(told["height"], told["width"], 4)


PICTURE = """
(node) => {
  const column = document.querySelector(`#network [data-node="${node}"]`);
  const picture = column.querySelector('.strip-picture');
  const { width, height } = picture;
  const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  copy.drawImage(picture, 0, 0);
  const [from, scale] = [picture.getBoundingClientRect(), picture.width / picture.clientWidth];
  return [...column.querySelectorAll('[data-cell]')].map((cell) => {
    const { left, top, right, bottom } = cell.getBoundingClientRect();
    const edges = [left - from.left, top - from.top, right - from.left, bottom - from.top];
    const [x, y, end, low] = edges.map((edge) => Math.round(edge * scale));
    const { data } = copy.getImageData(x, y, end - x, low - y);
    return { channel: Number(cell.dataset.cell), width: end - x, height: low - y, data };
  });
}
"""

SHARE = f"""
(node) => {{
  const [{{ data }}] = ({PICTURE})(node);
  return data.filter((part, index) => index % 4 === 3 && part === 255).length / (data.length / 4);
}}
"""
"""The share of a layer's first map that is painted."""

FILLED = f"""
([node, channel, side]) => {{
  const {{ width, height, data }} = ({PICTURE})(node).find((cell) => cell.channel === channel);
  const middle = (at, size) => Math.floor(((at + 0.5) * size) / side);
  const place = (value) => middle(Math.floor(value / side), height) * width + middle(value % side, width);
  const alpha = (value) => data[4 * place(value) + 3];
  const there = [...Array(side * side).keys()].filter((value) => alpha(value) === 255);
  return there.every((value, index) => value === index) ? there.length : -1;
}}
"""
"""How many values of a square map are painted; -1 unless they are the first ones in reading order."""


RECORD = """
() => {
  window.written = new WeakMap();
  const { clearRect, fillText } = CanvasRenderingContext2D.prototype;
  const on = (canvas) => window.written.get(canvas) ?? window.written.set(canvas, []).get(canvas);
  CanvasRenderingContext2D.prototype.clearRect = function (...given) {
    window.written.delete(this.canvas);
    return clearRect.apply(this, given);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const { a, d, e, f } = this.getTransform();
    on(this.canvas).push([text, a * x + e, d * y + f]);
    return fillText.call(this, text, x, y);
  };
}
"""
"""From now on ``window.written`` has for every canvas its texts, and where they stand on it."""

WRITTEN = "(selector) => (window.written.get(document.querySelector(selector)) ?? []).map(([text]) => text)"


MAPS = f"(node) => ({PICTURE})(node).map((cell) => ({{ ...cell, data: ({TEXT})(cell.data) }}))"


def seen_maps(page: Page, node: str) -> dict[int, np.ndarray[Any, Any]]:
    """RGBA pixels of the screen, ``(height, width, 4)``, of each map that a column shows."""
    return {cell["channel"]: rgba(cell) for cell in page.evaluate(MAPS, node)}


def value_pixels(seen: np.ndarray[Any, Any], shape: tuple[int, int]) -> np.ndarray[Any, Any]:
    """RGBA of every value of an enlarged map, ``(*shape, 4)``: the pixel in the middle of its square."""
    assert all(size >= count for size, count in zip(seen.shape[:2], shape, strict=True)), "it is reduced"
    middles = [
        ((np.arange(count) + 0.5) * size / count).astype(int)
        for count, size in zip(shape, seen.shape[:2], strict=True)
    ]
    pixels: np.ndarray[Any, Any] = seen[np.ix_(*middles)]
    return pixels


LANES = f"""
(node) => {{
  const text = {TEXT};
  const column = document.querySelector(`#network [data-node="${{node}}"]`);
  const picture = column.querySelector('.strip-picture');
  const {{ width, height }} = picture;
  const copy = new OffscreenCanvas(width, height).getContext('2d', {{ willReadFrequently: true }});
  copy.drawImage(picture, 0, 0);
  const [from, scale] = [picture.getBoundingClientRect(), picture.width / picture.clientWidth];
  const seen = (box) => {{
    const edges = [box.left - from.left, box.top - from.top, box.right - from.left, box.bottom - from.top];
    const [x, y, end, low] = edges.map((edge) => Math.round(edge * scale));
    const {{ data }} = copy.getImageData(x, y, end - x, low - y);
    return {{ width: end - x, height: low - y, data: text(data) }};
  }};
  return [...column.querySelectorAll('[data-cell]')].map((cell) => {{
    const boxes = [cell, ...cell.querySelectorAll(".strip-beside")].map((map) => map.getBoundingClientRect());
    return {{ channel: Number(cell.dataset.cell), lanes: boxes.map(seen) }};
  }});
}}
"""


def seen_lanes(page: Page, node: str) -> dict[int, list[np.ndarray[Any, Any]]]:
    """RGBA pixels of the screen of each channel on the sheet of three lanes: A, B and what differs."""
    return {cell["channel"]: [*map(rgba, cell["lanes"])] for cell in page.evaluate(LANES, node)}
