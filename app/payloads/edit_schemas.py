"""Messages about edits."""

from __future__ import annotations

from pydantic import BaseModel, Field

from ..services.edit_text import MOST_TEXT
from .requests import Strict

__all__ = ["EditsRequest", "EditsSchema"]


class EditsRequest(Strict):
    """Edits of a model, in the words of `?edit=`."""

    model: str = Field(description="Id of the model they are for.")
    edit: str = Field(min_length=1, max_length=MOST_TEXT, description="Edits joined by `;`.")


class EditsSchema(BaseModel):
    """What stands for edits that are kept."""

    edit: str = Field(description="In the place of the text, in `?edit=` of every address: the hash of it.")
    model: str = Field(description="Id of the edited model, for the place of a model in any address.")
