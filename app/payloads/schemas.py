"""Shapes of every JSON message."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from ..services.image_store import SampleKind
from .model_schemas import ImportedSchema

__all__ = [
    "AccuracySchema",
    "AlternativesSchema",
    "BoxSchema",
    "CardSchema",
    "ChannelStatistics",
    "CropSchema",
    "DoubtErrorsSchema",
    "DoubtSchema",
    "ExplanationSchema",
    "FieldSchema",
    "Health",
    "ImageInfo",
    "InputSchema",
    "ModelDetail",
    "ModelSummary",
    "NodeReach",
    "NodeSchema",
    "NodeStatistics",
    "OpinionSchema",
    "Probability",
    "ProblemDocument",
    "ReachSchema",
    "ReadsSchema",
    "Sample",
    "TermSchema",
    "TraceSummary",
    "WindowSchema",
]


class ProblemDocument(BaseModel):
    """An error: what happened, and what to do about it (RFC 9457)."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(description="The kind of problem, in a few words.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="A sentence a person can act on.")


class InputSchema(BaseModel):
    """What a model takes: values / divisor, minus mean, divided by std, per channel, in this order."""

    channels: int
    height: int
    width: int
    mean: list[float]
    std: list[float]
    divisor: float
    order: str = Field(description="RGB or BGR.")
    takes: Literal["picture", "sound"] = Field(description="sound: it is shown the spectrograms of sounds.")


class AccuracySchema(BaseModel):
    """Share of ``n`` images of a split whose class came first, or among the first three."""

    top1: float
    top3: float
    n: int
    split: str
    calibration_error: float | None = Field(
        description="How far its probabilities are from how often it is right, 15 bins; null: not measured."
    )


class DoubtErrorsSchema(BaseModel):
    """How often a rule of doubt errs, as it was measured."""

    rule: Literal["entropy", "second opinion"]
    doubted: float = Field(description="Share of the model's right answers that it calls unsure.")
    caught: float = Field(description="Share of its wrong answers to images of its own classes.")
    believed: float = Field(description="Share of images of other things that it lets pass.")
    known: int = Field(description="Images of its own classes.")
    strange: int = Field(description="Images of other things.")


class CardSchema(BaseModel):
    """What someone needs to know before trusting weights, and to make them again."""

    title: str
    architecture: str
    data: str
    licence: str
    command: str = Field(description="What repeats the training.")
    seed: int
    epochs: int = Field(description="0: the weights were drawn from the seed and never trained.")
    validation: AccuracySchema | None
    doubts: list[DoubtErrorsSchema] = Field(description="None: nobody measured it.")
    notes: str
    size_bytes: int = Field(description="Of the file of weights; 0: there is none.")
    hours: float = Field(description="Of training, on the machine that the notes name or on two cores.")


class ModelSummary(BaseModel):
    """A model as a list shows it, told by its card: no weights are read for it."""

    id: str
    title: str
    shows: str = Field(description="What it is here for, in one sentence.")
    classes: list[str]
    parameter_count: int = Field(description="Trained numbers.")
    macs: int = Field(description="Multiply-adds for one image.")
    input: InputSchema
    accuracy: AccuracySchema | None = Field(description="null: nobody measured these weights.")
    card: CardSchema
    imported: ImportedSchema | None = Field(default=None, description="null: it comes with ConvScope.")


class FieldSchema(BaseModel):
    """Receptive field: output (y, x) sees ``size`` input pixels from ``(y, x) * stride + offset``."""

    size: tuple[int, int] = Field(description="Rows, columns.")
    stride: tuple[int, int]
    offset: tuple[int, int]


class WindowSchema(BaseModel):
    """Down and across: place ``i`` reads places ``i * stride - padding + k * dilation`` for ``k < size``."""

    size: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]


class ReadsSchema(BaseModel):
    """What a layer reads of one of its inputs; a value of a vector is a channel of one place."""

    channels: Literal["own", "all", "group", "offset"] = Field(
        description="Of an output channel c: c; all; those of its group; c - offset."
    )
    group: tuple[int, int] | None = Field(
        description="Output channels of a group, and input channels that each of them reads."
    )
    offset: int = Field(description="Output channels before this input's.")
    places: Literal["own", "all", "flat", "window", "listed"] = Field(
        description="The same place; all; place v of value v, in C order; those of `window`; those in `rows` "
        "and `columns`."
    )
    window: WindowSchema | None
    rows: list[list[int]] | None = Field(description="Of every output row, the rows it reads.")
    columns: list[list[int]] | None


class AlternativesSchema(BaseModel):
    """What a convolution would have to learn if it shared no weights, biases counted."""

    locally_connected: int = Field(description="A kernel of its own for every filter at every place.")
    dense: int = Field(description="Every output value connected to every input value.")


class NodeSchema(BaseModel):
    """One layer of a model."""

    name: str
    kind: str
    config: dict[str, Any]
    inputs: list[str]
    reads: list[ReadsSchema] = Field(description="One an input.")
    output_shape: list[int] = Field(description="[C, H, W] or [F]; no batch axis.")
    parameters: dict[str, list[int]] = Field(description="Full name -> shape.")
    parameter_count: int
    macs: int
    alternatives: AlternativesSchema | None = Field(description="null: no convolution.")
    receptive_field: FieldSchema


class ModelDetail(ModelSummary):
    """A model with everything there is to know about it, its weights apart."""

    second: str | None = Field(
        description="The model that gives a second opinion on its answers, at `…/doubt`; null: none does."
    )

    nodes: list[NodeSchema] = Field(description="In topological order.")
    output: str = Field(description="The node that holds the answer.")


class ImageInfo(BaseModel):
    """An image the server holds; ``id`` is a hash of its decoded pixels."""

    id: str
    width: int
    height: int
    kind: SampleKind = Field(
        description="digit: white on black, 28 x 28, for networks that read digits; sound: the spectrogram "
        "of one, for networks that take sounds, a column of 10 ms and 64 bands of pitch from 0 to 8 kHz."
    )
    note: str = Field(default="", description="What was done to its range when it was sent.")


class Sample(ImageInfo):
    """A picture that comes with the server."""

    title: str


class CropSchema(BaseModel):
    """The part of the image that the network sees, in image pixels."""

    left: int
    top: int
    width: int
    height: int


class Probability(BaseModel):
    """How likely the model holds one class to be."""

    label: str
    probability: float


class OpinionSchema(BaseModel):
    """What a second network, which knows many things, makes of the same part of the image."""

    model: str = Field(description="Its id.")
    title: str
    support: float = Field(description="Its probability of the class that the first model names.")
    label: str = Field(description="What it takes the picture for.")
    probability: float
    same: str | None = Field(description="What the first model calls that; null: it does not know it.")


class DoubtSchema(BaseModel):
    """How unsure the model is of its answer, and which rule says so."""

    rule: Literal["entropy", "second opinion", "none"] = Field(
        description="entropy: probability is spread evenly; second opinion: another network puts little on "
        "the class that this one names; none: the answer is no distribution, nothing is said."
    )

    entropy: float = Field(description="0: one class has all probability; 1: all have the same.")
    margin: float = Field(description="Probability of the likeliest class above that of the second.")
    unsure: bool = Field(description="The picture may well show nothing that the model knows.")
    opinion: OpinionSchema | None = Field(description="null: the rule is entropy.")
    first: Probability | None = Field(description="The likeliest class; null: the model has none.")


class NodeStatistics(BaseModel):
    """The values of one layer's output in six numbers."""

    name: str
    shape: list[int]
    min: float
    max: float
    mean: float
    std: float
    zero_fraction: float = Field(description="Share of values that are exactly zero.")


class TraceSummary(BaseModel):
    """A whole forward pass in short."""

    model: str
    image: str
    crop: CropSchema
    top: list[Probability] = Field(description="Every class, likeliest first.")
    doubt: DoubtSchema
    nodes: list[NodeStatistics]
    milliseconds: float = Field(description="Compute time of the layers.")


class BoxSchema(BaseModel):
    """A half-open box of input pixels: rows top <= y < bottom, columns left <= x < right."""

    top: int
    left: int
    bottom: int
    right: int


class TermSchema(BaseModel):
    """One patch of a node and its share; ``patch[i][j]`` lies at (y + i*step[0], x + j*step[1])."""

    node: str
    channel: int
    y: int
    x: int
    step: tuple[int, int]
    patch: list[list[float]]
    kernel: list[list[float]] | None
    products: list[list[float]]
    inside: list[list[bool]] | None = Field(description="false: padding; null: all of it is inside.")
    sum: float


class ExplanationSchema(BaseModel):
    """The whole arithmetic behind one value."""

    node: str
    channel: int
    y: int
    x: int
    value: float
    operation: str = Field(
        description="How terms make the value: sum (plus bias), max, mean, product, copy, function, "
        "affine, softmax."
    )
    bias: float | None
    constants: dict[str, float]
    field: BoxSchema = Field(description="The input pixels this value can see.")
    term_count: int = Field(description="How many terms there are, sent or not.")
    term_sum: float = Field(description="The sums of all of them, sent or not, added up.")
    terms: list[TermSchema]


class ChannelStatistics(BaseModel):
    """Every channel of one layer in five numbers; entry i of each list is channel i's."""

    node: str
    min: list[float]
    max: list[float]
    mean: list[float]
    variance: list[float] = Field(description="The mean squared distance from the mean.")
    zero_fraction: list[float] = Field(description="Share of values that are exactly zero.")


class NodeReach(BaseModel):
    """Where one layer's values can be changed; a vector counts as one column of places."""

    name: str
    box: BoxSchema | None = Field(description="The smallest box around them; null: nowhere.")
    count: int = Field(description="How many places.")
    runs: list[tuple[int, int]] | None = Field(
        description="[first, length] of every unbroken run of places, counted row by row through the whole "
        "map; null: the box has no holes."
    )


class ReachSchema(BaseModel):
    """What one pixel of the network's input can reach."""

    y: int
    x: int
    nodes: list[NodeReach] = Field(description="Every node of the model, in topological order.")


class Health(BaseModel):
    """The server is alive."""

    status: str = Field(examples=["ok"])
    version: str
