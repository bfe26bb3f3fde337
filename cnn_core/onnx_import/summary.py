"""What is in an ONNX file, without building anything of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from onnx import ModelProto, TensorProto, ValueInfoProto

from cnn_core.onnx_import.limits import Limits
from cnn_core.onnx_import.reading import read_model

__all__ = ["ModelSummary", "TensorSummary", "inspect_model", "labels_of", "opset_of", "summarize"]

MAX_LABELS = 100_000


@dataclass(frozen=True, slots=True)
class TensorSummary:
    """An input or output: a free dimension is its name in the file, ``None`` if it has none."""

    name: str
    dims: tuple[int | str | None, ...]
    type: str


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What a file says of itself; ``notes`` are sentences for people."""

    inputs: tuple[TensorSummary, ...]
    outputs: tuple[TensorSummary, ...]
    opset: int
    producer: str
    operators: Mapping[str, int]
    """How often each operator occurs, the most frequent first."""
    parameters: int
    metadata: Mapping[str, str] = field(default_factory=dict)
    labels: tuple[str, ...] | None = None
    notes: tuple[str, ...] = ()


def inspect_model(data: bytes, limits: Limits = Limits()) -> ModelSummary:  # noqa: B008
    """What the file says it takes, gives and is made of.

    Raises:
        BadModelFile: as ``import_model``; operators that are not known here are only counted.
    """
    return summarize(read_model(data, limits))


def summarize(model: ModelProto) -> ModelSummary:
    """The summary of a model that has been read."""
    graph = model.graph
    operators = Counter(
        node.op_type if node.domain in ("", "ai.onnx") else f"{node.domain}.{node.op_type}"
        for node in graph.node
    )
    weights = {tensor.name for tensor in graph.initializer}
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    return ModelSummary(
        inputs=tuple(_tensor(value) for value in graph.input if value.name not in weights),
        outputs=tuple(_tensor(value) for value in graph.output),
        opset=opset_of(model),
        producer=f"{model.producer_name} {model.producer_version}".strip(),
        operators=dict(operators.most_common()),
        parameters=sum(_count(tensor) for tensor in graph.initializer),
        metadata=metadata,
        labels=labels_of(metadata),
        notes=_notes(operators),
    )


def opset_of(model: ModelProto) -> int:
    """The operator set of ONNX itself."""
    return next(int(entry.version) for entry in model.opset_import if entry.domain in ("", "ai.onnx"))


def labels_of(metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """Class names from the metadata: under ``labels`` or ``names``, as a list, an object or lines.

    >>> labels_of({"names": "{0: 'cat', 1: 'dog'}"})
    ('cat', 'dog')
    """
    for key in ("labels", "names", "classes", "class_names"):
        if found := _labels(metadata.get(key, "")):
            return found
    return None


def _labels(text: str) -> tuple[str, ...]:
    text = text.strip()
    if not text.startswith(("[", "{")):
        lines = text.splitlines() if "\n" in text else text.split(",")
        return tuple(line.strip() for line in lines) if len(lines) > 1 else ()
    try:
        found = json.loads(text) if '"' in text else _python_names(text)
    except (ValueError, RecursionError):
        return ()
    if isinstance(found, dict) and all(str(key).isdecimal() for key in found):
        found = [found[key] for key in sorted(found, key=int)]
    if not isinstance(found, list) or len(found) > MAX_LABELS:
        return ()
    return tuple(map(str, found))


def _python_names(text: str) -> object:
    """A dictionary as Python prints it, which some exporters write: its names have single quotes."""
    import ast

    try:
        return ast.literal_eval(text)
    except (SyntaxError, MemoryError, TypeError) as error:
        raise ValueError("no literal") from error


def _tensor(value: ValueInfoProto) -> TensorSummary:
    tensor = value.type.tensor_type
    dims = tuple(
        dim.dim_value if dim.HasField("dim_value") else dim.dim_param or None for dim in tensor.shape.dim
    )
    return TensorSummary(value.name, dims, TensorProto.DataType.Name(tensor.elem_type).lower())


def _count(tensor: TensorProto) -> int:
    total = 1
    for size in tensor.dims:
        total *= size
    return total


def _notes(operators: Mapping[str, int]) -> tuple[str, ...]:
    if operators.get("Conv") and not operators.get("BatchNormalization"):
        return (
            "There is no batch normalization: if the network had some, the exporter has folded it into the "
            "convolutions before.",
        )
    return ()
