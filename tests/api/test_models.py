"""Models over HTTP say what the core says."""

from __future__ import annotations

import asyncio
import io
from dataclasses import replace

import numpy as np
import pytest
from fastapi import FastAPI

from app.container import Services
from app.main import create_warm_app
from app.services.compute import WorkerPool
from app.services.model_store import ModelStore
from cnn_core import load_model
from cnn_core.errors import BadModelFile
from cnn_core.graph.field import receptive_fields
from cnn_core.models import Model, model_names
from tests import aside
from tests.api import gated
from tests.api.live import PATIENCE, SMALL, Live, served


def test_every_model_is_listed_in_short(live: Live) -> None:
    listed = live.client.get("/api/models").json()

    assert [entry["id"] for entry in listed] == list(model_names())
    tiny = next(entry for entry in listed if entry["id"] == "tiny_vgg")
    assert tiny["parameter_count"] == 19_920
    assert tiny["input"] == {
        **{"channels": 3, "height": 64, "width": 64, "mean": [0, 0, 0], "std": [1, 1, 1]},
        **{"divisor": 255, "order": "RGB", "takes": "picture"},
    }
    assert tiny["imported"] is None
    assert len(tiny["classes"]) == 10
    assert "nodes" not in tiny


def test_a_warm_server_reads_what_the_first_page_needs_by_itself() -> None:
    async def started() -> Services:
        app = create_warm_app()
        services: Services = app.state.services
        async with app.router.lifespan_context(app), asyncio.timeout(PATIENCE):
            while not services.warmed:
                await asyncio.sleep(0.01)
        return services

    services = aside.run(started())
    assert services.models.loaded == ("tiny_vgg",)
    assert services.images._samples


def test_the_list_is_told_by_cards_and_nothing_is_loaded_for_it() -> None:
    with served(SMALL) as live:
        listed = live.client.get("/api/models").json()
        assert live.services.models.loaded == ()
        live.client.get("/api/models/lenet5")
        assert live.services.models.loaded == ("lenet5",)

    assert all(entry["shows"].endswith(".") for entry in listed)
    random = next(entry for entry in listed if entry["id"] == "resnet_random")
    assert random["card"]["epochs"] == 0
    assert random["card"]["size_bytes"] == 0


@pytest.mark.parametrize("name", model_names())
def test_a_card_says_what_the_loaded_model_is(live: Live, name: str) -> None:
    listed = next(entry for entry in live.client.get("/api/models").json() if entry["id"] == name)
    told = live.client.get(f"/api/models/{name}").json()

    assert listed == {key: told[key] for key in listed}


@pytest.mark.parametrize("name", model_names())
def test_a_model_is_described_layer_by_layer(live: Live, name: str) -> None:
    model = load_model(name)
    told = live.client.get(f"/api/models/{name}").json()

    assert [node["name"] for node in told["nodes"]] == [node.name for node in model.graph.nodes]
    assert told["output"] == model.graph.output
    assert told["card"]["seed"] == model.card.seed
    assert sum(node["macs"] for node in told["nodes"]) == told["macs"]
    fields = receptive_fields(model.graph)
    for node in told["nodes"]:
        seen = fields[node["name"]]
        assert node["kind"] == model.graph[node["name"]].layer.kind
        assert node["output_shape"] == list(model.graph.shapes[node["name"]][1:])
        assert node["inputs"] == list(model.graph[node["name"]].inputs)
        assert node["receptive_field"]["size"] == list(seen.size)
        assert node["receptive_field"]["stride"] == list(seen.stride)
        assert node["receptive_field"]["offset"] == list(seen.offset)


def test_every_parameter_comes_bit_for_bit(live: Live) -> None:
    model = load_model("tiny_vgg")
    told = live.client.get("/api/models/tiny_vgg").json()
    named = {name: shape for node in told["nodes"] for name, shape in node["parameters"].items()}

    assert set(named) == set(model.parameters)
    for name, shape in named.items():
        answer = live.client.get(f"/api/models/tiny_vgg/parameters/{name}")
        array = np.load(io.BytesIO(answer.content))
        assert list(array.shape) == shape
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, model.parameters[name])


def test_unknown_models_and_parameters_are_404_and_list_what_exists(live: Live) -> None:
    model = live.client.get("/api/models/resnet_9000")
    parameter = live.client.get("/api/models/tiny_vgg/parameters/conv_9.weight")

    assert (model.status_code, parameter.status_code) == (404, 404)
    assert "tiny_vgg" in model.json()["detail"]
    assert "conv_1_1.weight" in parameter.json()["detail"]


def test_the_tag_of_a_model_follows_its_weights() -> None:
    # The same name with other weights must not be taken for what a browser kept.
    pool = WorkerPool("test", 1, 1)

    def fingerprint(model: Model) -> str:
        store = ModelStore(pool, [model.name], lambda _: model)
        return aside.run(store.get(model.name)).fingerprint

    model = load_model("tiny_vgg")
    changed = {**model.parameters, "output.bias": model.parameters["output.bias"] + 1}

    assert fingerprint(model) == fingerprint(load_model("tiny_vgg"))
    assert fingerprint(model) != fingerprint(replace(model, parameters=changed))
    assert fingerprint(model) != fingerprint(replace(model, labels=model.labels[::-1]))
    reworded = replace(model, title="Another", card=replace(model.card, notes="Another sentence."))
    assert fingerprint(model) == fingerprint(reworded), "what is told of it changes none of its numbers"
    pool.close()


def test_a_model_that_cannot_be_loaded_is_left_out_of_the_list_and_500_by_name() -> None:
    def fail(_: str) -> Model:
        raise BadModelFile("/secret/place/tiny.safetensors: damaged")

    def prepare(app: FastAPI) -> None:
        app.state.services.models = ModelStore(app.state.services.pool, ["broken"], fail)

    with served(SMALL, prepare) as live:
        assert live.client.get("/api/models").json() == []
        answer = live.client.get("/api/models/broken")

    assert answer.status_code == 500
    assert "broken" in answer.json()["detail"]
    assert "/secret" not in answer.text


def test_any_graph_can_be_served() -> None:
    with served(SMALL, gated.install(gated.Gate())) as live:
        told = live.client.get("/api/models/gated").json()

    assert told["parameter_count"] == 0
    assert told["accuracy"] is None
    assert told["nodes"][-1]["output_shape"] == [3]
