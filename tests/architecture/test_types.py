"""The browser's types of messages are those of the server's schemas."""

from __future__ import annotations

import pytest

from tools.make_types import FOLDER, files, type_of

MADE = files()


@pytest.mark.parametrize("name", sorted(MADE))
def test_the_types_are_not_stale(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == MADE[name], f"{name} is stale: run make types"


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "integer"}, "number"),
        ({"const": "result"}, '"result"'),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"$ref": "#/$defs/CropSchema"}, "CropSchema"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"type": "array", "items": {"anyOf": [{"type": "number"}, {"type": "null"}]}}, "(number | null)[]"),
        ({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}, "[number, string]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "{ [key: string]: number }"),
        ({"type": "array", "tsType": "Float32Array"}, "Float32Array"),
        ({}, "unknown"),
    ],
)
def test_a_schema_as_a_type(schema: dict[str, object], told: str) -> None:
    assert type_of(schema) == told
