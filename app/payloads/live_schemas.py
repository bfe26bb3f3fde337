"""Messages of the live socket, each with the number of the state it answers; arrays travel behind it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from cnn_core.equivariance import Border, Pooling

from .schemas import CropSchema
from .shift_schemas import InvarianceSchema, NodeEquivariance, SweepSummary

__all__ = [
    "BorderMessage",
    "ContrastMessage",
    "CurveMessage",
    "CurvePoint",
    "DoneMessage",
    "Failure",
    "FailureMessage",
    "Floats",
    "LayerMaps",
    "LiveMessage",
    "PoolingMessage",
    "ResultMessage",
    "SweepMessage",
]

# What arrays are in the browser, which finds them in the payload.
Floats = Annotated[Any, WithJsonSchema({"type": "array", "tsType": "Float32Array"})]
Bytes = Annotated[Any, WithJsonSchema({"type": "array", "tsType": "Uint8Array"})]
Picture = Annotated[Any, WithJsonSchema({"type": "array", "tsType": "Uint8ClampedArray<ArrayBuffer>"})]


class LayerMaps(NodeEquivariance):
    """One layer, with two maps of one of its channels; their difference is left to who gets them."""

    kind: str
    shape: tuple[int, int, int] = Field(description="Channels, rows, columns.")
    channel: int
    scale: tuple[float, float] = Field(description="Least and largest value of f(x) in this channel.")
    layer_scale: tuple[float, float] = Field(description="And in all.")
    shifted_input: Floats = Field(description="f(T x), rows * columns.")
    shifted_map: Floats = Field(description="T f(x).")
    compared_mask: Bytes | None = Field(description="1 where values are compared; null: everywhere.")


class _Answer(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    seq: int = Field(description="Number of the state this is about.")


class ResultMessage(_Answer):
    """What the movement does to the picture, the layers and the answer."""

    type: Literal["result"] = "result"
    model: str
    image: str
    crop: CropSchema
    size: tuple[int, int] = Field(description="Rows, columns of the network's input.")
    transform: Literal["shift", "rotate", "scale"]
    dx: int
    dy: int
    angle: float
    factor: float
    border: Border
    pooling: Pooling
    changes: list[str] = Field(description="Sentences: what the network was not trained with.")
    picture: Picture = Field(description="T x, for ImageData.")
    exposed: Bytes | None = Field(description="1 where a pixel is newly exposed; null: none is.")
    layers: list[LayerMaps]
    probabilities: InvarianceSchema | None = Field(description="null: another size than the network's own.")
    milliseconds: float


class PoolingMessage(_Answer):
    """The same shift under another pooling."""

    type: Literal["pooling"] = "pooling"
    pooling: Pooling
    trained: bool = Field(description="Whether the network was trained with this one.")
    layers: list[NodeEquivariance]


class BorderMessage(_Answer):
    """The same shift with another border."""

    type: Literal["border"] = "border"
    border: Border
    trained: bool
    layers: list[NodeEquivariance]


class CurvePoint(BaseModel):
    """The errors after one shift."""

    dx: int
    errors: list[float | None] = Field(description="Per layer of the state, in its order.")
    exact: list[bool]
    probabilities: list[float] | None = Field(description="Of every class.")


class CurveMessage(_Answer):
    """Points of the curve of errors."""

    type: Literal["curve"] = "curve"
    key: str = Field(
        description="Points of one key belong together; a point is sent once on a connection while its key "
        "lasts."
    )
    range: int
    dy: int
    points: list[CurvePoint]


class SweepMessage(_Answer):
    """One row of a sweep."""

    type: Literal["sweep"] = "sweep"
    key: str = Field(description="As in `CurveMessage`, for rows.")
    max_shift: int
    dy: int
    top: list[int] = Field(description="First class, for dx from -max_shift to max_shift.")
    probability: list[float] = Field(description="Of the class that comes first at rest.")
    summary: SweepSummary | None = Field(description="In the last row.")


class ContrastMessage(_Answer):
    """A fully connected layer under the same shift."""

    type: Literal["contrast"] = "contrast"
    model: str | None = Field(description="null: a random layer, as no fully connected model is here.")
    node: str
    inputs: int
    outputs: int
    change: float | None
    unrelated: float | None
    moved: Floats = Field(description="Its outputs for the moved photo.")
    rest: Floats = Field(description="And for the photo at rest.")
    other: str


class WaitingMessage(BaseModel):
    """All places are taken; the answer to the newest state comes by itself when there is one."""

    type: Literal["waiting"] = "waiting"
    place: int = Field(description="In the line, from 1.")
    taken: int = Field(description="How many others are answered at the same time.")


class DoneMessage(_Answer):
    """All has been said."""

    type: Literal["done"] = "done"


class Failure(BaseModel):
    """Why a state cannot be answered."""

    status: int
    title: str
    detail: str


class FailureMessage(_Answer):
    """The state cannot be answered."""

    type: Literal["error"] = "error"
    error: Failure


LiveMessage = (
    ResultMessage
    | PoolingMessage
    | BorderMessage
    | CurveMessage
    | SweepMessage
    | ContrastMessage
    | WaitingMessage
    | DoneMessage
    | FailureMessage
)
