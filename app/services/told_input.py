"""How a file's metadata say that its network wants pixels: whatever the convention, or named as not known.

ConvScope's own ``preprocessing``; Windows ML's ``Image.BitmapPixelFormat`` and ``Image.NominalPixelRange``;
and the names that PyTorch Image Models, Transformers and others use: ``mean``, ``image_mean``, ``std``,
``rescale_factor``, ``color_format``, ``input_range`` ..., by themselves or in an object of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from cnn_core.errors import CnnError
from cnn_core.input_spec import InputSpec

from .labels import printable

__all__ = ["told_input"]

_OBJECTS: Final = re.compile("(preprocessing|preprocess|preprocessor|pretrained|data)(cfg|config)?")
"""Keys under which an object with all of it lies."""

_MOST: Final = 12
"""Entries of which it is said that they are not understood."""


@dataclass(frozen=True)
class _Entry:
    """One thing that is said, under its own name and under the plain one."""

    key: str
    plain: str
    value: Any


def told_input(spec: InputSpec, metadata: Mapping[str, str]) -> tuple[InputSpec, list[str]]:
    """The input as the metadata have it, from 0 to 1 where they say nothing; and that in words."""
    said, understood, unknown, kinds = spec, [], [], set()
    for entry in _entries(metadata):
        kind = _kind(entry.plain)
        try:
            if kind:
                said = _READERS[kind](said, entry.value)
                kinds.add(kind)
                understood.append(f"{entry.key} {_short(entry.value)}")
            elif entry.value is not True and _SUSPECT.search(entry.plain):
                unknown.append(entry)
        except (ValueError, TypeError, OverflowError, RecursionError, CnnError):
            unknown.append(entry)
    if not kinds & {"range", "divisor", "factor"} and max(*map(abs, said.mean), *said.std) > 1:
        said = replace(said, divisor=1.0)  # means and deviations of bytes
    notes = [f"Pixels are scaled as the file's metadata say: {', '.join(understood)}."] if understood else []
    if unknown:
        told = ", ".join(f"{each.key} {_short(each.value)}" for each in unknown[:_MOST])
        notes.append(
            f"The file's metadata say something of pixels that is not understood here: {told}. "
            "Choose how the network wants them."
        )
    return said, notes


def _entries(metadata: Mapping[str, str]) -> Iterator[_Entry]:
    for key, text in metadata.items():
        plain = re.sub(r"[^a-z0-9]", "", key.lower())
        found = _parsed(text)
        if _OBJECTS.fullmatch(plain) and isinstance(found, dict):
            for inner, value in found.items():
                yield _Entry(inner, re.sub(r"[^a-z0-9]", "", str(inner).lower()), value)
        else:
            yield _Entry(key, plain, found)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return printable(text if len(text) <= 60 else f"{text[:57]}...")


def _kind(plain: str) -> str:
    return next((kind for kind, names in _NAMES.items() if names.fullmatch(plain)), "")


_WHAT = "(input|image|img|pixel|norm|normalize|normalization|preprocess|preprocessing|data|rgb)?"

_NAMES: Final[dict[str, re.Pattern[str]]] = {
    "mean": re.compile(f"{_WHAT}(mean|means|meanvalues|meanvalue)"),
    "std": re.compile(f"{_WHAT}(std|stds|stdvalues|stddev|standarddeviation)"),
    "divisor": re.compile(f"{_WHAT}divisor"),
    "factor": re.compile(f"{_WHAT}(rescalefactor|scalefactor|rescale)|(input|image|pixel)scale"),
    "order": re.compile(
        f"{_WHAT}(order|colororder|channelorder|colorformat|colourformat|colorspace|colormode|pixelformat"
        "|bitmappixelformat)|(input|image)format"
    ),
    "range": re.compile(f"{_WHAT}(range|valuerange|pixelrange|nominalpixelrange)"),
}
"""What is said, by its plain name."""

_SUSPECT: Final = re.compile(
    r"preprocess|normali[sz]|(^|image|input|pixel)(mean|std)|bgr|pixelrange|pixelformat|colorspace|gamma|rescale"
)
"""Names that speak of pixels, in a way that is not known."""


def _numbers(value: Any) -> tuple[float, ...]:
    if isinstance(value, str):
        value = [float(part) for part in re.split(r"[\s,;]+", value.strip(" []()"))]
    if isinstance(value, bool):
        raise ValueError("a truth value is no number")
    return tuple(map(float, value)) if isinstance(value, list) else (float(value),)


def _mean(spec: InputSpec, value: Any) -> InputSpec:
    return replace(spec, mean=_numbers(value))


def _std(spec: InputSpec, value: Any) -> InputSpec:
    return replace(spec, std=_numbers(value))


def _divisor(spec: InputSpec, value: Any) -> InputSpec:
    return replace(spec, divisor=float(value))


def _factor(spec: InputSpec, value: Any) -> InputSpec:
    (factor,) = _numbers(value)
    return replace(spec, divisor=1 / factor) if factor else replace(spec, divisor=0.0)


def _colours(spec: InputSpec, value: Any) -> InputSpec:
    found = re.search(r"bgr|rgb|gr[ae]y|luma", str(value).lower())
    if not found or (found[0][:2] in ("gr", "lu")) != (spec.channels == 1):
        raise ValueError("no order of colours that this network can have")
    return replace(spec, order="BGR" if found[0] == "bgr" else "RGB")


def _range(spec: InputSpec, value: Any) -> InputSpec:
    ends = [float(part) for part in re.findall(r"-?\d+(?:\.\d+)?", _range_text(value))]
    if ends == [0, 255]:
        return replace(spec, divisor=1.0)
    if ends == [0, 1]:
        return replace(spec, divisor=255.0)
    if ends in ([-1, 1], [1, 1]):  # Windows ML writes Normalized_1_1
        return replace(spec, divisor=255.0, mean=(0.5,), std=(0.5,))
    raise ValueError("no range that is known")


def _range_text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    # a hyphen between two numbers is no minus: 0-255
    return re.sub(r"(?<=\d)\s*(-|_|to|\.\.)\s*(?=\d)", " ", text)


_READERS: Final[dict[str, Callable[[InputSpec, Any], InputSpec]]] = {
    "mean": _mean,
    "std": _std,
    "divisor": _divisor,
    "factor": _factor,
    "order": _colours,
    "range": _range,
}
