"""The OpenAPI document says everything: every route, what it answers, and how it fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.live import Live


@pytest.fixture(scope="module")
def document(live: Live) -> dict[str, Any]:
    found: dict[str, Any] = live.client.get("/openapi.json").json()
    return found


KEPT = {"200", "304", "404", "422", "500", "503"}
"""Of answers that a browser may keep."""

OPERATIONS = {
    ("get", "/api/models"): {"200", "304", "500", "503"},
    ("get", "/api/models/{model}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/reach"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/parameters/{name}"): {"200", "304", "404", "422", "500", "503"},
    ("post", "/api/models"): {"201", "413", "415", "422", "500", "503", "507"},
    ("post", "/api/models/{model}/verification"): {"200", "404", "422", "500", "503", "507"},
    ("patch", "/api/models/{model}"): {"200", "404", "413", "422", "500", "503", "507"},
    ("delete", "/api/models/{model}"): {"204", "404", "422", "500", "503", "507"},
    ("get", "/api/samples"): {"200", "304", "500", "503"},
    ("post", "/api/images"): {"201", "413", "415", "422", "500", "503"},
    ("get", "/api/images/{image}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/images/{image}/info"): {"200", "404", "422", "500", "503"},
    ("get", "/api/images/{image}/sound"): KEPT,
    ("get", "/api/images/{image}/thumbnail"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/images/{image}/seen"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/doubt"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/comparison"): {"200", "304", "404", "422", "500", "503"},
    ("post", "/api/traces/{model}/{image}/noise"): {"201", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/similarity/{other}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/nodes/{node}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/frames"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/explain/{node}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/gradient/{node}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/channels/{node}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/slide/{node}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/sweep.csv"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/sweep.png"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/traces/{model}/{image}/shift.gif"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/explanations/{model}/{image}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/explanations/{model}/{image}/{method}"): {"200", "304", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/atlas"): {"200", "404", "422", "500", "503"},
    ("post", "/api/models/{model}/atlas"): {"202", "404", "422", "500", "503", "507"},
    ("delete", "/api/models/{model}/atlas"): {"200", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/cards/{atlas}/{node}/{channel}"): {"200", "404", "422", "500", "503"},
    ("post", "/api/photos"): {"201", "500", "507"},
    ("put", "/api/photos/{set}/{path}"): {"204", "404", "413", "422", "500", "507"},
    ("delete", "/api/photos/{set}"): {"204", "404", "422", "500"},
    ("get", "/api/traces/{model}/{image}/mutes/{node}"): {"200", "404", "422", "500", "503"},
    ("get", "/api/edits/{edit}"): {"200", "404", "422", "500"},
    ("post", "/api/training/own/sets"): {"201", "413", "422", "500", "503", "507"},
    ("get", "/api/training/own/sets/{classes}"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/trained"): {"200", "500", "503"},
    ("get", "/api/training/trained/{run}"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/trained/{run}/film"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/trained/{run}/look"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/trained/{run}/rows"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/trained/{run}/{table}.csv"): {"200", "404", "422", "500", "503"},
    ("post", "/api/training/trained/{run}/model"): {"201", "404", "422", "500", "503", "507"},
    ("get", "/api/models/{model}/onnx"): {"200", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/folder"): {"200", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/made/{node}"): {"200", "404", "422", "500", "503"},
    ("get", "/api/models/{model}/quiz/{atlas}/{node}/{channel}"): {"200", "404", "422", "500", "503"},
    ("get", "/api/atlases/{atlas}"): KEPT,
    ("get", "/api/atlases/{atlas}/layers/{node}"): KEPT,
    ("get", "/api/atlases/{atlas}/layers/{node}/patches"): KEPT,
    ("get", "/api/atlases/{atlas}/layers/{node}/channels/{channel}"): {
        "200",
        "304",
        "404",
        "422",
        "500",
        "503",
    },
    ("get", "/api/atlases/{atlas}/layers/{node}/channels/{channel}/rank"): {
        "200",
        "304",
        "404",
        "422",
        "500",
        "503",
    },
    ("get", "/api/atlases/{atlas}/layers/{node}/channels/{channel}/quiz"): {
        "200",
        "304",
        "404",
        "422",
        "500",
        "503",
    },
    ("get", "/api/atlases/{atlas}/photos/{photo}"): KEPT,
    ("post", "/api/clips"): {"200", "413", "415", "422", "500", "503"},
    ("post", "/api/edits"): {"201", "404", "410", "413", "422", "500", "503"},
    ("post", "/api/equivariance"): {"200", "404", "413", "422", "500", "503"},
    ("post", "/api/equivariance/sweep"): {"200", "404", "413", "422", "500", "503"},
    ("get", "/api/training/tasks"): {"200", "500", "503"},
    ("post", "/api/training/tasks"): {"201", "413", "415", "422", "500", "503", "507"},
    ("delete", "/api/training/tasks/{task}"): {"204", "404", "422", "500", "503"},
    ("post", "/api/training/own"): {"200", "404", "413", "422", "500", "503"},
    ("post", "/api/training/own/model"): {"201", "404", "413", "422", "500", "503", "507"},
    ("post", "/api/training/own/task"): {"201", "404", "413", "422", "500", "503", "507"},
    ("post", "/api/training/own/trainings"): {"202", "404", "413", "422", "500", "503"},
    ("get", "/api/training/own/trainings/{training}"): {"200", "404", "422", "500", "503"},
    ("delete", "/api/training/own/trainings/{training}"): {"204", "404", "422", "500", "503"},
    ("get", "/api/training/tasks/{task}/pictures"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs"): {"200", "500", "503"},
    ("post", "/api/training/runs"): {"201", "404", "413", "422", "500", "503", "507"},
    ("get", "/api/training/runs/{run}"): {"200", "404", "422", "500", "503"},
    ("delete", "/api/training/runs/{run}"): {"204", "404", "422", "500", "503"},
    ("post", "/api/training/runs/{run}/orders"): {"200", "404", "413", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/pictures"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/look"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/film"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/scores"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/shifts"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/{table}.csv"): {"200", "404", "422", "500", "503"},
    ("get", "/api/training/runs/{run}/nets/{net}.{kind}"): {"200", "404", "422", "500", "503"},
    ("post", "/api/training/runs/{run}/nets/{net}/model"): {"201", "404", "422", "500", "503", "507"},
    ("get", "/healthz"): {"200", "500"},
    ("get", "/metrics"): {"200", "500"},
}


def test_every_route_is_listed_with_every_status(document: dict[str, Any]) -> None:
    listed = {
        (method, path): set(operation["responses"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }

    # what may be missing may also be there and damaged
    assert listed == {
        name: found | ({"410"} if "404" in found else set()) for name, found in OPERATIONS.items()
    }


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_every_operation_explains_itself(document: dict[str, Any], method: str, path: str) -> None:
    operation = document["paths"][path][method]

    assert operation["summary"]
    assert operation["description"]
    for parameter in operation.get("parameters", []):
        assert parameter["description"], parameter["name"]
    for status, answer in operation["responses"].items():
        if status >= "400":
            assert answer["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
        elif status not in {"204", "304"}:
            assert answer["content"]
    if "503" in operation["responses"]:
        assert "Retry-After" in operation["responses"]["503"]["headers"]


def test_every_schema_that_is_named_exists(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    def check(value: Any) -> None:
        if isinstance(value, dict):
            if "$ref" in value:
                assert value["$ref"].removeprefix("#/components/schemas/") in schemas
            for inner in value.values():
                check(inner)
        elif isinstance(value, list):
            for inner in value:
                check(inner)

    check(document)
    assert set(schemas["Problem"]["properties"]) == {"type", "title", "status", "detail"}


def test_the_upload_form_and_binary_answers_are_described(document: dict[str, Any]) -> None:
    form = document["paths"]["/api/images"]["post"]["requestBody"]["content"]
    trace = document["paths"]["/api/traces/{model}/{image}/frames"]["get"]["responses"]["200"]["content"]
    node = document["paths"]["/api/traces/{model}/{image}/nodes/{node}"]["get"]["responses"]["200"]["content"]

    assert form["multipart/form-data"]["schema"]["required"] == ["file"]
    assert list(trace) == ["application/vnd.convscope.frames"]
    gradient = document["paths"]["/api/traces/{model}/{image}/gradient/{node}"]["get"]["responses"]["200"]
    assert list(node) == list(gradient["content"]) == ["application/x-npy"]
