"""Layer-wise relevance propagation: how the value is shared out backwards, layer by layer, without loss."""

from __future__ import annotations

from dataclasses import dataclass

from cnn_core.attributions.base import (
    Attribution,
    Method,
    Progress,
    Promise,
    Steps,
    check_least,
    register_method,
)
from cnn_core.attributions.case import Case
from cnn_core.attributions.relevance import Rules, Walk, without_rule
from cnn_core.runtime.team import single_threaded_blas

__all__ = ["Lrp"]


@register_method("lrp", "LRP")
@dataclass(frozen=True)
class Lrp(Method):
    """R[a] = sum over z of a * w * (1 + gamma if a * w has the sign of z) / (that of all inputs of z) * R[z].

    For sums above zero of inputs that are not negative that is a * (w + gamma * max(w, 0)), the usual gamma
    rule; where inputs or sums are negative too, as behind linear bottlenecks, no divisor comes close to zero.
    The value itself is handed down exactly, convolutions by the gamma rule, dense layers with gamma 0, the
    image by the rule for values between black and white (``box``). A residual sum and what leads to it is one
    weighed sum. With ``biases`` these keep their share of every sum; else it goes to the inputs that speak
    for the sum, by a * w; only the bias of the value's own layer is apart, and those of sums that no input
    speaks for. Gamma 0 and epsilon 0 without ``box`` and with ``biases`` is LRP-0: in networks of rectifiers
    gradient times input.

    Raises:
        BadInput: gamma or epsilon below 0.

    Reference: Bach et al. 2015, On Pixel-Wise Explanations; Montavon et al. 2019, Layer-Wise Relevance
    Propagation: An Overview, sections 10.2 and 10.3.2; Andeol et al. 2021, Learning Domain Invariant
    Representations by Joint Wasserstein Distance Minimization, for the rule of both signs.
    """

    gamma: float = 0.25
    epsilon: float = 1e-6
    box: bool = True
    biases: bool = False

    def __post_init__(self) -> None:
        """Check the parameters."""
        check_least(self.name, gamma=(self.gamma, 0), epsilon=(self.epsilon, 0))

    def obstacle(self, case: Case) -> str | None:
        """A layer that is neither a weighed sum nor a rectifier."""
        node = without_rule(case)
        return None if node is None else f"LRP has no rule for {type(node.layer).__name__} ({node.name})."

    def explain(self, case: Case) -> Steps:
        """One pass forward, one back."""
        self.refuse(case)
        walk = Walk(case, Rules(self.gamma, self.epsilon, self.box, self.biases))
        with single_threaded_blas():
            ledger = tuple((name, total, sum(walk.kept.values())) for name, total in walk.steps())
        yield Progress(1, 1)
        kept = sum(walk.kept.values())
        promise = Promise(case.value - kept, {"biases" if self.biases else "bias": kept})
        picture = walk.waiting[case.entry][0].sum(axis=0)
        return Attribution(picture, passes=2, promise=promise, ledger=ledger)
