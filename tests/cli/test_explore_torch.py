"""``convscope.explore`` with a network of PyTorch, where it is installed."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest

from app import notebook
from tests.api.pictures import encoded, noise

torch = pytest.importorskip("torch")


def residual(nn: ModuleType) -> Any:
    """A convolution and a block with a skip connection, batch norms behind them, five classes."""

    class Residual(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.stem_norm = nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8)
            self.conv, self.norm = nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8)
            self.head = nn.Linear(8, 5)

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.stem_norm(self.stem(x)))
            x = torch.relu(self.norm(self.conv(x)) + x)
            return self.head(x.mean((2, 3)))

    return Residual()


@pytest.mark.parametrize("exporter", notebook._EXPORTERS, ids=["legacy", "dynamo"])
def test_a_module_is_exported_verified_and_traced_to_its_own_numbers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, exporter: dict[str, Any]
) -> None:
    if exporter["dynamo"]:
        pytest.importorskip("onnxscript")
    monkeypatch.setenv("CONVSCOPE_DATA_FOLDER", str(tmp_path))
    monkeypatch.setattr(notebook, "_EXPORTERS", (exporter,))
    torch.manual_seed(1)
    module = residual(torch.nn)
    for norm in (module.stem_norm, module.norm):
        norm.running_mean.uniform_(-0.3, 0.3)
        norm.running_var.uniform_(0.5, 2)
    page = notebook.explore(module, torch.zeros(1, 3, 32, 32), scaling="unit", open_page=False)
    try:
        assert page.verification.startswith("verified by ONNX Runtime ")
        assert module.training
        address, _, identity = page.address.partition("/?model=")
        with httpx.Client(base_url=address) as client:
            image = client.post("/api/images", files={"file": encoded(noise(32, 32))}).json()["id"]
            trace = f"/api/traces/{identity}/{image}"
            nodes = client.get(f"/api/models/{identity}").json()["nodes"]
            assert {"conv2d", "relu", "add", "dense"} <= {node["kind"] for node in nodes}

            def values(node: str) -> Any:
                return np.load(io.BytesIO(client.get(f"{trace}/nodes/{node}").content))

            with torch.no_grad():
                wanted = module.eval()(torch.tensor(values(nodes[0]["name"])[None]))[0].numpy()
            dense = next(node["name"] for node in nodes if node["kind"] == "dense")
            np.testing.assert_allclose(values(dense).reshape(-1), wanted, rtol=1e-4, atol=1e-5)
    finally:
        page.close()


def test_where_one_exporter_fails_the_other_is_tried_and_both_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried = []

    def export(module: Any, example: Any, path: Path, *, dynamo: bool, **_: Any) -> None:
        tried.append(dynamo)
        raise RuntimeError(f"no way, dynamo {dynamo}")

    monkeypatch.setattr(torch.onnx, "export", export)
    module = residual(torch.nn)
    with pytest.raises(notebook.CannotExplore, match=r"no way, dynamo False.*no way, dynamo True"):
        notebook._exported(module, torch.zeros(1, 3, 8, 8), tmp_path)
    assert tried == [False, True]
    assert module.training
