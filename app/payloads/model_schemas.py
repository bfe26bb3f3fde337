"""What is told of a network that came as an ONNX file, and what can be said about it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from cnn_core.graph.answer import AnswerKind

__all__ = ["ImportedSchema", "ModelChange"]


class OutputSchema(BaseModel):
    """One output of a file."""

    name: str
    shape: list[int] = Field(description="Of one picture's answer.")
    kind: AnswerKind = Field(description="What it looks like.")


class ImportedSchema(BaseModel):
    """Where an imported network comes from, and whether it computes what its file says."""

    verified: bool = Field(description="Every layer was compared with another program and none disagrees.")
    verification: str = Field(description="The finding in a sentence.")
    program: str = Field(
        default="", description="The other program and its version; empty where none has computed anything."
    )
    pending: bool = Field(default=False, description="Still to be compared: POST .../verification.")
    notes: list[str] = Field(description="What the file leaves open or an exporter has changed.")
    scaling: str | None = Field(description="Name of the convention of its input; null: numbers of its own.")
    output_kind: AnswerKind = Field(
        description="What the answer is read as. classes: one of several, shares that add up to 1; "
        "independent: a yes or no each; maps; vector: other numbers."
    )
    output: str = Field(description="Name in the file of the output that is the answer.")
    outputs: list[OutputSchema] = Field(description="All outputs of the file.")
    free: dict[str, int] = Field(description="Sizes the file leaves open, and what was taken for them.")
    file_bytes: int


class ModelChange(BaseModel):
    """What a person says of a network; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=120)
    scaling: str | None = Field(default=None, description="unit, imagenet, signed, bytes or caffe.")
    labels: list[str] | None = Field(default=None, max_length=100_000)
    output: str | None = Field(default=None, max_length=256, description="Which output is the answer.")
    reading: AnswerKind | None = Field(default=None, description="What the answer is read as.")
    height: int | None = Field(default=None, ge=1, le=8192)
    width: int | None = Field(default=None, ge=1, le=8192)
