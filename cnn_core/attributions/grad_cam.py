"""Grad-CAM: which cells of a layer carry the value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.attributions.base import Attribution, Method, Progress, Promise, Steps, register_method
from cnn_core.attributions.biases import AFFINE, bias_shares
from cnn_core.attributions.case import Case
from cnn_core.attributions.places import layers_with_places, shared_out
from cnn_core.errors import BadInput
from cnn_core.graph.graph import Node
from cnn_core.layers.base import Array

__all__ = ["GradCam", "chosen_layer", "nothing_between"]


@register_method("grad_cam", "Grad-CAM")
@dataclass(frozen=True)
class GradCam(Method):
    """map[y, x] = sum over k of a[k] * A[k, y, x], with a[k] the mean over all places of df / dA[k].

    A are the maps of ``layer``; None stands for the last that have places. The paper's ReLU is left out, so
    that what speaks against the value is seen as well. Where a global mean and affine layers follow, the map
    adds up to the value less the biases.

    Reference: Selvaraju et al. 2017, Grad-CAM: Visual Explanations from Deep Networks, section 3.
    """

    layer: str | None = None

    def obstacle(self, case: Case) -> str | None:
        """A question about a layer with no maps before it."""
        return nothing_between(case)

    def explain(self, case: Case) -> Steps:
        """One pass forward, and back to the layer."""
        layer = chosen_layer(case, self.layer, self.name)
        maps, slopes = case.records[layer].output[0], case.backward(nodes=[layer])[layer][0]
        weights = slopes.mean(axis=(1, 2), dtype=np.float64)
        cells = np.einsum("k,kyx->yx", weights, maps.astype(np.float64))
        yield Progress(1, 1)
        picture = shared_out(cells, *case.x.shape[2:]).astype(case.x.dtype)
        return Attribution(picture, passes=1, promise=_promise(case, layer, slopes), layer=layer)


def nothing_between(case: Case) -> str | None:
    """What to say where no layer with maps lies before the question's."""
    if layers_with_places(case.graph):
        return None
    return "Ask in a later layer: no maps lie between this one and the image."


def chosen_layer(case: Case, layer: str | None, method: str) -> str:
    """The layer asked for, or the last with places.

    Raises:
        UnsupportedOperator: there is none.
        BadInput: the one asked for has no places, or the question does not depend on it.
    """
    layers = layers_with_places(case.graph)
    if not layers:
        from cnn_core.errors import UnsupportedOperator

        raise UnsupportedOperator(nothing_between(case) or "")
    if layer is None:
        return layers[-1]
    if layer not in layers:
        raise BadInput(f"{method}: layer must be one of {', '.join(layers)}, got {layer!r}")
    return layer


def _promise(case: Case, layer: str, slopes: Array) -> Promise | None:
    """The sum is exact where all after the layer is affine and treats all places alike."""
    after = _after(case, layer)
    alike = bool((slopes == slopes[:, :1, :1]).all())
    if not alike or after is None or not all(isinstance(node.layer, AFFINE) for node in after):
        return None
    bias = sum(bias_shares(case, after).values())
    return Promise(case.value - bias, {"bias": bias})


def _after(case: Case, layer: str) -> list[Node] | None:
    """The nodes that depend on the layer; None if they also read what does not pass through it."""
    reached = {layer}
    for node in case.graph:
        if not reached.isdisjoint(node.inputs):
            if not reached.issuperset(node.inputs):
                return None
            reached.add(node.name)
    return [node for node in case.graph if node.name in reached and node.name != layer]
