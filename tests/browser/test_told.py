"""Kinds of layers that only ONNX files bring: their terms as the server tells them add up to the array."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from onnx import numpy_helper
from playwright.sync_api import expect

from app.config import Settings
from app.services.model_records import Choices
from app.services.onnx_models import open_onnx
from cnn_core.models import Model
from cnn_core.onnx_import.limits import Limits
from tests.api.graphs import install
from tests.api.live import Live, served
from tests.browser.conftest import Complaints, OpenPage, wait_until
from tests.browser.printed import Shown, close, number
from tests.browser.test_arithmetic import GO, READ, THERE
from tests.browser.test_pixels import numbers
from tests.core.onnx_import.files import model, node, tensor, weights
from tests.core.onnx_import.files import numbers as whole

SIDE = 12

SUMS = {
    "sum": lambda total, constants, _: total,
    "mean": lambda total, constants, _: total / constants["divisor"],
    "log_softmax": lambda total, constants, own: own - constants["max"] - math.log(total),
    "local_response": lambda total, c, _: (
        c["own"] / (c["bias"] + c["alpha"] / c["size"] * total) ** c["beta"]
    ),
}
"""What the printed sum of the terms makes; the third is the value that is read at the same place."""


def many_kinds() -> Model:
    """A network of layers without sheets of their own, on 3x12x12."""
    halves = numpy_helper.from_array(np.array([1, 1, 0.5, 0.5], np.float32), "halves")
    nodes = [
        node("Conv", "x c.weight", "c", pads=[1, 1, 1, 1]),
        node("LRN", "c", "response", size=3, alpha=0.5, beta=0.75),
        node("Add", "response shift", "shifted"),
        node("Sub", "shifted c", "difference"),
        node("Abs", "difference", "distance"),
        node("Max", "distance shifted", "larger"),
        node("ReduceMean", "larger", "average", axes=[1], keepdims=1),
        node("Div", "larger average", "ratio"),
        node("ConvTranspose", "ratio t.weight t.bias", "up", strides=[2, 2]),
        node("Resize", "up roi halves", "small", mode="linear"),
        node("Pad", "small pads", "padded"),
        node("LogSoftmax", "padded", "logs", axis=1),
        node("InstanceNormalization", "logs i.scale i.bias", "instance"),
        node("ReduceSum", "instance axes", "total", keepdims=1),
    ]
    parameters = [
        weights("c.weight", 4, 3, 3, 3),
        weights("i.scale", 3, seed=1),
        weights("i.bias", 3, seed=2),
        weights("shift", 4, 1, 1, seed=3),
        weights("t.weight", 4, 3, 2, 2, seed=4),
        weights("t.bias", 3, seed=5),
        numpy_helper.from_array(np.zeros(0, np.float32), "roi"),
        halves,
        whole("pads", 0, 0, 1, 1, 0, 0, 0, 0),
        whole("axes", 1),
    ]
    made = model(nodes, parameters, inputs=[tensor("x", [1, 3, SIDE, SIDE])])
    return open_onnx(made.SerializeToString(), "told", Choices(), Limits()).model


@pytest.fixture(scope="module")
def brought() -> Iterator[Live]:
    """A server with that network."""
    with served(Settings(), install(many_kinds())) as live:
        yield live


def check_sum(shown: Shown, told: dict[str, Any], value: float) -> None:
    """The printed rows make Σ to the last digit, and what the formula makes of Σ is the value."""
    adds = [number(row["adds"]) for row in shown["rows"]] + [number(text) for text in shown["others"]]
    chips = [chip for line in shown["lines"] for chip in line]
    assert sum(adds) == number(chips[0]), shown
    half = float(Decimal(1).scaleb(int(number(chips[0]).as_tuple().exponent))) / 2
    if told["operation"] == "sum":
        assert sum(map(number, chips[:-1] or chips)) == number(chips[-1])
        close(chips[-1], value)
        return
    own = next((row["cells"][2] for row in shown["rows"]), "0")
    if told["operation"] == "log_softmax":
        position = int(told["constants"]["position"])
        own = next(row["cells"][2] for row in shown["rows"] if row["cells"][1].startswith(f"{position},"))
    formula = SUMS[told["operation"]]
    near = [
        formula(float(number(chips[0])) + off, told["constants"], float(number(own))) for off in (-half, half)
    ]
    slack = 2e-3 * max(1.0, abs(value))
    assert min(near) - slack <= value <= max(near) + slack
    assert float(number(chips[-1])) == pytest.approx(value, rel=2e-3, abs=1e-6)


def sees(box: dict[str, int]) -> str:
    """What is said below the photo of a value that reads this box of it."""
    height, width = box["bottom"] - box["top"], box["right"] - box["left"]
    whole = height == SIDE and width == SIDE
    return "sees the whole photo" if whole else f"sees {height}\u00d7{width} px"


def check_terms(shown: Shown, told: dict[str, Any], value: float) -> None:
    """Every printed value is the one that is read, and the last is the result."""
    printed = [float(number(row["chips"][0])) for row in shown["rows"]]
    assert sorted(printed) == pytest.approx(sorted(term["sum"] for term in told["terms"]), rel=2e-3, abs=1e-6)
    assert float(number(shown["lines"][0][-1])) == pytest.approx(value, rel=2e-3, abs=1e-6)


def test_terms_of_every_kind_from_onnx_add_up_to_the_array(
    brought: Live, complaints: Complaints, open_page: OpenPage
) -> None:
    dice = random.Random(9)
    home = complaints.home = str(brought.client.base_url).rstrip("/")
    image = brought.client.get("/api/samples").json()[0]["id"]
    page = open_page(f"{home}/?model=told&image={image}")
    seen = set()
    for each in brought.client.get("/api/models/told").json()["nodes"][2:]:
        name, kind, shape = each["name"], each["kind"], each["output_shape"]
        place = (dice.randrange(shape[0]), dice.randrange(1, shape[1]), dice.randrange(1, shape[2]))
        trace = f"/api/traces/told/{image}"
        value = float(numbers(home + trace, name)[place])
        query = dict(zip(("channel", "y", "x"), place, strict=True))
        told = brought.client.get(f"{trace}/explain/{name}", params=query).json()
        page.evaluate(GO, urlencode({"model": "told", "image": image, "layer": name, **query}))
        wait_until(page, THERE, [name, kind])
        shown = page.evaluate(READ)
        expect(page.get_by_text(sees(told["field"]), exact=True)).to_be_visible()
        assert float(number(shown["large"])) == pytest.approx(value, rel=1e-5, abs=1e-6), name
        (check_sum if told["operation"] in SUMS else check_terms)(shown, told, value)
        seen.add(kind)
    assert {"local_response_norm", "instance_norm2d", "log_softmax", "conv_transpose2d", "resize2d"} <= seen
    assert len(seen) >= 12
