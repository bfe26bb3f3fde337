"""``convscope explain``: maps of one answer as files, with what was measured of each."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from rich.console import Console

from cnn_core.attributions import (
    METHODS,
    Attribution,
    Case,
    Film,
    Memory,
    Method,
    adds_up,
    ask_class,
    beats,
    cascade,
    film,
    finish,
    forgets,
    levels_of,
    method_from,
    random_map,
)
from cnn_core.errors import BadInput
from cnn_core.layers.base import Array
from cnn_core.models import Model
from cnn_core.models.image_trace import pixels_for
from cnn_core.preprocess import Pixels, to_pixels, to_tensor

from ..pictures.colours import colours
from .imports import find_model
from .progress import progress_bar
from .writing import write_array, write_picture, write_whole

__all__ = ["write_explanation"]

CONTROL = "edges_only"
LEAST_SIDE = 512
"""Pixels of a picture's shorter side at least, each value a square of whole ones."""


def write_explanation(
    model_name: str, image: Path, label: str | None, names: tuple[str, ...], seeds: int, out: Path
) -> None:
    """Write ``<method>.npy``, ``<method>.png`` and ``explain.json`` into ``out``.

    Raises:
        CnnError: the model, the image, the class or a method cannot be used; nothing has been written then.
        DiskFull, OSError: the folder cannot be written to; what is in it is whole.
    """
    methods = {name: method_from(name) for name in names or METHODS}
    model = find_model(model_name)
    x = to_tensor(pixels_for(model.spec, image), model.spec)
    index = _class_of(model, label, x)
    case = Case(model.graph, model.parameters, x, ask_class(model.graph, index), levels_of(model.spec))
    out.mkdir(parents=True, exist_ok=True)
    console = Console()
    rows = _measured(case, methods, seeds, console)
    for name, (found, _) in rows.items():
        if found is not None:
            write_array(out / f"{name}.npy", found.map.astype(np.float32))
            write_picture(out / f"{name}.png", _over(found.map, to_pixels(x, model.spec)))
    summary = {
        "model": model.name,
        "image": os.fspath(image),
        "class": model.labels[index],
        "value": case.value,
        "answer": case.answer,
        "random_order": _areas(finish(film(case, random_map(x.shape[2:])))),
        "methods": {name: row for name, (_, row) in rows.items()},
    }
    write_whole(out / "explain.json", json.dumps(summary, indent=2) + "\n")
    for name, (_, row) in rows.items():
        console.print(_line(methods[name], row), highlight=False, soft_wrap=True)
    console.print(f"{model.labels[index]}: {len(rows)} methods in {out}", highlight=False, soft_wrap=True)


def _class_of(model: Model, label: str | None, x: Array) -> int:
    """The number of a class by its name or number; the likeliest without either."""
    if not model.labels:
        raise BadInput(f"explain: {model.name} has no classes to ask for")
    if label is None:
        case = Case(model.graph, model.parameters, x, ask_class(model.graph, 0))
        return int(case.records[case.question.node].output.argmax())
    wanted = label.strip().lower().replace(" ", "_")
    known = [name.lower().replace(" ", "_") for name in model.labels]
    if wanted in known:
        return known.index(wanted)
    if wanted.isdecimal() and int(wanted) < len(known):
        return int(wanted)
    raise BadInput(f"explain: no class {label!r}; classes: {', '.join(model.labels)}")


def _measured(
    case: Case, methods: Mapping[str, Method], seeds: int, console: Console
) -> dict[str, tuple[Attribution | None, dict[str, Any]]]:
    """Every method's map, and its rows of trust as plain values; without a map the reason why."""
    maps: dict[str, Attribution] = {}
    reasons: dict[str, str] = {}
    films: dict[str, Film] = {CONTROL: finish(film(case, finish(method_from(CONTROL).explain(case)).map))}
    with progress_bar(console, "maps") as progress:
        task = progress.add_task("", total=len(methods))
        for name, method in methods.items():
            progress.update(task, description=method.title)
            if (obstacle := method.obstacle(case)) is not None:
                reasons[name] = obstacle
            else:
                maps[name] = finish(method.explain(case))
                films[name] = finish(film(case, maps[name].map))
            progress.advance(task)
        progress.update(task, description="Does it forget?")
        memories = list(_memories(case, {name: methods[name] for name in maps}, seeds))
    rows: dict[str, tuple[Attribution | None, dict[str, Any]]] = {}
    for name, method in methods.items():
        if name in reasons:
            rows[name] = None, {"title": method.title, "obstacle": reasons[name]}
            continue
        own = [memory for memory in memories if memory.method == name]
        rows[name] = maps[name], _row(case, method, maps[name], films, own)
    return rows


def _memories(case: Case, methods: Mapping[str, Method], seeds: int) -> Iterator[Memory]:
    if seeds and methods:
        yield from (said for said in cascade(case, methods, seeds) if isinstance(said, Memory))


def _row(
    case: Case, method: Method, found: Attribution, films: Mapping[str, Film], memories: list[Memory]
) -> dict[str, Any]:
    promise = found.promise
    row: dict[str, Any] = {
        "title": method.title,
        "options": method.options(),
        "passes": found.passes,
        "total": found.total,
        "promise": None if promise is None else {"goal": promise.goal, "parts": dict(promise.parts)},
        "adds_up": adds_up(case, found),
        "film": {**_areas(films[method.name]), "beats_edges_only": beats(films[method.name], films[CONTROL])},
        "forgets": None,
    }
    if memories:
        told = forgets(memories)
        row["forgets"] = {
            "stages": list(dict.fromkeys(memory.node for memory in memories)),
            "mean": list(told.mean),
            "low": list(told.low),
            "high": list(told.high),
            "forgotten": told.forgotten,
        }
    return row


def _areas(shown: Film) -> dict[str, float]:
    out, into = shown.areas
    return {"deletion": out, "insertion": into}


def _line(method: Method, row: Mapping[str, Any]) -> str:
    """One method in one line, for people."""
    if "obstacle" in row:
        return f"{method.title:21} {row['obstacle']}"
    promise, forgot, areas = row["promise"], row["forgets"], row["film"]
    claim = "no claim" if promise is None else f"{row['total']:.2f} of {promise['goal']:.2f}"
    left = "-" if forgot is None else f"{forgot['mean'][-1]:.2f}"
    told = (
        f"adds up {claim:>14}   forgets {left:>5}   out {areas['deletion']:.2f} in {areas['insertion']:.2f}"
    )
    return f"{method.title:21} {told}"


def _over(values: Array, photo: Pixels) -> Image.Image:
    """The map over the photo made grey, as on the page: the stronger a value, the more it covers."""
    strongest = np.sort(np.abs(values).ravel())[::-1][values.size // 100] or np.abs(values).max() or 1.0
    ends = np.array([-strongest, strongest])
    clipped = np.concatenate([np.clip(values, -strongest, strongest).ravel(), ends])
    painted = colours(clipped)[: values.size].reshape(*values.shape, 3).astype(np.float64)
    grey = photo @ np.array([0.3, 0.59, 0.11])
    base = 0.35 * photo + 0.65 * grey[..., np.newaxis]
    cover: NDArray[Any] = np.minimum(1, 0.12 + 1.4 * np.abs(values) / strongest)[..., np.newaxis] * 0.85
    mixed = np.round(painted * cover + base * (1 - cover)).astype(np.uint8)
    times = max(1, -(-LEAST_SIDE // min(values.shape)))
    return Image.fromarray(mixed.repeat(times, axis=0).repeat(times, axis=1))
