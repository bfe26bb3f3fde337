"""Guided backpropagation: sharp pictures that hardly depend on the network; kept as the known failure."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from cnn_core.attributions.base import Attribution, Method, Progress, Steps, register_method
from cnn_core.attributions.case import Case
from cnn_core.graph.graph import Graph
from cnn_core.layers import ReLU
from cnn_core.layers.base import Array, Forward, Gradients, Params

__all__ = ["GuidedBackprop"]


@register_method("guided_backprop", "Guided backprop")
@dataclass(frozen=True)
class GuidedBackprop(Method):
    """The gradient, but what comes back to a ReLU passes only where it is positive too.

    Reference: Springenberg et al. 2015, Striving for Simplicity, section 3.4. That it recovers the image's
    edges whatever the network: Adebayo et al. 2018, Sanity Checks for Saliency Maps.
    """

    def obstacle(self, case: Case) -> str | None:
        """A network without a ReLU, in which it would be the plain gradient."""
        if any(isinstance(node.layer, ReLU) for node in case.graph):
            return None
        return "Guided backprop changes what passes a ReLU, and none lies before this answer."

    def explain(self, case: Case) -> Steps:
        """One pass forward and back."""
        self.refuse(case)
        rectifiers = {node.name for node in case.graph if isinstance(node.layer, ReLU)}
        nodes = (replace(n, layer=_Guided()) if n.name in rectifiers else n for n in case.graph)
        guided = Graph(nodes, output=case.graph.output)
        slopes = case.backward(nodes=[case.entry], graph=guided)[case.entry]
        yield Progress(1, 1)
        return Attribution(slopes[0].sum(axis=0), passes=1)


class _Guided(ReLU):
    def backward(self, params: Params, inputs: tuple[Array, ...], done: Forward, grad: Array) -> Gradients:
        return super().backward(params, inputs, done, np.maximum(grad, 0))
