"""Shapes of the messages about atlases."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

__all__ = [
    "AtlasLayer",
    "AtlasSchema",
    "AtlasState",
    "ChannelCard",
    "ChannelRank",
    "ChannelRow",
    "LayerWall",
    "PartnerSchema",
    "PatchSchema",
    "PhotoSet",
    "QuizAnswer",
    "QuizPair",
    "TwinSchema",
    "WorkerRow",
]


class AtlasLayer(BaseModel):
    """A layer whose channels have cards; counts are null where there is no atlas yet."""

    node: str
    channels: int
    height: int
    width: int
    field: tuple[int, int] = Field(description="Rows and columns of the input that a value sees.")
    stride: tuple[int, int] = Field(description="From one field to the next; 0 where all are the same.")
    offset: tuple[int, int] = Field(description="Where the first value's field begins.")
    dead: int | None = None
    rare: int | None = None
    twins: int | None = None


class AtlasSchema(BaseModel):
    """What every channel does on a set of photos."""

    id: str
    model: str
    title: str
    photos: int
    classes: list[str]
    right: int | None = Field(description="Photos it names rightly; null where it has other classes.")
    skipped: int = Field(description="Files that are no readable image.")
    skipped_named: list[str]
    compared: int = Field(description="Photos whose strongest values are kept: ranks are among these.")
    layers: list[AtlasLayer]


class WorkerRow(BaseModel):
    """Who makes an atlas: what is done, what it is at."""

    name: str
    shards: int
    photos_a_second: float
    now: str
    lost: bool = Field(description="It has ended, and will not come back; its shard is made by another.")


class PhotoSet(BaseModel):
    """Photos that are sent to have an atlas made of them."""

    id: str


class AtlasState(BaseModel):
    """Whether a network has an atlas, or one is being made."""

    state: Literal["none", "computing", "stopped", "done"]
    photos: int = Field(description="Photos surveyed.")
    total: int
    photos_a_second: float
    seconds_left: float | None
    step: str
    workers: list[WorkerRow]
    problem: str | None = Field(description="What stopped it, and what to do.")
    atlas: AtlasSchema | None
    layers: list[AtlasLayer]


class PatchSchema(BaseModel):
    """A photo that excites a channel: the value, its place on the map, and the box of the input it sees."""

    photo: int
    name: str
    label: int | None = Field(description="Its class, a place in the atlas's classes.")
    value: float
    y: int
    x: int
    box: list[int] = Field(description="top, left, bottom, right in the network's input; may leave it.")


class TwinSchema(BaseModel):
    """The channel of the layer whose strongest values correlate most with this one's."""

    channel: int
    correlation: float


class PartnerSchema(BaseModel):
    """A channel that feeds this one, or is fed: sum of |weights| times mean activity, signed."""

    node: str
    channel: int
    strength: float


class ChannelRow(BaseModel):
    """A channel on the wall."""

    channel: int
    max: float
    on: float = Field(description="Share of photos on which it is above zero.")
    zeros: float = Field(description="Share of its values that are zero.")
    classes: list[int] = Field(description="The two classes that excite it most.")
    separation: float | None
    dead: bool
    rare: bool
    twin: TwinSchema | None


class LayerWall(BaseModel):
    """Channels of one layer."""

    node: str
    first: int
    total: int
    side: int = Field(description="Pixels of a patch in the sheets of patches.")
    channels: list[ChannelRow]


class ChannelCard(BaseModel):
    """Everything known of a channel."""

    node: str
    channel: int
    side: int
    top: list[PatchSchema]
    low: list[PatchSchema] = Field(description="What leaves it cold; values are those before a rectifier.")
    on: float
    zeros: float
    mean: float
    edges: list[float]
    counts: list[int] = Field(description="Values in each bin of the histogram, zeros included.")
    zero_count: int
    class_means: list[float]
    best_class: int | None
    separation: float | None
    twin: TwinSchema | None
    twinned: bool
    dead: bool
    sources: list[PartnerSchema]
    targets: list[PartnerSchema]


class ChannelRank(BaseModel):
    """How a value stands among the strongest values on the atlas's photos."""

    below: float = Field(description="Share of the photos on which the channel stays below it.")
    photos: int


class QuizPair(BaseModel):
    """Two photos that are not on the card; null where the atlas is too small."""

    photos: list[int] | None


class QuizAnswer(BaseModel):
    """What the network gives the two photos, measured for this answer."""

    photos: list[int]
    values: list[float]
