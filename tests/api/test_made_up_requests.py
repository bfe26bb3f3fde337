"""Every operation against requests made up from its own description: it answers as it says, and never fails.

Three of four requests name things that are really there, so that they come farther than to a 404.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.main import create_app
from tests.api.live import SMALL, Live, served
from tests.api.real_things import NETWORK, RUNS, Things, bring_things, sent

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]

DOCUMENT = create_app(SMALL).openapi()
OPERATIONS = [(method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods]

FEW = {
    ("GET", "/api/explanations/{model}/{image}"),
    ("GET", "/api/models/{model}/similarity/{other}"),
    ("GET", "/api/traces/{model}/{image}/shift.gif"),
    ("POST", "/api/training/runs/{run}/orders"),
    ("POST", "/api/training/runs"),
    ("POST", "/api/equivariance/sweep"),
}
"""What takes a while each time."""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    folder = tmp_path_factory.mktemp("made-up")
    with served(SMALL.model_copy(update={"data_folder": folder, "training_processes": 1})) as running:
        yield running


@pytest.fixture(scope="module")
def things(live: Live) -> Things:
    return bring_things(live.client)


@pytest.fixture(scope="module")
def api(live: Live) -> Any:
    return schemathesis.openapi.from_dict(DOCUMENT)


def there_again(client: httpx.Client, things: Things, operation: tuple[str, str]) -> Things:
    """The same things after a request that may have removed one of them."""
    if operation == ("DELETE", "/api/models/{model}"):
        sent(client, "POST", "/api/models", files={"file": NETWORK}, data={"verify": "later"})
    if operation == ("DELETE", "/api/training/runs/{run}"):
        return replace(things, run=sent(client, "POST", RUNS, json={"nets": ["mlp"]})["id"])
    if operation == ("DELETE", "/api/photos/{set}"):
        return replace(things, photos=sent(client, "POST", "/api/photos")["id"])
    return things


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_an_operation_answers_as_it_says(
    live: Live, things: Things, api: Any, operation: tuple[str, str]
) -> None:
    method, path = operation
    described = api[path][method]

    @settings(
        max_examples=2 if operation in FEW else 6,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=described.as_strategy(), real=st.integers(0, 3))
    def answers(case: Case, real: int) -> None:
        now = there_again(live.client, things, operation)
        if real:
            case.path_parameters.update({name: now.path[name] for name in case.path_parameters})
            wanted = {each.name for each in described.query}
            case.query.update({n: v for n, v in now.query.items() if n in wanted and n in case.query})
        case.call_and_validate(base_url=f"http://127.0.0.1:{live.port}", checks=CHECKS, timeout=60)

    answers()
    there_again(live.client, things, operation)
    assert live.client.get("/healthz").status_code == 200
