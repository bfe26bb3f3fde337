"""The arithmetic of any value of any kind of layer adds up from what the server sends, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray

from cnn_core import trace
from cnn_core.graph import explain
from cnn_core.models import MODELS
from tests.api import graphs
from tests.api.live import Live, served
from tests.api.pictures import noise, uploaded

MODEL = graphs.every_kind()
PICTURE = noise(48, 44, seed=21)
NODES = [node.name for node in MODEL.graph]
Json = dict[str, Any]


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    with served(prepare=graphs.install(MODEL, graphs.infinite())) as running:
        yield running


@pytest.fixture(scope="module")
def address(live: Live) -> str:
    return f"/api/traces/every_kind/{uploaded(live, PICTURE)}"


@pytest.fixture(scope="module")
def outputs(live: Live) -> dict[str, NDArray[Any]]:
    # While the server runs, so that BLAS is under the same limits.
    return {name: output[0] for name, output in trace(MODEL, PICTURE).outputs.items()}


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def asked(live: Live, address: str, node: str, index: tuple[int, ...], **more: Any) -> Json:
    place = dict(zip(("channel", "y", "x"), index, strict=False))
    answer = live.client.get(f"{address}/explain/{node}", params={**place, **more})
    assert answer.status_code == 200, answer.text
    found: Json = json.loads(answer.content, parse_constant=refuse)
    return found


def drawn(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Both corners and six places in between."""
    rng = np.random.default_rng(31)
    inner = [tuple(int(rng.integers(size)) for size in shape) for _ in range(6)]
    return [tuple(0 for _ in shape), tuple(size - 1 for size in shape), *inner]


def patch_value(told: Json) -> float:
    """The one number a function is of."""
    ((value,),) = told["terms"][0]["patch"]
    return float(value)


def sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-value))


FUNCTIONS: dict[str, Callable[[float, Json], float]] = {
    "relu": lambda v, _: max(v, 0),
    "leaky_relu": lambda v, constants: v if v > 0 else constants["slope"] * v,
    "sigmoid": lambda v, _: sigmoid(v),
    "silu": lambda v, _: v * sigmoid(v),
    "tanh": lambda v, _: math.tanh(v),
    "hard_swish": lambda v, _: v * min(max(v + 3, 0), 6) / 6,
}


def affine(told: Json) -> float:
    c = told["constants"]
    return float(
        c["gamma"] * (patch_value(told) - c["mean"]) / math.sqrt(c["variance"] + c["epsilon"]) + c["beta"]
    )


def rebuilt(kind: str, told: Json) -> float:
    """The value from the answer's own numbers, as a reader with a pencil has it."""
    sums = [math.fsum(cell for row in term["products"] for cell in row) for term in told["terms"]]
    constants = told["constants"]
    rules: dict[str, Callable[[], float]] = {
        "sum": lambda: math.fsum(sums) + (told["bias"] or 0),
        "product": lambda: math.prod(sums),
        "mean": lambda: math.fsum(sums) / constants["divisor"],
        "max": lambda: max(cells_inside(told["terms"][0])),
        "copy": lambda: patch_value(told) if told["terms"] else told["value"],
        "function": lambda: FUNCTIONS[kind](patch_value(told), constants),
        "affine": lambda: affine(told),
        "softmax": lambda: sums[int(constants["position"])] / constants["total"],
    }
    return rules[told["operation"]]()


def cells_inside(term: Json) -> list[float]:
    return [
        cell
        for i, row in enumerate(term["patch"])
        for j, cell in enumerate(row)
        if term["inside"] is None or term["inside"][i][j]
    ]


def read(outputs: dict[str, NDArray[Any]], term: Json) -> NDArray[Any]:
    """The cells a term says it read, 0 in the padding, looked up where it says they are."""
    source = outputs[term["node"]]
    whole = source.reshape((*source.shape, 1, 1)[:3])
    patch = np.array(term["patch"])
    for i, j in np.ndindex(patch.shape):
        y, x = term["y"] + i * term["step"][0], term["x"] + j * term["step"][1]
        inside = 0 <= y < whole.shape[1] and 0 <= x < whole.shape[2]
        assert inside == (term["inside"] is None or term["inside"][i][j])
        patch[i, j] = whole[term["channel"], y, x] if inside else 0
    return patch


def test_there_is_a_layer_of_every_kind_that_networks_of_the_package_have() -> None:
    packaged = {node.layer.kind for made in MODELS.values() for node in made.build(10)}
    assert packaged <= {node.layer.kind for node in MODEL.graph}


@pytest.mark.parametrize("node", NODES)
def test_a_value_adds_up_from_the_numbers_sent(
    live: Live, address: str, outputs: dict[str, NDArray[Any]], node: str
) -> None:
    kind = MODEL.graph[node].layer.kind
    for index in drawn(outputs[node].shape):
        told = asked(live, address, node, index)
        assert told["value"] == float(outputs[node][index])
        assert rebuilt(kind, told) == pytest.approx(told["value"], rel=2e-5, abs=2e-6), index
        assert told["term_count"] == len(told["terms"])
        assert told["term_sum"] == pytest.approx(math.fsum(term["sum"] for term in told["terms"]))


@pytest.mark.parametrize("node", NODES)
def test_every_cell_lies_where_the_answer_says_and_is_rounded_nowhere(
    live: Live, address: str, outputs: dict[str, NDArray[Any]], node: str
) -> None:
    batched = {name: output[np.newaxis] for name, output in outputs.items()}
    for index in drawn(outputs[node].shape):
        told = asked(live, address, node, index)
        core = explain(MODEL.graph, MODEL.parameters, batched, node, index)
        assert (told["bias"], told["constants"]) == (core.bias, dict(core.constants))
        for term, wanted in zip(told["terms"], core.terms, strict=True):
            np.testing.assert_array_equal(np.array(term["patch"]), read(outputs, term))
            assert term["products"] == wanted.products.tolist()
            assert term["kernel"] == (None if wanted.kernel is None else wanted.kernel.tolist())
            assert term["sum"] == wanted.sum


def test_a_max_pool_tells_its_whole_window_and_where_the_winner_is(live: Live, address: str) -> None:
    for index in drawn(MODEL.graph.shapes["max_pool"][1:]):
        told = asked(live, address, "max_pool", index)
        (term,) = told["terms"]
        i, j = int(told["constants"]["winner_y"]), int(told["constants"]["winner_x"])
        assert term["inside"][i][j]
        assert term["patch"][i][j] == told["value"] == term["sum"]


def test_a_batch_norm_tells_its_four_numbers(live: Live, address: str) -> None:
    constants = asked(live, address, "norm", (2, 1, 1))["constants"]
    names = {"mean": "running_mean", "variance": "running_var", "gamma": "weight", "beta": "bias"}
    wanted = {name: float(MODEL.parameters[f"norm.{key}"][2]) for name, key in names.items()}
    assert constants == {**wanted, "epsilon": 1e-5}


def test_a_softmax_names_the_logit_of_every_term(
    live: Live, address: str, outputs: dict[str, NDArray[Any]]
) -> None:
    told = asked(live, address, "softmax", (1,))
    assert [(term["node"], term["channel"]) for term in told["terms"]] == [("output", i) for i in range(3)]
    assert [term["patch"][0][0] for term in told["terms"]] == outputs["output"].tolist()
    assert (told["constants"]["position"], told["constants"]["max"]) == (1, outputs["output"].max())
    told = asked(live, address, "shares", (4, 2, 3))
    assert [(t["channel"], t["y"], t["x"]) for t in told["terms"]] == [(i, 2, 3) for i in range(6)]


def test_what_is_copied_names_its_true_place(live: Live, address: str) -> None:
    (term,) = asked(live, address, "flatten", (2 * 20 + 3 * 5 + 4,))["terms"]
    assert (term["node"], term["channel"], term["y"], term["x"]) == ("shares", 2, 3, 4)
    (term,) = asked(live, address, "fork", (1, 5, 9))["terms"]
    assert (term["node"], term["channel"], term["y"], term["x"]) == ("blur_pool", 1, 5, 9)
    (term,) = asked(live, address, "fork", (4, 0, 3))["terms"]
    assert (term["node"], term["channel"], term["y"], term["x"]) == ("max_pool", 2, 0, 3)


def test_a_dense_layer_is_told_channel_by_channel(live: Live, address: str) -> None:
    terms = asked(live, address, "hidden", (3,))["terms"]
    assert [(term["node"], term["channel"], np.shape(term["patch"])) for term in terms] == [
        ("shares", channel, (4, 5)) for channel in range(6)
    ]
    terms = asked(live, address, "output", (0,))["terms"]
    assert [(term["node"], term["channel"]) for term in terms] == [("hidden_relu", i) for i in range(5)]


@pytest.mark.parametrize("order", ["layer", "size"])
def test_many_terms_come_page_by_page(live: Live, address: str, order: str) -> None:
    whole = asked(live, address, "hidden", (1,), order=order)
    pages = [asked(live, address, "hidden", (1,), order=order, offset=i, limit=4) for i in (0, 4, 8)]

    assert [len(page["terms"]) for page in pages] == [4, 2, 0]
    assert [term for page in pages for term in page["terms"]] == whole["terms"]
    assert {(page["term_count"], page["term_sum"]) for page in pages} == {(6, whole["term_sum"])}
    assert whole["term_sum"] + whole["bias"] == pytest.approx(whole["value"], rel=1e-5)


def test_the_largest_terms_of_either_sign_come_first(live: Live, address: str) -> None:
    given = asked(live, address, "hidden", (1,))["terms"]
    ranked = asked(live, address, "hidden", (1,), order="size")["terms"]

    assert ranked == sorted(given, key=lambda term: -abs(term["sum"]))
    assert ranked != given


@pytest.mark.parametrize(
    ("query", "said"),
    [("limit=0", "'limit'"), ("limit=4097", "'limit'"), ("offset=-1", "'offset'"), ("order=name", "'order'")],
)
def test_a_page_that_cannot_be_is_422(live: Live, address: str, query: str, said: str) -> None:
    answer = live.client.get(f"{address}/explain/hidden?{query}")

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_numbers_that_json_does_not_have_are_a_failure_that_names_the_layer(live: Live) -> None:
    image = uploaded(live, noise(6, 6))
    asked_for: list[httpx.Response] = [
        live.client.get(f"/api/traces/infinite/{image}{path}")
        for path in ("", "/explain/pool", "/nodes/pool", "/channels/pool", "/gradient/pool")
    ]
    stream = live.client.get(f"/api/traces/infinite/{image}/frames").content

    for answer in asked_for:
        assert answer.status_code == 500
        assert "'pool'" in answer.json()["detail"]
        assert "3 of 3 values" in answer.json()["detail"]
    assert b"The network gives no numbers" in stream
    assert b"Infinity" not in stream
