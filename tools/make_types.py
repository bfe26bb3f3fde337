"""The browser's types of messages, made from the schemas of the server: ``make types``.

A test compares the files with what this would write, so that they are never stale.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from app.config import Settings
from app.main import create_app
from app.payloads.camera_schemas import FrameMessage, FrameState
from app.payloads.edit_schemas import (
    FolderDone,
    FolderHeader,
    FolderSome,
    MutesDone,
    MutesHeader,
    MutesSome,
)
from app.payloads.frame_schemas import DoneHeader, ErrorHeader, LayerHeader
from app.payloads.live_schemas import LiveMessage
from app.payloads.shift_schemas import LiveState
from cnn_core.equivariance import Border, Pooling

__all__ = ["FOLDER", "files", "type_of"]

FOLDER = Path(__file__).resolve().parents[1] / "static" / "js" / "api"
HEAD = "// Made by `make types` from the server's schemas; changes here are lost.\n"
PLAIN = {
    "integer": "number",
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "null": "null",
}

Schema = Mapping[str, Any]


def files() -> dict[str, str]:
    """Every file by its name, as it should be."""
    told = create_app(Settings()).openapi()["components"]["schemas"]
    live = TypeAdapter(LiveMessage).json_schema(mode="serialization")["$defs"]
    live |= _definitions([LiveState, FrameState], mode="validation")
    live |= _definitions([FrameMessage], mode="serialization")
    edits: list[type[BaseModel]] = [MutesHeader, MutesSome, MutesDone, FolderHeader, FolderSome, FolderDone]
    headers = _definitions([LayerHeader, DoneHeader, ErrorHeader, *edits])
    aliases = {
        "Border": _union(map(json.dumps, get_args(Border))),
        "Pooling": _union(map(json.dumps, get_args(Pooling))),
        "LiveMessage": _union(message.__name__ for message in get_args(LiveMessage)),
        "LayerNumbers": "NodeEquivariance",
        "Invariance": "InvarianceSchema",
    }
    return {
        "types.d.ts": HEAD + _interfaces(told) + _components(told),
        "live-messages.d.ts": HEAD + _beside(live, told) + _aliases(aliases),
        "frame-headers.d.ts": HEAD + _beside(headers, told),
    }


def _components(schemas: Mapping[str, Schema]) -> str:
    named = "".join(f"    {_name(name)}: {_name(name)};\n" for name in sorted(schemas))
    return f"\nexport interface components {{\n  schemas: {{\n{named}  }};\n}}\n"


def _aliases(types: Mapping[str, str]) -> str:
    return "".join(f"\nexport type {name} = {union};\n" for name, union in types.items())


def _beside(schemas: Mapping[str, Schema], told: Mapping[str, Schema]) -> str:
    """Interfaces of a file of its own; what HTTP tells too comes from ``types.d.ts``."""
    shared = ", ".join(_name(name) for name in sorted(set(schemas) & set(told)))
    own = {name: schema for name, schema in schemas.items() if name not in told}
    bring = f'import type {{ {shared} }} from "./types.js";\n\nexport type {{ {shared} }};\n'
    return f"\n{bring}{_interfaces(own)}"


def _definitions(models: Iterable[type[BaseModel]], mode: str = "serialization") -> dict[str, Schema]:
    """The schemas of some models and of all they are made of."""
    found: dict[str, Schema] = {}
    for model in models:
        schema = model.model_json_schema(mode="validation" if mode == "validation" else "serialization")
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found


def _interfaces(schemas: Mapping[str, Schema]) -> str:
    return "".join(f"\n{_interface(name, schemas[name])}" for name in sorted(schemas))


def _interface(name: str, schema: Schema) -> str:
    comment = _comment(schema.get("description"), "")
    if "properties" not in schema:
        return f"{comment}export type {_name(name)} = {type_of(schema)};\n"
    return f"{comment}export interface {_name(name)} {{\n{_members(schema)}}}\n"


def _members(schema: Schema) -> str:
    required = set(schema.get("required", ()))
    lines = []
    for name, member in schema["properties"].items():
        lines.append(_comment(member.get("description"), "  "))
        lines.append(f"  {name}{'' if name in required else '?'}: {type_of(member)};\n")
    return "".join(lines)


def type_of(schema: Schema) -> str:
    """A JSON schema as a TypeScript type.

    >>> type_of({"anyOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "null"}]})
    'number[] | null'
    """
    for key, told in FORMS.items():
        if key in schema:
            return told(schema[key])
    if schema.get("type") == "array":
        return _array(schema)
    if schema.get("type") == "object":
        of = schema.get("additionalProperties")
        return f"{{ [key: string]: {type_of(of) if isinstance(of, Mapping) else 'unknown'} }}"
    return PLAIN.get(schema.get("type", ""), "unknown")


FORMS: dict[str, Callable[[Any], str]] = {
    "tsType": str,
    "$ref": lambda place: _name(place.rpartition("/")[2]),
    "const": json.dumps,
    "enum": lambda values: _union(map(json.dumps, values)),
    "anyOf": lambda schemas: _union(map(type_of, schemas)),
}
"""What a schema may be instead of a type of JSON, by the member that says so."""


def _array(schema: Schema) -> str:
    items = schema.get("items", {})
    if "prefixItems" in schema:
        return f"[{', '.join(map(type_of, schema['prefixItems']))}]"
    if isinstance(items, Mapping) and schema.get("minItems") == schema.get("maxItems") is not None:
        return f"[{', '.join([type_of(items)] * schema['minItems'])}]"
    inner = type_of(items)
    return f"({inner})[]" if "|" in inner else f"{inner}[]"


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def _name(name: str) -> str:
    return name.replace("-", "_")


def _comment(text: str | None, indent: str) -> str:
    if not text:
        return ""
    lines = [line.strip() for line in text.strip().splitlines()]
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    inner = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{inner}{indent} */\n"


def main() -> None:
    """Write them."""
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
