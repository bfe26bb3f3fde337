"""What ARCHITECTURE.md says under "To add something" is enough: here it is done, in a copy of the project."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from filecmp import dircmp
from pathlib import Path
from typing import Any

import pytest

from tests.server import PATIENCE, ROOT

FOLDERS = ("app", "cnn_core", "static", "templates")
OPS = '''"""The exponential function less one."""

import numpy as np


def expm1(x):
    """expm1(x)."""
    return np.expm1(x)


def expm1_vjp(grad, x):
    """exp(x) times the gradient."""
    return grad * np.exp(x)
'''
LAYER = '''"""The exponential function less one."""

from dataclasses import dataclass

from cnn_core.layers.base import register_layer
from cnn_core.layers.pointwise import Pointwise
from cnn_core.ops.expm1 import expm1, expm1_vjp


@register_layer("expm1")
@dataclass(frozen=True)
class Expm1(Pointwise):
    """expm1(x)."""

    def apply(self, x):
        """The function."""
        return expm1(x)

    def vjp(self, grad, x, output):
        """Its gradient."""
        return expm1_vjp(grad, x)
'''
NEW = {
    "cnn_core/ops/expm1.py": OPS,
    "cnn_core/layers/expm1.py": LAYER,
    "templates/pages/added.html": '{% extends "base.html" %}{% block main %}<h1>Added</h1>{% endblock %}',
    "static/js/pages/added.js": 'import { say } from "../features/added/index.js";\n\nsay();\n',
    "static/js/features/added/index.js": "/** Says so. */\nexport const say = () => {};\n",
}
"""Files that are new, and what is in them."""

ROWS = {
    "cnn_core/layers/__init__.py": (
        "from cnn_core.layers.resize import",
        "from cnn_core.layers.expm1 import Expm1\nfrom cnn_core.layers.resize import",
    ),
    "cnn_core/onnx_import/operators/pointwise.py": (
        '    "Softplus": _plain(Softplus),\n',
        '    "Softplus": _plain(Softplus),\n    "Expm1": _plain(LAYERS["expm1"]),\n',
    ),
    "app/pages.py": (
        "PAGES = (\n",
        'PAGES = (\n    Page(slug="added", title="Added", path="/added", template="added.html"),\n',
    ),
}
"""A line that a file has, and what it becomes."""

CHECK = """
import json
import numpy as np
from fastapi.testclient import TestClient
from onnx import TensorProto, helper
from app.main import create_app
from app.payloads.describe import node_schemas
from cnn_core.layers import LAYERS
from cnn_core.onnx_import import import_model
from cnn_core.runtime import compile_plan
from cnn_core.graph.trace import forward

values = lambda name: helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 3, 4, 4])
node = helper.make_node("Expm1", ["x"], ["y"])
graph = helper.make_graph([node], "net", [values("x")], [values("y")])
made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
found = import_model(made.SerializeToString())
x = np.linspace(-2, 2, 48, dtype=np.float32).reshape(1, 3, 4, 4)
outputs = {record.node.name: record.output for record in forward(found.graph, found.parameters, x)}
planned = [record.output for record in compile_plan(found.graph, found.parameters, x.shape).records(x)][-1]
(example, *_) = LAYERS["expm1"].examples()
done = example.layer.forward({}, x)
grad = example.layer.backward({}, (x,), done, np.ones_like(x)).inputs[0]
client = TestClient(create_app(), base_url="http://127.0.0.1:8000")
page = client.get("/added")
scripts = [part.split('"')[0] for part in page.text.split('src="')[1:] if "added" in part.split('"')[0]]
print(json.dumps({
    "imported": bool(np.array_equal(outputs[found.graph.output], np.expm1(x))),
    "compiled": bool(np.array_equal(planned, np.expm1(x))),
    "gradient": float(np.abs(grad - np.exp(x)).max()),
    "described": node_schemas(found.graph)[-1].model_dump(include={"kind", "reads"}),
    "page": [page.status_code, "Added" in page.text],
    "script": [client.get(script).status_code for script in scripts],
    "navigation": 'href="/added"' in client.get("/").text,
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with a layer kind, a page and an ONNX operator more."""
    folder = tmp_path_factory.mktemp("copy")
    skipped = shutil.ignore_patterns("__pycache__", "*.safetensors", "_assets")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name, ignore=skipped)
    for path, text in NEW.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    for path, (line, lines) in ROWS.items():
        text = (folder / path).read_text()
        assert text.count(line) == 1, f"{path} has no line {line!r}"
        (folder / path).write_text(text.replace(line, lines))
    operators = folder / "cnn_core/onnx_import/operators/pointwise.py"
    operators.write_text(
        operators.read_text().replace("cnn_core.layers import (", "cnn_core.layers import (\n    LAYERS,")
    )
    return folder


@pytest.fixture(scope="module")
def found(copy: Path) -> dict[str, Any]:
    """What the copy says of itself."""
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=copy, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def differing(left: Path, right: Path) -> set[str]:
    """Files of the right folder that the left has not, or has otherwise."""
    compared = dircmp(left, right, ignore=["__pycache__"])
    names = set(compared.diff_files)
    for name in compared.right_only:
        inside = (right / name).rglob("*") if (right / name).is_dir() else [right / name]
        names |= {path.relative_to(right).as_posix() for path in inside if path.is_file()}
    for name in compared.common_dirs:
        names |= {f"{name}/{path}" for path in differing(left / name, right / name)}
    return names


def test_only_places_that_are_listed_were_touched(copy: Path) -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rows = re.findall(r"^\| (?:a layer kind|an ONNX operator|a page) \| (.*?) \|", text, flags=re.MULTILINE)
    assert len(rows) == 3
    listed = [place for row in rows for place in re.findall(r"`([^`]+)`", row)]
    touched = {f"{name}/{path}" for name in FOLDERS for path in differing(ROOT / name, copy / name)}
    assert touched == {*NEW, *ROWS}
    for path in touched:
        assert any(path == place or (place.endswith("/") and path.startswith(place)) for place in listed), (
            path
        )


def test_a_layer_kind_runs_compiled_and_is_differentiated_and_described(found: dict[str, Any]) -> None:
    assert found["compiled"]
    assert found["gradient"] < 1e-6
    assert found["described"]["kind"] == "expm1"
    assert found["described"]["reads"][0]["channels"] == "own"


def test_an_onnx_operator_is_imported(found: dict[str, Any]) -> None:
    assert found["imported"]


def test_a_page_is_served_with_its_script_and_named_in_the_navigation(found: dict[str, Any]) -> None:
    assert found["page"] == [200, True]
    assert found["script"]
    assert set(found["script"]) == {200}
    assert found["navigation"]
