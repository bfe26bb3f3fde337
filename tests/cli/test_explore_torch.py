"""``convscope.explore`` with a network of PyTorch: what PyTorch exported and computed is stored here."""

from __future__ import annotations

import io
import shutil
import sys
import warnings
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import httpx
import numpy as np
import pytest

from app import notebook
from cnn_core.errors import UnsupportedOperator
from tests.api.pictures import encoded
from tests.cli.make_torch_module import ANSWER, FILE


class Module:
    """As much of a ``torch.nn.Module`` as exporting needs to know."""

    training = True

    def eval(self) -> None:
        self.training = False

    def train(self, mode: bool) -> None:
        self.training = mode


class Exporter:
    """In the place of ``torch.onnx``: the exporters that work write the file that PyTorch wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, working: set[bool]) -> None:
        self.tried: list[bool] = []
        self._working = working
        torch = ModuleType("torch")
        torch.onnx = SimpleNamespace(export=self._export)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "torch", torch)

    def _export(self, module: Module, example: tuple[Any], path: Path, *, dynamo: bool, **_: Any) -> None:
        assert not module.training, "batch norms must use what they have learned"
        self.tried.append(dynamo)
        if dynamo not in self._working:
            raise RuntimeError(f"no way, dynamo {dynamo}")
        shutil.copyfile(FILE, path)


@pytest.mark.parametrize("dynamo", [False, True])
def test_a_module_is_exported_verified_and_traced_to_its_own_numbers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, dynamo: bool
) -> None:
    monkeypatch.setenv("CONVSCOPE_DATA_FOLDER", str(tmp_path))
    exporter, module = Exporter(monkeypatch, working={dynamo}), Module()
    page = notebook.explore(module, object(), scaling="unit", open_page=False)
    try:
        assert exporter.tried == [False, True][: dynamo + 1]
        assert page.verification.startswith("verified by ")
        assert module.training
        with (
            httpx.Client(base_url=page.address.partition("/?model=")[0]) as client,
            np.load(ANSWER) as wanted,
        ):
            check_answer(client, page.address.partition("/?model=")[2], wanted["pixels"], wanted["answer"])
    finally:
        page.close()


def check_answer(client: httpx.Client, model: str, pixels: np.ndarray, wanted: np.ndarray) -> None:
    """The served network answers a picture as PyTorch did."""
    image = client.post("/api/images", files={"file": encoded(pixels)}).json()["id"]
    nodes = client.get(f"/api/models/{model}").json()["nodes"]
    assert {"conv2d", "relu", "add", "dense"} <= {node["kind"] for node in nodes}
    dense = next(node["name"] for node in nodes if node["kind"] == "dense")
    body = client.get(f"/api/traces/{model}/{image}/nodes/{dense}").content
    np.testing.assert_allclose(np.load(io.BytesIO(body)).reshape(-1), wanted, rtol=1e-4, atol=1e-5)


def test_where_one_exporter_fails_the_other_is_tried_and_both_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exporter, module = Exporter(monkeypatch, working=set()), Module()
    with pytest.raises(notebook.CannotExplore, match=r"no way, dynamo False.*no way, dynamo True"):
        notebook._first_taken(module, object(), tmp_path, str)
    assert exporter.tried == [False, True]
    assert module.training


def test_where_one_file_is_refused_the_other_exporter_is_tried_and_the_first_refusal_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    exporter, files = Exporter(monkeypatch, working={False, True}), []

    def take(file: Path) -> str:
        files.append(file.name)
        if len(files) != taken:
            raise UnsupportedOperator(f"no {len(files)}")
        return file.name

    taken = 2
    assert notebook._first_taken(Module(), object(), tmp_path, take) == "network-1.onnx"
    assert exporter.tried == [False, True]
    files.clear()
    taken = 0
    with pytest.raises(UnsupportedOperator, match="no 1"):
        notebook._first_taken(Module(), object(), tmp_path, take)


class TracerWarning(Warning):
    """Called as PyTorch calls it."""


def test_what_was_decided_while_tracing_is_told_once_and_nothing_else() -> None:
    def trace() -> None:
        with notebook._warnings_of_tracing():
            for _ in range(2):
                warnings.warn("decided by a shape", TracerWarning, stacklevel=1)
            warnings.warn("old", DeprecationWarning, stacklevel=1)

    with pytest.warns(UserWarning, match=r"^torch.onnx: decided by a shape") as told:
        trace()
    assert len(told) == 1
