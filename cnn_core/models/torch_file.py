"""Weights out of PyTorch's first file format, of before 2020, which is a pickle with raw storages behind it.

Nothing is unpickled. A pickle is a program for a small machine (Python's ``pickletools`` describes its
instructions); this reader follows the few that a table of tensors needs, on plain values, and refuses a file
with any other instruction or name. No class is looked up and nothing is called, so a file can run nothing.

Reference: PyTorch's documentation, Serialization semantics; the layout is that of ``_legacy_save`` in
``torch/serialization.py``: a magic number, the protocol, the system, the object, the keys of its storages (a
pickle each), then the storages in that order, each the number of its elements (int64) and the elements,
little-endian.
"""

from __future__ import annotations

import pickletools
import struct
from dataclasses import dataclass
from io import BytesIO
from math import prod
from typing import Any, TypeVar

import numpy as np

from cnn_core.errors import BadModelFile
from cnn_core.layers.base import Array

__all__ = ["read_tensors"]

_MAGIC = 0x1950A86A20F9469CFC6C
_TYPES: dict[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


@dataclass(frozen=True)
class _Name:
    """A class or function that the file names; it is never looked up."""

    text: str


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: np.dtype[Any]
    count: int


@dataclass(frozen=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


def read_tensors(data: bytes, what: str) -> dict[str, Array]:
    """Every tensor of a file, by name.

    Raises:
        BadModelFile: it is no such file, damaged, or holds anything but tensors; ``what`` is named.
    """
    file = BytesIO(data)
    try:
        return _read(file)
    except BadModelFile as error:
        raise BadModelFile(f"{what}: {error}") from error
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, EOFError) as error:
        raise BadModelFile(
            f"{what}: wanted a PyTorch file of tensors, this one is damaged ({error})"
        ) from error


def _read(file: BytesIO) -> dict[str, Array]:
    if _Machine(file).run() != _MAGIC:
        raise BadModelFile("wanted PyTorch's first file format, this is another")
    _Machine(file).run()
    system = _Machine(file).run()
    if system.get("little_endian") is not True:
        raise BadModelFile("its numbers are not little-endian")
    table = _Machine(file).run()
    keys = _Machine(file).run()
    if not isinstance(table, dict) or not all(isinstance(each, _Tensor) for each in table.values()):
        raise BadModelFile("wanted a table of tensors by name")
    storages = {each.storage.key: each.storage for each in table.values()}
    if set(keys) != set(storages):
        raise BadModelFile("its list of storages is not that of its tensors")
    values = {key: _storage(file, storages[key]) for key in keys}
    return {name: _array(each, values[each.storage.key]) for name, each in table.items()}


def _storage(file: BytesIO, storage: _Storage) -> Array:
    (count,) = struct.unpack("<q", file.read(8))
    if count != storage.count:
        raise BadModelFile(f"storage {storage.key} has {count} elements where {storage.count} were told")
    data = file.read(count * storage.dtype.itemsize)
    return np.frombuffer(data, storage.dtype, count)


def _array(tensor: _Tensor, values: Array) -> Array:
    """The tensor's own copy of what its strides, in elements, pick from its storage."""
    shape, stride = tensor.shape, tensor.stride
    if len(shape) != len(stride) or min((*shape, *stride, tensor.offset), default=0) < 0:
        raise BadModelFile(f"it holds a tensor of shape {shape} with strides {stride}")
    last = tensor.offset + sum((extent - 1) * step for extent, step in zip(shape, stride, strict=True))
    if prod(shape) > len(values) or last >= len(values):
        raise BadModelFile(f"it holds a tensor of shape {shape} that reaches out of its storage")
    steps = [step * values.itemsize for step in stride]
    return np.array(np.lib.stride_tricks.as_strided(values[tensor.offset :], shape, steps))


class _Machine:
    """Follows one pickle, from where the file stands to its end."""

    def __init__(self, file: BytesIO) -> None:
        self._file = file
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def run(self) -> Any:
        """What the pickle stands for."""
        for instruction, argument, _ in pickletools.genops(self._file):
            if instruction.name == "STOP":
                return self._stack.pop()
            self._follow(instruction.name, argument)
        raise BadModelFile("a pickle without an end")

    def _follow(self, name: str, argument: Any) -> None:
        stack, memo = self._stack, self._memo
        match name:
            case "PROTO":
                pass
            case "BININT" | "BININT1" | "BININT2" | "LONG1" | "BINUNICODE":
                stack.append(argument)
            case "NONE" | "NEWTRUE" | "NEWFALSE":
                stack.append({"NONE": None, "NEWTRUE": True, "NEWFALSE": False}[name])
            case "EMPTY_TUPLE" | "EMPTY_LIST" | "EMPTY_DICT":
                stack.append({"EMPTY_TUPLE": (), "EMPTY_LIST": [], "EMPTY_DICT": {}}[name])
            case "BINPUT" | "LONG_BINPUT":
                memo[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(memo[argument])
            case "MARK":
                self._marks.append(len(stack))
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                count = int(name[-1])
                stack[-count:] = [tuple(stack[-count:])]
            case "TUPLE":
                stack.append(tuple(self._marked()))
            case _:
                self._make(name, argument)

    def _make(self, name: str, argument: Any) -> None:
        stack = self._stack
        match name:
            case "APPEND":
                value = stack.pop()
                _wanted(list, stack[-1]).append(value)
            case "APPENDS":
                values = self._marked()
                _wanted(list, stack[-1]).extend(values)
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                _wanted(dict, stack[-1])[key] = value
            case "SETITEMS":
                values = self._marked()
                _wanted(dict, stack[-1]).update(zip(values[::2], values[1::2], strict=True))
            case "GLOBAL":
                stack.append(_Name(argument))
            case "BINPERSID":
                stack.append(_storage_told(stack.pop()))
            case "REDUCE":
                arguments, function = stack.pop(), stack.pop()
                stack.append(_made(function, arguments))
            case "BUILD":  # the versions of the layers that the tensors come from
                _wanted(dict, stack.pop())
                _wanted(dict, stack[-1])
            case _:
                raise BadModelFile(f"it holds the instruction {name}, which no table of tensors needs")

    def _marked(self) -> list[Any]:
        """What lies above the last mark, taken away."""
        mark = self._marks.pop()
        values = self._stack[mark:]
        del self._stack[mark:]
        return values


_T = TypeVar("_T")


def _wanted(kind: type[_T], value: Any) -> _T:
    if not isinstance(value, kind):
        raise BadModelFile(f"it holds {type(value).__name__} where a table of tensors has {kind.__name__}")
    return value


def _made(function: Any, arguments: Any) -> Any:
    """What stands for a call: a table, or a tensor; of anything else the name is told."""
    name = function.text if isinstance(function, _Name) else type(function).__name__
    if name == "collections OrderedDict" and arguments == ():
        return {}
    if name == "torch._utils _rebuild_tensor_v2":
        storage, offset, shape, stride, *_ = arguments
        return _Tensor(_wanted(_Storage, storage), int(offset), tuple(shape), tuple(stride))
    raise BadModelFile(f"it would call {name}, which no table of tensors needs")


def _storage_told(told: Any) -> _Storage:
    word, kind, key, _, count, view = told
    name = kind.text if isinstance(kind, _Name) else str(kind)
    dtype = _TYPES.get(name.removeprefix("torch "))
    if word != "storage" or dtype is None or view is not None:
        raise BadModelFile(f"it holds a {word} of {name}; wanted numbers of {', '.join(_TYPES)}")
    return _Storage(str(key), dtype, int(count))
