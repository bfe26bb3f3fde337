"""What is told of a network that came as an ONNX file, and what can be said about it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from ..services.model_records import OutputKind

__all__ = ["ImportedSchema", "ModelChange"]


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
    output_kind: OutputKind
    free: dict[str, int] = Field(description="Sizes the file leaves open, and what was taken for them.")
    file_bytes: int


class ModelChange(BaseModel):
    """What a person says of a network; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, max_length=120)
    scaling: str | None = Field(default=None, description="unit, imagenet, signed, bytes or caffe.")
    labels: list[str] | None = Field(default=None, max_length=100_000)
    height: int | None = Field(default=None, ge=1, le=8192)
    width: int | None = Field(default=None, ge=1, le=8192)
