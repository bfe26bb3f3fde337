"""``convscope atlas``: a survey of photos, with what it says while it runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console

from cnn_core.atlas import Atlas, FolderPhotos, Makers, Progress, in_threads, make_atlas
from cnn_core.atlas.cluster import dask_workers

from ..config import load_settings
from ..services.kept_atlases import KeptAtlases
from .imports import open_network
from .progress import name_skipped, progress_bar

__all__ = ["AtlasOptions", "run_atlas"]


@dataclass(frozen=True, slots=True)
class AtlasOptions:
    """What ``convscope atlas`` was asked for."""

    model: str
    photos: Path
    workers: int | None = None
    threads: int | None = None
    scheduler: str | None = None
    out: Path | None = None
    scaling: str | None = None
    size: str | None = None


def run_atlas(options: AtlasOptions) -> None:
    """Make an atlas and print where it is and what it found.

    Raises:
        CnnError, OSError: the network, the photos or the folder cannot be used.
    """
    console = Console()
    model = open_network(options.model, options.scaling, options.size)
    photos = FolderPhotos.at(options.photos)
    kept = KeptAtlases.of(load_settings())
    folder = options.out or kept.folder
    with _makers(options, console) as make, progress_bar(console, "images") as bar:
        task = bar.add_task("surveying", total=len(photos.names))

        def told(progress: Progress) -> None:
            lost = sum(worker.lost for worker in progress.workers)
            step = f"{progress.step}, {lost} workers lost" if lost else progress.step
            bar.update(task, completed=progress.photos, description=step)

        atlas = make_atlas(model, photos, folder, make, told)
        if options.out is None:
            kept.share(str(atlas.manifest["weights"]))
    _report(atlas)


@contextmanager
def _makers(options: AtlasOptions, console: Console) -> Iterator[Makers]:
    if options.workers is None and options.scheduler is None:
        yield in_threads(options.threads or os.cpu_count() or 1)
        return
    with dask_workers(options.workers or 1, options.threads or 1, options.scheduler) as (make, dashboard):
        console.print(f"Dask dashboard: {dashboard}")
        yield make


def _report(atlas: Atlas) -> None:
    found = atlas.manifest
    name_skipped(found["skipped_named"])
    if (more := found["skipped"] - len(found["skipped_named"])) > 0:
        typer.echo(f"and {more} more files that are no images", err=True)
    right = found["right"]
    named = "" if right is None else f", {right / max(1, atlas.photos):.1%} named rightly"
    channels = sum(layer.channels for layer in atlas.layers.values())
    typer.echo(f"{atlas.photos:,} photos{named}; {channels:,} channels in {len(atlas.layers)} layers")
    for layer in atlas.layers.values():
        counts = [
            (atlas.dead(layer), "dead"),
            (atlas.rare(layer), "rarely on"),
            (atlas.twinned(layer), "twins"),
        ]
        told = ", ".join(f"{int(which.sum())} {what}" for which, what in counts if which.any())
        typer.echo(f"  {layer.node}: {layer.channels} channels{', ' + told if told else ''}")
    typer.echo(str(atlas.folder))
