"""What is asked of the shift lab and what it answers, in JSON; the live socket and HTTP share these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from cnn_core.equivariance import Border, Fill, Pooling

from .requests import Strict
from .schemas import CropSchema

__all__ = [
    "LARGEST_SIZE",
    "EquivarianceRequest",
    "EquivarianceSchema",
    "InvarianceSchema",
    "LayerChoice",
    "LiveState",
    "NodeEquivariance",
    "SweepRequest",
    "SweepSchema",
    "SweepSummary",
]

LARGEST_SIZE = 256
"""Side of the largest canvas, in pixels."""
_SMALLEST_SIZE = 16


class _Variant(Strict):
    """A network with other borders or another pooling, and the part of an image that it sees."""

    model: str = Field(max_length=100, description="Id of a model, from /api/models.")
    image: str = Field(max_length=100, description="Id of an image, from /api/samples or an upload.")
    crop: list[int] | None = Field(
        default=None,
        min_length=3,
        max_length=3,
        description="[left, top, width] in image pixels; null: the largest centred box.",
    )
    border: Border = Field(default="trained", description="What stands beyond the border, in every layer.")
    pooling: Pooling = Field(default="trained", description="What every pooling layer does.")


class _Shift(_Variant):
    dx: int = Field(default=0, description="Pixels of the network's input, to the right.")
    dy: int = Field(default=0, description="Pixels of the network's input, down.")
    size: int | None = Field(
        default=None,
        ge=_SMALLEST_SIZE,
        le=LARGEST_SIZE,
        description="Side of a square input for the convolutional part alone; null: the network's own.",
    )


class EquivarianceRequest(_Shift):
    """One shift, for a script."""

    nodes: list[str] | None = Field(
        default=None, max_length=1000, description="Layers to measure; null: every layer that has a map."
    )


class SweepRequest(_Variant):
    """All shifts up to a largest one."""

    max_shift: int = Field(default=8, ge=1, le=8, description="Pixels of the network's input, each way.")


class LayerChoice(Strict):
    """A layer whose maps are wanted, and which of them."""

    node: str = Field(max_length=200)
    channel: int | None = Field(
        default=0, ge=0, description="null: the channel of f(x) that makes most of its colours."
    )


class LiveState(_Shift):
    """Everything a page wants to see at one moment."""

    transform: Literal["shift", "rotate", "scale"] = "shift"
    angle: float = Field(default=0.0, ge=-180, le=180, description="Degrees, anticlockwise.")
    factor: float = Field(default=1.0, ge=0.25, le=4, description="Above 1 enlarges.")
    layers: list[LayerChoice] = Field(default_factory=list, max_length=8)
    curve: int = Field(default=0, ge=0, le=32, description="Errors for every dx up to this; 0: none.")
    sweep: int = Field(default=0, ge=0, le=8, description="Top class for all shifts up to this; 0: none.")
    variants: bool = Field(default=False, description="The errors under every pooling and border.")
    contrast: bool = Field(default=False, description="A fully connected layer under the same shift.")


class NodeEquivariance(BaseModel):
    """How far one layer is from moving along with its input."""

    node: str
    stride: tuple[int, int] = Field(description="Input pixels per place of the map: down, across.")
    move: tuple[float, float] | None = Field(
        description="How far the map moves, in its places: down, across; null for rotation and scale."
    )
    error: float | None = Field(
        description="|f(Tx) - T f(x)| / |T f(x)| over all channels; null: nothing to compare with."
    )
    differing: int = Field(description="Compared values whose bits are not the same.")
    compared: int
    exact: bool = Field(description="Every compared bit agrees.")
    left_out: int = Field(description="Values that depend on newly exposed pixels.")
    interpolated: bool = Field(description="The map moves by a fraction of a place.")
    edge: int = Field(description="Compared values for which padding stands in for pixels that have left.")
    error_inside: float | None = Field(description="The error without those at the edge.")
    differing_inside: int


class InvarianceSchema(BaseModel):
    """Class probabilities of the model as it was trained, before and after."""

    labels: list[str]
    fill: Fill = Field(description="What newly exposed pixels were filled with.")
    before: list[float]
    after: list[float]
    top: list[int] = Field(description="The three classes that matter: largest of both first.")


class EquivarianceSchema(BaseModel):
    """What one shift does to every layer."""

    model: str
    image: str
    crop: CropSchema
    size: list[int] = Field(description="Rows and columns of the network's input.")
    dx: int
    dy: int
    border: Border
    pooling: Pooling
    changes: list[str] = Field(description="What this changes of the network as it was trained.")
    nodes: list[NodeEquivariance]
    probabilities: InvarianceSchema | None = Field(description="null: another size than the network's own.")


class SweepSummary(BaseModel):
    """How steady the answer is under all shifts of a sweep."""

    label: str = Field(description="The class that comes first at (0, 0).")
    class_index: int
    shifts: int = Field(description="Shifts other than (0, 0).")
    flips: int = Field(description="Those after which another class comes first.")
    flip_rate: float
    consistency: float = Field(description="Share of pairs of shifts with the same first class (Zhang 2019).")


class SweepSchema(BaseModel):
    """The first class for every shift; rows go by dy, columns by dx, both upwards."""

    model: str
    image: str
    crop: CropSchema
    max_shift: int
    fill: Fill
    labels: list[str]
    top: list[list[int]]
    probability: list[list[float]] = Field(description="Of the class that comes first at (0, 0).")
    summary: SweepSummary
