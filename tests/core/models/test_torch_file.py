"""Tables of tensors in PyTorch's first format: read as numbers, and nothing of them is run."""

from __future__ import annotations

import io
import os
import pickle
import struct
from collections import OrderedDict
from pathlib import Path

import numpy as np
import pytest

from cnn_core.errors import BadModelFile
from cnn_core.models.torch_file import read_tensors

MAGIC = 0x1950A86A20F9469CFC6C
GLOBALS = {
    "FloatStorage": "torch",
    "LongStorage": "torch",
    "HalfStorage": "torch",
    "_rebuild_tensor_v2": "torch._utils",
}


class Named:
    """Pickled as the global of that name, which need not exist here."""

    def __init__(self, name):
        self.name = name

    def __call__(self):
        raise AssertionError("never called")


class Tensor:
    def __init__(self, storage, offset, shape, stride, rebuild="_rebuild_tensor_v2"):
        self.storage, self.offset, self.shape, self.stride, self.rebuild = (
            storage,
            offset,
            shape,
            stride,
            rebuild,
        )


class Storage:
    def __init__(self, key, count, kind="FloatStorage"):
        self.told = ("storage", Named(kind), key, "cpu", count, None)


class Writer(pickle._Pickler):
    """The pure Python pickler, which can be taught to write names that are not here."""

    def persistent_id(self, value):
        return value.told if isinstance(value, Storage) else None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, Named):
            module = GLOBALS.get(value.name, "os")
            self.write(f"c{module}\n{value.name}\n".encode())
        elif isinstance(value, Tensor):
            self.save(Named(value.rebuild))
            self.save((value.storage, value.offset, value.shape, value.stride, False, OrderedDict()))
            self.write(pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)


def pickled(value):
    file = io.BytesIO()
    Writer(file, 2).dump(value)
    return file.getvalue()


def written(table, storages, keys=None):
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}
    heads = [MAGIC, 1001, system, table, list(storages) if keys is None else keys]
    bodies = [struct.pack("<q", len(values)) + values.tobytes() for values in storages.values()]
    return b"".join(map(pickled, heads)) + b"".join(bodies)


VALUES = np.arange(6, dtype="<f4")


def table(**changes):
    told = {"offset": 0, "shape": (2, 3), "stride": (3, 1), "storage": Storage("1", 6), **changes}
    return OrderedDict(weight=Tensor(**told))


def test_tensors_come_out_as_they_went_in():
    found = read_tensors(written(table(), {"1": VALUES}), "x")
    assert list(found) == ["weight"]
    np.testing.assert_array_equal(found["weight"], VALUES.reshape(2, 3))
    counts = OrderedDict(n=Tensor(Storage("9", 1, "LongStorage"), 0, (), ()))
    assert read_tensors(written(counts, {"9": np.array([7], "<i8")}), "x")["n"] == 7


def test_strides_and_an_offset_pick_from_the_storage():
    data = written(table(shape=(3, 2), stride=(1, 3)), {"1": VALUES})
    np.testing.assert_array_equal(read_tensors(data, "x")["weight"], VALUES.reshape(2, 3).T)
    data = written(table(shape=(2,), stride=(2,), offset=1), {"1": VALUES})
    np.testing.assert_array_equal(read_tensors(data, "x")["weight"], [1, 3])


def test_a_file_that_would_run_something_is_refused_by_name_and_runs_nothing(tmp_path):
    proof = tmp_path / "proof"

    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(proof),)

    system = pickled(MAGIC) + pickled(1001) + pickled({"little_endian": True})
    with pytest.raises(BadModelFile, match=r"evil\.pth: it would call (posix|nt) mkdir"):
        read_tensors(system + pickle.dumps({"weight": Evil()}, 2), "evil.pth")
    assert not proof.exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shape": (2, 4)}, "reaches out"),
        ({"offset": 1}, "reaches out"),
        ({"stride": (4, 1)}, "reaches out"),
        ({"shape": (1 << 40,), "stride": (0,)}, "reaches out"),
        ({"stride": (-1, 1)}, "with strides"),
        ({"stride": (1,)}, "with strides"),
        ({"storage": Storage("1", 6, "HalfStorage")}, "HalfStorage"),
        ({"storage": Storage("1", 5)}, "6 elements where 5"),
        ({"storage": 3}, "int where"),
        ({"rebuild": "system"}, "it would call os system"),
    ],
)
def test_what_is_no_table_of_tensors_is_refused_by_reason(changes, said):
    with pytest.raises(BadModelFile, match=said):
        read_tensors(written(table(**changes), {"1": VALUES}), "x")


@pytest.mark.parametrize("value", [[1], {"weight": 3}, 5, OrderedDict(a=(1,))])
def test_anything_else_than_tensors_by_name_is_refused(value):
    with pytest.raises(BadModelFile, match="wanted a table of tensors"):
        read_tensors(written(value, {}), "x")


def test_every_beginning_of_a_file_and_every_changed_byte_is_refused_or_read():
    whole = written(table(), {"1": VALUES})
    for length in range(len(whole)):
        with pytest.raises(BadModelFile):
            read_tensors(whole[:length], "x")
    rng = np.random.default_rng(0)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= int(rng.integers(1, 256))
        try:
            assert read_tensors(bytes(changed), "x")
        except BadModelFile:
            continue


def test_another_format_is_named(tmp_path: Path):
    with pytest.raises(BadModelFile, match="first file format"):
        read_tensors(pickled(3), "x")
