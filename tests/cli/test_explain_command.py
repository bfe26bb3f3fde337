"""``convscope explain`` as a process: files with the library's numbers, and errors in one line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cnn_core import load_model, read_image
from cnn_core.attributions import Case, Lrp, ask_class, finish, levels_of
from cnn_core.preprocess import to_tensor
from tests.cli.command import convscope


def test_maps_pictures_and_rows_are_written(espresso: Path, tmp_path: Path) -> None:
    out = tmp_path / "why"
    done = convscope(
        *("explain", "tiny_vgg", espresso, "--class", "Espresso", "--seeds", "1", "--out", out),
        *("-m", "lrp", "-m", "gradient_times_input", "-m", "edges_only"),
    )
    assert done.returncode == 0, done.stderr
    assert f"espresso: 3 methods in {out}" in done.stdout
    model = load_model("tiny_vgg")
    x = to_tensor(read_image(espresso), model.spec)
    index = model.labels.index("espresso")
    case = Case(model.graph, model.parameters, x, ask_class(model.graph, index), levels_of(model.spec))
    wanted = finish(Lrp().explain(case))
    np.testing.assert_array_equal(np.load(out / "lrp.npy"), wanted.map)
    with Image.open(out / "lrp.png") as picture:
        assert picture.size == (512, 512)
    told = json.loads((out / "explain.json").read_text())
    assert told["value"] == pytest.approx(case.value)
    assert set(told["random_order"]) == {"deletion", "insertion"}
    row = told["methods"]["lrp"]
    assert row["total"] == pytest.approx(wanted.total)
    assert row["adds_up"] is True
    assert row["forgets"]["mean"][0] == 1
    assert row["forgets"]["stages"][-1] == "conv_1_1"
    assert told["methods"]["edges_only"]["forgets"]["mean"][-1] == pytest.approx(1)
    assert told["methods"]["edges_only"]["film"]["beats_edges_only"] is False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("tiny_vgg", "--class", "unicorn"), "no class 'unicorn'; classes: bell_pepper"),
        (("tiny_vgg", "-m", "heat"), "no method 'heat'; methods: gradient"),
        (("nonet",), "no model 'nonet'"),
    ],
)
def test_what_cannot_be_asked_is_one_line(
    espresso: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    model, *rest = arguments
    done = convscope("explain", model, espresso, *rest, "--out", tmp_path / "none")
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "none").exists()
