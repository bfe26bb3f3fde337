"""Two subjects on one page: the layers of each, and what differs, against the server's arrays."""

from __future__ import annotations

import base64
import io
from typing import Any

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import OpenPage
from tests.browser.seen import TEXT
from tests.server import Server

BESIDE = """
async ([first, second, names]) => {
  const text = TEXT;
  const { createSubject } = await import("/static/js/state/subject.js");
  const { catalogue, loadCatalogue } = await import("/static/js/state/catalogue.js");
  const { openView } = await import("/static/js/state/restore.js");
  const { sourceOf } = await import("/static/js/state/sources.js");
  const { differenceOf } = await import("/static/js/state/difference-source.js");
  await loadCatalogue(new AbortController().signal);
  const [a, b] = await Promise.all([first, second].map(async ([model, title]) => {
    const subject = createSubject({ leads: false });
    const image = catalogue.samples.value.find((each) => each.title === title).id;
    await openView(subject, { model, image });
    if (subject.problem.value) throw new Error(subject.problem.value.detail);
    return subject;
  }));
  const sources = { a: sourceOf(a), b: sourceOf(b), difference: differenceOf(sourceOf(a), sourceOf(b)) };
  const every = (name) => Array.from({ length: sources.a.layer(name).activation.shape[0] }, (_, at) => at);
  sources.difference.want("test", new Map(names.map((name) => [name, every(name)])));
  const here = ({ data, planes, shape }) => (planes ? planes.size === shape[0] : data.length > 0);
  const complete = (source) => names.every((name) => here(source.layer(name).activation));
  const all = () => Object.values(sources).every(complete);
  while (!all()) await new Promise((resolve) => setTimeout(resolve, 10));
  const flat = ({ data, planes, shape }) =>
    planes ? [...Array(shape[0]).keys()].flatMap((channel) => [...planes.get(channel)]) : data;
  const written = (values) => text(new Uint8Array(Float32Array.from(values).buffer));
  const told = (source, name) => {
    const { activation } = source.layer(name);
    const { equal, relative, differing, compared } = activation.change ?? {};
    const values = written(flat(activation));
    return { shape: activation.shape, values, equal, relative, differing, compared };
  };
  const keys = Object.keys(sources);
  const lanes = (name) => Object.fromEntries(keys.map((key) => [key, told(sources[key], name)]));
  return {
    layers: Object.fromEntries(names.map((name) => [name, lanes(name)])),
    images: [a, b].map((each) => each.shown.value.image.id),
    partial: sources.difference.partial,
  };
}
""".replace("TEXT", TEXT)

Told = dict[str, Any]
Subject = tuple[str, str]


def beside(page: Page, first: Subject, second: Subject, names: list[str]) -> Told:
    """Both subjects, as model and title of a sample, and their difference."""
    told: Told = page.evaluate(BESIDE, [first, second, names])
    return told


def array(server: Server, model: str, image: str, node: str) -> np.ndarray[Any, Any]:
    answer = httpx.get(f"{server.address}/api/traces/{model}/{image}/nodes/{node}").raise_for_status()
    values: np.ndarray[Any, Any] = np.load(io.BytesIO(answer.content))
    return values


def check(server: Server, told: Told, models: tuple[str, str]) -> None:
    """Every value of both and of their difference, and what is said of it."""
    for node, lanes in told["layers"].items():
        a, b = (
            array(server, model, image, node) for model, image in zip(models, told["images"], strict=True)
        )
        for key, wanted in (("a", a), ("b", b), ("difference", b - a)):
            seen = np.frombuffer(base64.b64decode(lanes[key]["values"]), "<f4").reshape(lanes[key]["shape"])
            np.testing.assert_array_equal(seen, wanted, err_msg=f"{node}: {key}")
        said = lanes["difference"]
        differing = int(np.count_nonzero(a.view(np.uint32) != b.view(np.uint32)))
        assert (said["differing"], said["compared"]) == (differing, a.size), node
        assert said["equal"] is (differing == 0), node
        wide = a.astype(np.float64), b.astype(np.float64)
        distance = np.linalg.norm(wide[1] - wide[0]) / np.linalg.norm(wide[0])
        np.testing.assert_allclose(said["relative"], distance, rtol=1e-12, err_msg=node)


def test_two_photos_beside_each_other(open_page: OpenPage, server: Server) -> None:
    names = ["input", "conv_1_1", "relu_1_2", "max_pool_2", "output"]
    told = beside(open_page(), ("tiny_vgg", "Espresso"), ("tiny_vgg", "Cat"), names)
    assert told["images"][0] != told["images"][1]
    assert not told["partial"]
    check(server, told, ("tiny_vgg", "tiny_vgg"))
    assert all(lanes["difference"]["differing"] for lanes in told["layers"].values())


@pytest.mark.parametrize("twin", ["resnet_random", "resnet_blur"])
def test_two_networks_beside_each_other(open_page: OpenPage, server: Server, twin: str) -> None:
    """Of the same photo: what both get is equal bit for bit, what they make of it is not."""
    nodes = {model: shapes(server, model) for model in ("resnet", twin)}
    common = [name for name, shape in nodes["resnet"].items() if nodes[twin].get(name) == shape]
    names = [common[0], common[1], common[len(common) // 2], common[-1]]
    told = beside(open_page(), ("resnet", "Espresso"), (twin, "Espresso"), names)
    check(server, told, ("resnet", twin))
    assert told["layers"][names[0]]["difference"]["equal"] is True
    assert told["layers"][names[-1]]["difference"]["equal"] is False


def shapes(server: Server, model: str) -> dict[str, list[int]]:
    nodes = httpx.get(f"{server.address}/api/models/{model}").raise_for_status().json()["nodes"]
    return {node["name"]: node["output_shape"] for node in nodes}


def test_a_subject_beside_itself_is_equal_in_every_bit(open_page: OpenPage, server: Server) -> None:
    names = list(shapes(server, "tiny_vgg"))
    told = beside(open_page(), ("tiny_vgg", "Cat"), ("tiny_vgg", "Cat"), names)
    assert all(lanes["difference"]["equal"] is True for lanes in told["layers"].values())
    assert sum(lanes["difference"]["compared"] for lanes in told["layers"].values()) == sum(
        int(np.prod(shape)) for shape in shapes(server, "tiny_vgg").values()
    )
