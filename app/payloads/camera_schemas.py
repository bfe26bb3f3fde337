"""What is said to and fro while a network watches a camera or a video, or hears a microphone."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .live_schemas import Floats
from .requests import Strict
from .schemas import DoubtSchema, Probability

__all__ = ["FrameMessage", "FrameState", "PassingLayer"]


class FrameState(Strict):
    """What a page wants to see of what lies behind it.

    Of a camera RGB bytes of the network's input size, row by row; of a microphone the last second, 16,000
    samples of 16 bits, little-endian.
    """

    model: str = Field(max_length=8000)
    maps: dict[str, str | None] = Field(
        max_length=1000,
        description="By layer: the channels in view, such as `0-9` or `5,2,40-47`; null: all of them.",
    )


class PassingLayer(BaseModel):
    """A layer in view: some of its maps, and all of it in numbers."""

    node: str
    kind: str
    shape: list[int] = Field(description="Of the whole layer, without the batch axis.")
    channels: list[int] | None = Field(description="Whose maps these are; null: of all channels.")
    values: Floats = Field(description="Map by map, in C order.")
    min: float
    max: float
    mean: float
    std: float
    zero_fraction: float


class FrameMessage(BaseModel):
    """What the network makes of a frame."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    type: Literal["frame"] = "frame"
    seq: int = Field(description="Number of the frame this is about.")
    layers: list[PassingLayer] = Field(description="Those that were asked for, in the network's order.")
    top: list[Probability] = Field(description="The likeliest classes, at most 32 of them.")
    doubt: DoubtSchema
    milliseconds: float
