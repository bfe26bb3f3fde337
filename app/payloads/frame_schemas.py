"""The headers of frames."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .schemas import CropSchema, DoubtSchema, Probability

__all__ = ["DoneHeader", "Encoding", "ErrorHeader", "FrameError", "LayerHeader"]

Encoding = Literal["float32", "uint8"]


class _Header(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)


class LayerHeader(_Header):
    """One layer's output; values come as float32, or as 8-bit steps of `scale` from `offset`."""

    node: str
    kind: str
    index: int
    count: int = Field(description="Layers in all.")
    shape: list[int] = Field(description="Without the batch axis.")
    encoding: Encoding
    bytes: int = Field(description="Payload, padding included.")
    elements: int
    min: float
    max: float
    mean: float
    std: float
    zero_fraction: float
    milliseconds: float
    offset: float
    scale: float


class DoneHeader(_Header):
    """The last frame: the answer."""

    done: Literal[True] = True
    bytes: Literal[0] = 0
    top: list[Probability]
    doubt: DoubtSchema
    crop: CropSchema
    milliseconds: float


class FrameError(BaseModel):
    """What went wrong."""

    status: int
    title: str
    detail: str


class ErrorHeader(_Header):
    """The last frame when the work failed under way."""

    error: FrameError
    bytes: Literal[0] = 0
