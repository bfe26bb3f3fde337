"""What the server would tell of a graph that a test of the browser's code sketches."""

from __future__ import annotations

import dataclasses
from typing import Any

from app.payloads.describe import node_schemas
from cnn_core.graph.graph import Graph, Node
from cnn_core.layers import LAYERS
from cnn_core.layers.base import Layer, layer_from_config

__all__ = ["described"]


def described(sketches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Nodes as JSON; options that follow from the shapes of the inputs are filled in.

    Raises:
        AssertionError: a sketch states another shape than the graph has.
        CnnError: there is no such graph.
    """
    nodes: list[Node] = []
    shapes: dict[str, tuple[int, ...]] = {}
    for sketch in sketches:
        name, inputs = sketch["name"], tuple(sketch.get("inputs", ()))
        sources = [shapes[source] for source in inputs]
        layer = _layer(sketch, sources)
        nodes.append(Node(name, layer, inputs))
        shapes[name] = layer.infer_shape(*sources)
    told = [node.model_dump() for node in node_schemas(Graph(nodes))]
    for sketch, node in zip(sketches, told, strict=True):
        stated = sketch.get("output_shape", node["output_shape"])
        assert node["output_shape"] == stated, f"{node['name']}: {node['output_shape']}, not {stated}"
    return told


def _layer(sketch: dict[str, Any], inputs: list[tuple[int, ...]]) -> Layer:
    options = {field.name for field in dataclasses.fields(LAYERS[sketch["kind"]])}
    stated = sketch.get("output_shape", [])
    known = {"shape": stated, "out_channels": stated[:1], "out_features": stated[:1]}
    if inputs:
        known |= {name: [inputs[0][1]] for name in ("in_channels", "in_features", "channels")}
        known["split"] = list(inputs[0][1:])
    filled = {
        name: value if name in {"shape", "split"} else value[0]
        for name, value in known.items()
        if name in options and value
    }
    return layer_from_config(sketch["kind"], {**filled, **sketch.get("config", {})})
