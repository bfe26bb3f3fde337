"""What is asked of classes of one's own, and what is answered."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .requests import Strict

__all__ = ["OwnAnswer", "OwnClass", "OwnMistake", "OwnQuestion"]


class OwnClass(Strict):
    """A class of one's own, by uploaded images."""

    name: str = Field(min_length=1, max_length=40)
    images: list[str] = Field(max_length=400, description="Ids of uploaded images.")


class OwnQuestion(Strict):
    """Pictures to learn a network's last layer from."""

    model: str = Field(default="resnet", max_length=80, description="The network whose features are taken.")
    classes: list[OwnClass] = Field(min_length=1, max_length=9)
    ask: str | None = Field(default=None, max_length=40, description="An image to be named.")


class OwnMistake(BaseModel):
    """The surest mistake among the pictures that were left out."""

    name: str
    picture: int = Field(description="Which picture of its class, from 0.")
    said: str
    share: float


class OwnAnswer(BaseModel):
    """A last layer, solved anew."""

    right: int = Field(description="Pictures called by their name by the layer learnt from all others.")
    count: int
    mistake: OwnMistake | None
    shares: list[float] | None = Field(description="Of the image that was asked about, by class.")
    learnt: int = Field(description="Numbers of the last layer.")
    kept: int = Field(description="Numbers of all layers before it, as they were.")
    milliseconds: float = Field(description="Of solving it.")
