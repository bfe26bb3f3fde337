"""From merged shards to an atlas in its folder."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from cnn_core.atlas.connections import connections
from cnn_core.atlas.jobs import FORMAT, Job
from cnn_core.atlas.looks import unlike
from cnn_core.atlas.merging import Merged, known_classes, merge
from cnn_core.atlas.pictures import picture_side, write_pictures
from cnn_core.atlas.selectivity import separation, twins
from cnn_core.atlas.shards import Shard
from cnn_core.layers.base import Array
from cnn_core.runtime.team import single_threaded_blas

__all__ = ["SHOWN", "finish"]

SHOWN = 9
"""Strongest patches on a card."""

BLOCK = 1 << 22


def finish(job: Job, shards: Iterable[Shard], folder: Path) -> Path:
    """Add up the shards, in the order of their numbers, and write the atlas into a folder of its own.

    The atlas's name is its content: weights, then numbers. It appears whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    making = folder / f".{job.key}.atlas"
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    table = np.lib.format.open_memmap(
        making / "peaks.npy", "w+", np.float32, (_kept_photos(job), job.channels)
    )
    kept: list[Array] = []
    merged = merge(job, _keeping(shards, job, table, kept))
    peak_photos = np.concatenate([np.zeros(0, np.int32), *kept])
    peaks = _cut(making / "peaks.npy", table, len(peak_photos))
    labels = np.asarray(job.photos.labels, np.int32)
    with single_threaded_blas():
        arrays = _tables(job, merged, peaks, labels[peak_photos])
    arrays |= {"peak_photos": peak_photos, "peak_labels": labels[peak_photos]}
    arrays["picture_photo"] = _pictured(arrays)
    side = picture_side(job.model.spec, len(arrays["picture_photo"]))
    write_pictures(job, arrays["picture_photo"], side, making / "pictures.npy")
    arrays["picture_label"] = labels[arrays["picture_photo"]]
    for name, array in arrays.items():
        np.save(making / f"{name}.npy", np.ascontiguousarray(array))
    return _seal(job, _manifest(job, merged, arrays, side), making, folder)


def _kept_photos(job: Job) -> int:
    return -(-job.total // job.keep_every)


def _keeping(shards: Iterable[Shard], job: Job, peaks: Array, kept: list[Array]) -> Iterator[Shard]:
    """Hand shards on, and write their photos' strongest values into the table."""
    row = 0
    for shard in shards:
        found = shard.arrays["peaks"]
        peaks[row : row + len(found)] = job.rectify(found)
        row += len(found)
        kept.append(shard.arrays["peak_photos"])
        yield shard


def _cut(path: Path, table: Array, rows: int) -> Array:
    """The table without the rows of photos that could not be read."""
    if rows < len(table):
        short = path.with_name("short.npy")
        np.save(short, table[:rows])
        os.replace(short, path)
    else:
        table.flush()  # type: ignore[attr-defined]
    found: Array = np.load(path, mmap_mode="r")
    return found


def _tables(job: Job, merged: Merged, peaks: Array, labels: Array) -> dict[str, Array]:
    """Everything but the pictures, channels of all layers one after another."""
    values = np.array([layer.height * layer.width for layer in job.layers for _ in range(layer.channels)])
    with np.errstate(invalid="ignore", divide="ignore"):  # no photo at all, a class without one
        mean = merged.total / (values * merged.photos)
        class_mean = (merged.class_total / merged.class_photos[:, np.newaxis]).T
    mean = np.nan_to_num(mean)
    partner, correlation = twins(peaks, job.layers)
    fed = connections(job.model.graph, job.model.parameters, job.layers, mean)
    shown = unlike(merged.top_look, merged.top_photo, merged.photo_look, SHOWN)
    found = {name: np.take_along_axis(array, np.maximum(shown, 0), axis=1) for name, array in _top(merged)}
    empty = (shown < 0) | (found["top_photo"] < 0)
    found["top_photo"][empty] = found["top_place"][empty] = -1
    found["top_value"][empty] = 0
    found |= {
        "low_value": np.where(merged.low_photo < 0, np.float32(0), merged.low_value),
        "low_photo": merged.low_photo,
        "mean": mean,
        "zeros": merged.zeros,
        "on": merged.on,
        "counts": merged.histograms.counts,
        "exponents": merged.histograms.exponents,
        "class_mean": class_mean.astype(np.float32),
        "twin": partner,
        "twin_correlation": correlation,
        "sources": fed.sources,
        "source_strengths": fed.source_strengths,
        "targets": fed.targets,
        "target_strengths": fed.target_strengths,
    }
    if len(job.photos.classes):
        best = np.nan_to_num(class_mean, nan=-np.inf).argmax(axis=1).astype(np.int32)
        found |= {"best_class": best, "separation": separation(peaks, labels, best)}
    return found


def _top(merged: Merged) -> list[tuple[str, Array]]:
    return [(name, getattr(merged, name)) for name in ("top_value", "top_photo", "top_place")]


def _pictured(arrays: dict[str, Array]) -> Array:
    """The photos that some card shows."""
    shown = np.concatenate([arrays["top_photo"].reshape(-1), arrays["low_photo"].reshape(-1)])
    return np.unique(shown[shown >= 0])


def _manifest(job: Job, merged: Merged, arrays: dict[str, Array], side: tuple[int, int]) -> dict[str, Any]:
    names = job.photos.names
    return {
        "format": FORMAT,
        "model": job.model.name,
        "title": job.model.title,
        "weights": job.weights,
        "photos": merged.photos,
        "classes": list(job.photos.classes),
        "class_photos": merged.class_photos.tolist(),
        "right": merged.right if len(known_classes(job)) else None,
        "skipped": merged.skipped,
        "skipped_named": merged.skipped_named,
        "keep_every": job.keep_every,
        "input": [job.model.spec.channels, job.model.spec.height, job.model.spec.width],
        "picture_size": list(side),
        "picture_names": [names[photo] for photo in arrays["picture_photo"]],
        "layers": [asdict(layer) for layer in job.layers],
    }


def _seal(job: Job, manifest: dict[str, Any], making: Path, folder: Path) -> Path:
    """Write the manifest with every file's digest, and give the folder its name."""
    manifest["files"] = {path.name: _digest(path) for path in sorted(making.glob("*.npy"))}
    text = json.dumps(manifest, indent=1, ensure_ascii=False, sort_keys=True)
    content = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    (making / "manifest.json").write_text(text, encoding="utf-8")
    final = folder / f"{job.weights[:16]}-{content[:16]}"
    if final.exists():
        shutil.rmtree(making)
    else:
        making.rename(final)
    return final


def _digest(path: Path) -> str:
    found = hashlib.blake2b(digest_size=16)
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            found.update(block)
    return found.hexdigest()
