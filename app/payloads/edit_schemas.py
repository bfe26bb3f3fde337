"""Messages about edits."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..services.edit_text import MOST_TEXT
from .requests import Strict

__all__ = [
    "EditsRequest",
    "EditsSchema",
    "FolderClass",
    "FolderDone",
    "FolderHeader",
    "FolderSome",
    "KeptEditsSchema",
    "MutesDone",
    "MutesHeader",
    "MutesSome",
]


class EditsRequest(Strict):
    """Edits of a model, in the words of `?edit=`."""

    model: str = Field(description="Id of the model they are for.")
    edit: str = Field(min_length=1, max_length=MOST_TEXT, description="Edits joined by `;`.")


class EditsSchema(BaseModel):
    """What stands for edits that are kept."""

    edit: str = Field(description="In the place of the text, in `?edit=` of every address: the hash of it.")
    model: str = Field(description="Id of the edited model, for the place of a model in any address.")


class KeptEditsSchema(BaseModel):
    """Edits that the server keeps."""

    edit: str = Field(description="Joined by `;`, in the words of `?edit=`.")


class _Header(BaseModel):
    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    bytes: Literal[0] = 0


class MutesHeader(_Header):
    """The first frame of a sweep: what is asked, and what it is with no channel muted besides the edits."""

    kind: Literal["mutes"] = "mutes"
    node: str
    channels: int
    of: Literal["class", "channel"]
    a: int | None = Field(description="The class; null: a channel is asked for.")
    label: str | None = Field(description="Its name.")
    target: str = Field(description="The node whose entry or mean is asked for: of a class its score.")
    channel: int = Field(description="The entry, or the channel, of it.")
    value: float
    probability: float | None = Field(description="Of the class; null where none is computed.")


class MutesSome(_Header):
    """A few channels: the asked value without each of them."""

    kind: Literal["some"] = "some"
    first: int
    values: list[float | None] = Field(description="Of channel `first` and those behind it; null: undefined.")
    probabilities: list[float | None] | None


class MutesDone(_Header):
    """The last frame of a sweep: what all channels take together."""

    kind: Literal["done"] = "done"
    done: Literal[True] = True
    sum: float | None = Field(description="Of value - values[i]; null: undefined.")
    additive: bool = Field(description="All between is linear, and nothing goes round the layer.")
    constant: float | None = Field(description="The value without all channels; null unless additive.")
    adds_up: bool = Field(description="Additive, and sum is value - constant but for rounding.")
    milliseconds: float


class FolderClass(BaseModel):
    """A class that a folder has photos of."""

    index: int = Field(description="Its number in the networks.")
    label: str
    photos: int = Field(description="Files in its folder.")


class FolderHeader(_Header):
    """The first frame of a folder: what is seen by which networks."""

    kind: Literal["folder"] = "folder"
    a: str
    b: str
    total: int = Field(description="Files in all.")
    classes: list[FolderClass]
    unknown: list[str] = Field(description="Folders that are no class of the networks; they are left out.")


class _FolderCounts(_Header):
    files: int = Field(description="Files looked at.")
    seen: list[int] = Field(description="Photos of every class, in the order of the first frame.")
    before: list[int] = Field(description="Right in A.")
    after: list[int] = Field(description="Right in B.")
    other: int = Field(description="Photos that B gives another first class than A.")
    skipped: int = Field(description="Files that are no photos.")
    seconds: float


class FolderSome(_FolderCounts):
    """Counts so far; they replace the ones before."""

    kind: Literal["some"] = "some"
    left: float = Field(description="Seconds still to come, by the speed so far.")


class FolderDone(_FolderCounts):
    """The last frame of a folder: the counts of all photos."""

    kind: Literal["done"] = "done"
    done: Literal[True] = True
    unreadable: list[str] = Field(description="Files that are no photos, with the reason; ten at most.")
