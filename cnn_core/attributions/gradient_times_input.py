"""Gradient times input: what each pixel adds, if the network stayed as linear as it is at this image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnn_core.attributions.base import Attribution, Method, Progress, Promise, Steps, register_method
from cnn_core.attributions.biases import affine_nodes, bends, bias_shares
from cnn_core.attributions.case import Case

__all__ = ["GradientTimesInput"]


@register_method("gradient_times_input", "Gradient × input")
@dataclass(frozen=True)
class GradientTimesInput(Method):
    """map[y, x] = sum over c of x[c, y, x] * df / dx[c, y, x].

    In a network of affine layers and rectifiers map and biases' shares add up to the value (FullGrad's
    completeness); in any other nothing is promised.

    Reference: Shrikumar et al. 2016, Not Just a Black Box, section 2; Srinivas & Fleuret 2019, section 3.
    """

    def explain(self, case: Case) -> Steps:
        """One pass forward and back."""
        exact = bends(case) is None
        nodes = [case.entry, *(node.name for node in affine_nodes(case.graph) if exact)]
        slopes = case.backward(nodes=nodes)
        shares = (slopes[case.entry][0].astype(np.float64) * case.x[0]).sum(axis=0)
        promise = None
        if exact:
            biases = sum(bias_shares(case, gradients=slopes).values())
            promise = Promise(case.value - biases, {"biases": biases})
        yield Progress(1, 1)
        return Attribution(shares.astype(case.x.dtype), passes=1, promise=promise)
