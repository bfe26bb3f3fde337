"""What is asked of the training lab and what it answers, in JSON; the live socket and HTTP share these."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field

from .requests import Strict

__all__ = ["NewRace", "RaceFollow", "RaceOrder", "RaceSchema", "RaceTask", "SettingsSchema", "TrainedModel"]


class NewRace(Strict):
    """A race to begin."""

    task: str = Field(default="shapes", max_length=100, description="One of /api/training/tasks.")
    nets: list[str] = Field(
        default=["cnn", "mlp", "cnn-shuffled", "mlp-shuffled"],
        min_length=1,
        max_length=4,
        description="Who runs: cnn, mlp, cnn-shuffled, mlp-shuffled.",
    )
    classes: list[str] | None = Field(
        default=None,
        min_length=2,
        max_length=50,
        description="Which classes of a brought task; all without it.",
    )
    settings: dict[str, int | float | str] = Field(
        default_factory=dict,
        max_length=20,
        description="rate, batch, optimizer, schedule, init, decay, shift, passes, seed.",
    )


class RaceOrder(Strict):
    """What a race is to do; the other members belong to one order each."""

    order: Literal["go", "pause", "step", "pace", "back", "change", "undo", "enter", "alone"]
    step: int | None = Field(default=None, ge=0, description="back: the step to go back to.")
    name: str | None = Field(default=None, max_length=40, description="change: the setting.")
    value: int | float | str | None = Field(default=None, description="change: its new value.")
    change: int | None = Field(default=None, ge=0, description="undo: which change, from 0.")
    nets: list[str] | None = Field(default=None, max_length=4, description="enter: who runs from now on.")
    slow: bool | None = Field(default=None, description="pace: a few steps a second, to follow them.")
    stop: bool | None = Field(default=None, description="alone: whether it pauses when nobody looks at it.")


class RaceFollow(Strict):
    """What a page that follows a race has of it already."""

    run: str = Field(max_length=40, description="Id of the race.")
    revision: int = Field(default=-1, description="That of the rows it has; another one has them sent anew.")
    rows: int = Field(default=0, ge=0, description="How many rows of steps it has.")
    scores: int = Field(default=0, ge=0, description="How many rows of scores it has.")


class SettingsSchema(BaseModel):
    """What a step is made with."""

    rate: float
    batch: int
    optimizer: str
    schedule: str
    init: str
    decay: float
    shift: int
    passes: int
    seed: int


class ChangeSchema(BaseModel):
    """After ``step`` a setting was no longer ``before`` but ``after``."""

    step: int
    name: str
    before: int | float | str
    after: int | float | str


class NetSchema(BaseModel):
    """One network of a race."""

    id: str
    title: str
    kind: str
    shuffled: bool
    parameters: int
    layers: dict[str, list[int]] = Field(description="Shape of the weights of each layer that has any.")
    places: dict[str, list[int]] = Field(
        description="Height and width of what each of these layers computes."
    )
    step: int = Field(description="How many steps it has made.")
    failed: int | None = Field(description="The step it could not make, because nothing finite came of it.")


class RaceSchema(BaseModel):
    """A race as it stands."""

    id: str
    title: str
    task: str = Field(description="Id of what it learns; that of a brought task may be gone meanwhile.")
    classes: list[str]
    picture: list[int] = Field(description="Channels, height and width of a picture.")
    train: int = Field(description="Pictures to learn from.")
    test: int = Field(description="Pictures to be tested on.")
    nets: list[NetSchema]
    first: SettingsSchema = Field(description="The settings of the first step.")
    settings: SettingsSchema = Field(description="Those of the next step.")
    changes: list[ChangeSchema]
    step: int
    total: int
    running: bool
    queued: int = Field(description="Place among those who wait for a core, from 1; 0: it does not wait.")
    problem: str | None
    stop_alone: bool
    revision: int
    created: float


class RaceTask(BaseModel):
    """A task that a race can be about."""

    id: str
    title: str
    classes: list[str]
    counts: list[int] = Field(description="Pictures of each class to learn from.")
    picture: list[int] = Field(description="Channels, height and width of a picture.")
    drawn: bool = Field(description="Drawn from a seed; else pictures that somebody brought.")
    settings: dict[str, int | float | str] = Field(
        description="Settings that such pictures are learnt well with."
    )
    skipped: list[str] = Field(description="Files that are no readable pictures, the first few.")
    skipped_count: int


class TrainedModel(BaseModel):
    """A network of a race at one step, now among the models."""

    id: str
    title: str
