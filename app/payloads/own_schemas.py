"""What is asked of classes of one's own, and what is answered."""

from __future__ import annotations

from pydantic import BaseModel, Field

from .requests import Strict

__all__ = [
    "OwnAnswer",
    "OwnClass",
    "OwnMistake",
    "OwnProgress",
    "OwnQuestion",
    "OwnSet",
    "OwnSetKept",
    "OwnTraining",
]


class OwnClass(Strict):
    """A class of one's own, by uploaded images."""

    name: str = Field(min_length=1, max_length=40)
    images: list[str] = Field(max_length=400, description="Ids of uploaded images.")


class OwnQuestion(Strict):
    """Pictures to learn a network's last layer from."""

    model: str = Field(default="resnet", max_length=80, description="The network whose features are taken.")
    classes: list[OwnClass] = Field(min_length=1, max_length=9)
    ask: str | None = Field(default=None, max_length=40, description="An image to be named.")


class OwnSet(Strict):
    """Own classes as a link restores them."""

    model: str = Field(default="resnet", max_length=80, description="The network whose features are taken.")
    classes: list[OwnClass] = Field(min_length=1, max_length=9)


class OwnSetKept(BaseModel):
    """Where own classes are kept."""

    id: str = Field(description="The hash of what was kept: equal classes have one.")


class OwnTraining(OwnQuestion):
    """Pictures to train all layers of a network on."""

    passes: int = Field(default=8, ge=1, le=100, description="How often each picture is shown.")


class OwnProgress(BaseModel):
    """A training, as far as it has come."""

    id: str
    title: str
    state: str = Field(description="running, stopped, failed or done.")
    step: int
    total: int
    loss: float | None
    before: int | None = Field(description="Pictures held back that the last layer alone names right.")
    right: int | None = Field(description="Those that all layers name right, after the last whole pass.")
    count: int = Field(description="Pictures held back.")
    problem: str | None
    model: str | None = Field(description="Id of what it made, among the models.")


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
