"""Explanations as binary frames: one for everything that is finished, told apart by ``kind``."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from cnn_core.attributions import METHODS, Attribution, Case, Film, Memory, Method, Progress, adds_up
from cnn_core.attributions import layers_with_places as places
from cnn_core.layers.base import Array
from cnn_core.preprocess import Pixels

from .frames import framed

__all__ = [
    "blocked_frame",
    "end_frame",
    "film_frame",
    "map_frame",
    "memory_frame",
    "progress_frame",
    "question_frame",
]


def question_frame(case: Case, asked: dict[str, Any], seen: Pixels, blurred: Pixels) -> bytes:
    """The value asked about, and two images as bytes (H, W, 3): as the network sees it, and blurred."""
    payload = b"".join(_rgb(pixels).tobytes() for pixels in (seen, blurred))
    header = {
        "kind": "question",
        **asked,
        "node": case.question.node,
        "reading": case.question.reading,
        "value": case.value,
        "answer": case.answer,
        "shape": list(case.x.shape[2:]),
        "layers": [{"name": name, "shape": list(case.graph.shapes[name][1:])} for name in places(case.graph)],
        "methods": [
            {"name": name, "title": kind.title, "options": kind().options()} for name, kind in METHODS.items()
        ],
    }
    return _frame(header, payload)


def progress_frame(method: str, progress: Progress) -> bytes:
    """Passes done, of how many."""
    return _frame({"kind": "progress", "method": method, "done": progress.done, "total": progress.total})


def blocked_frame(method: str, reason: str) -> bytes:
    """Why a method has no map."""
    return _frame({"kind": "blocked", "method": method, "reason": reason})


def map_frame(case: Case, method: Method, found: Attribution, seconds: float) -> bytes:
    """A map, float32 (H, W), and behind it the standard error of each of its values where there is one."""
    promise = found.promise
    header = {
        "kind": "map",
        "method": method.name,
        "options": method.options(),
        "passes": found.passes,
        "seconds": seconds,
        "total": found.total,
        "for": float(np.maximum(found.map, 0).sum(dtype=np.float64)),
        "against": float(np.minimum(found.map, 0).sum(dtype=np.float64)),
        "promise": None if promise is None else {"goal": promise.goal, "parts": dict(promise.parts)},
        "residual": found.residual,
        "adds_up": adds_up(case, found),
        "layer": found.layer,
        "around": found.around,
        "spread": found.spread is not None,
    }
    arrays: list[Array] = [found.map] if found.spread is None else [found.map, found.spread]
    return _frame(header, b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays))


def film_frame(method: str, film: Film) -> bytes:
    """Both curves, and the areas under them."""
    out, into = film.areas
    header = {
        "kind": "film",
        "method": method,
        "pixels": film.pixels.tolist(),
        "deletion": film.deletion.tolist(),
        "insertion": film.insertion.tolist(),
        "areas": {"deletion": out, "insertion": into},
    }
    return _frame(header)


def memory_frame(memory: Memory, seeds: int, stages: list[str]) -> bytes:
    """What a method kept in one random network; ``stages`` are the lowest random node of each stage."""
    return _frame({"kind": "memory", "seeds": seeds, "stages": stages, **dataclasses.asdict(memory)})


def end_frame(seconds: float) -> bytes:
    """Everything has been sent."""
    return _frame({"kind": "end", "seconds": seconds})


def _frame(header: dict[str, Any], payload: bytes = b"") -> bytes:
    padded = payload + bytes(-len(payload) % 4)
    return framed({**header, "bytes": len(padded)}, padded)


def _rgb(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(np.repeat(pixels, 3, axis=2) if pixels.shape[2] == 1 else pixels)
