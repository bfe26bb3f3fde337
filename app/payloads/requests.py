"""JSON that is sent here: read strictly, refused in sentences."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import Problem, shortened

__all__ = ["Strict", "file_form", "json_body", "validated"]

Body = TypeVar("Body", bound=BaseModel)


class Strict(BaseModel):
    """Numbers must be numbers, and a name that means nothing here is refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def json_body(kind: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI entry of a route that reads its body itself."""
    schema = kind.model_json_schema()
    content = {"application/json": {"schema": _whole(schema, schema.pop("$defs", {}))}}
    return {"requestBody": {"required": True, "content": content}}


def _whole(schema: Any, parts: dict[str, Any]) -> Any:
    """A schema with what it refers to in its place: in OpenAPI its own parts have no name."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _whole(parts[schema["$ref"].rpartition("/")[2]], parts)
        return {name: _whole(value, parts) for name, value in schema.items()}
    return [_whole(each, parts) for each in schema] if isinstance(schema, list) else schema


def file_form(what: str, **fields: Any) -> dict[str, Any]:
    """The OpenAPI entry of a route that reads a multipart form itself: a file, and ``fields`` beside it."""
    file = {"type": "string", "format": "binary", "description": what}
    form = {"type": "object", "required": ["file"], "properties": {"file": file, **fields}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}}}


def validated(kind: type[Body], data: Any) -> Body:
    """Read ``data`` as a request of this kind.

    Raises:
        Problem: 422, a sentence for each member that is wrong.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        detail = " ".join(_sentence(entry) for entry in error.errors()[:5])
        raise Problem(422, "The request does not fit", detail) from error


def _sentence(error: Any) -> str:
    place = ".".join(str(part) for part in error["loc"]) or "The request"
    message = str(error["msg"])
    got = "" if error["type"] == "missing" else f", got {shortened(str(error['input']), 40)}"
    return f"{place}: {message[:1].lower()}{message[1:]}{got}."
