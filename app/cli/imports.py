"""``convscope import``: a network from an ONNX file, verified and kept in the data folder."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from cnn_core.errors import BadInput, CnnError
from cnn_core.models import MODELS, Model, load_model

from ..config import SettingsError, load_settings
from ..services.answers import answer_words, read_as
from ..services.edits import model_with, parted
from ..services.labels import read_labels
from ..services.model_imports import KeptModel, ModelImports
from ..services.model_records import Choices
from ..services.onnx_models import open_onnx
from ..services.twins import twin_seed, untrained_twin

__all__ = ["find_model", "open_network", "run_import", "take_file"]


class BadSetting(CnnError):
    """An environment variable that cannot be."""


def run_import(
    file: Path,
    name: str | None,
    labels: Path | None,
    scaling: str | None,
    size: str | None,
    output: str | None = None,
    reading: str | None = None,
) -> str:
    """Import a file and say what came of it; the id it is kept under.

    Raises:
        CnnError: the file, the labels, the scaling or the size cannot be used.
        OSError: a file cannot be read, or the data folder not be written to.
    """
    kept = take_file(file, name, labels, scaling, size, output, reading)
    model, told = kept.model, kept.imported
    seen = model.spec
    typer.echo(
        f"{model.title}: {len(model.graph)} layers, {model.graph.total_cost().parameters:,} parameters"
    )
    typer.echo(
        f"input: {seen.channels} x {seen.height} x {seen.width}, scaled: {told.scaling or 'its own way'}"
    )
    typer.echo(f"output: {answer_words(told, len(model.labels))}")
    for each in told.outputs if len(told.outputs) > 1 else ():
        form = " x ".join(map(str, each.shape))
        chosen = ", taken for the answer" if each.name == told.output else ""
        typer.echo(f"  {each.name}: {form}, looks like {each.kind}{chosen}")
    for note in told.notes:
        typer.echo(f"note: {note}")
    if told.finding.program:
        typer.echo(f"compared with: {told.finding.program}")
    typer.echo(told.finding.sentence)
    typer.echo(f"kept as {model.name}")
    return model.name


def take_file(
    file: Path,
    name: str | None = None,
    labels: Path | None = None,
    scaling: str | None = None,
    size: str | None = None,
    output: str | None = None,
    reading: str | None = None,
) -> KeptModel:
    """Import a file into the data folder; without a name it is called as the file.

    Raises:
        CnnError, OSError: as ``run_import``.
    """
    classes = None if labels is None else read_labels(labels.read_bytes())
    kind = None if reading is None else read_as(reading)
    choices = Choices(name or file.stem, classes, scaling, _size(size), output=output, reading=kind)
    return _imports().take(_read(file), choices)


def find_model(name: str) -> Model:
    """A network of the package or an imported one, by its id or its name, or the untrained twin of one.

    With ``~edit-`` and edits behind it, it is the edited one.

    Raises:
        UnknownModel: there is none; the message lists those of the package.
        CnnError: it is damaged, or an edit cannot be made.
    """
    name, edits = parted(name)
    if edits is not None:
        return model_with(find_model(name), edits)
    if twin := twin_seed(name):
        return untrained_twin(find_model(twin[0]), twin[1])
    if name not in MODELS:
        imports = _imports()
        for record in reversed(imports.files.records()):
            if name in (record.entry.name, record.entry.title):
                return imports.load(record.entry.name).model
    return load_model(name)


def open_network(name: str, scaling: str | None = None, size: str | None = None) -> Model:
    """A network by its name, or from a file that ends in ``.onnx``, which is neither verified nor kept.

    Raises:
        CnnError, OSError: as ``find_model``, or the file cannot be used.
    """
    path = Path(name)
    if path.suffix.lower() != ".onnx":
        return find_model(name)
    choices = Choices(path.name, None, scaling, _size(size))
    return open_onnx(_read(path), path.stem, choices, _imports().limits).model


def _imports() -> ModelImports:
    try:
        return ModelImports.of(load_settings())
    except SettingsError as error:
        raise BadSetting(str(error)) from error


def _read(file: Path) -> bytes:
    """The network in a file, a folder or a zip archive, with its weights."""
    from cnn_core.onnx_import.gathering import from_folder  # late: it loads the onnx package

    limits = _imports().limits
    if file.is_file() and (size := file.stat().st_size) > limits.max_bytes:
        raise BadInput(f"{file}: {size:,} bytes; CONVSCOPE_MODEL_FILE_BYTES allows {limits.max_bytes:,}")
    return from_folder(file, limits)


def _size(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,4})(?:x(\d{1,4}))?", text, re.ASCII)
    if not found or not int(found[1]) or found[2] == "0":
        raise BadInput(f"--size wants a side or HEIGHTxWIDTH, such as 224 or 240x320, got {text!r}")
    return int(found[1]), int(found[2] or found[1])
