"""LayerCAM: Grad-CAM with a weight for every place, so that early layers can be shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.attributions.base import Attribution, Method, Progress, Steps, register_method
from cnn_core.attributions.case import Case
from cnn_core.attributions.grad_cam import chosen_layer, nothing_between
from cnn_core.attributions.places import shared_out

__all__ = ["LayerCam"]


@register_method("layer_cam", "LayerCAM")
@dataclass(frozen=True)
class LayerCam(Method):
    """map[y, x] = sum over k of max(df / dA[k, y, x], 0) * A[k, y, x].

    A are the maps of ``layer``; None stands for the last that have places.

    Reference: Jiang et al. 2021, LayerCAM: Exploring Hierarchical Class Activation Maps, section 3.2.
    """

    layer: str | None = None

    def obstacle(self, case: Case) -> str | None:
        """A question about a layer with no maps before it."""
        return nothing_between(case)

    def explain(self, case: Case) -> Steps:
        """One pass forward, and back to the layer."""
        layer = chosen_layer(case, self.layer, self.name)
        maps, slopes = case.records[layer].output[0], case.backward(nodes=[layer])[layer][0]
        cells = (np.maximum(slopes, 0).astype(np.float64) * maps).sum(axis=0)
        yield Progress(1, 1)
        picture = shared_out(cells, *case.x.shape[2:]).astype(case.x.dtype)
        return Attribution(picture, passes=1, layer=layer)
