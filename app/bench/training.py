"""Training steps, forward, backward and update, beside PyTorch's."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from cnn_core.graph.graph import Graph
from cnn_core.layers.base import Array, Params
from cnn_core.models.blocks import Builder
from cnn_core.models.tiny_vgg import tiny_vgg
from cnn_core.preprocess import InputSpec
from cnn_core.runtime.training_plans import TrainingPlans
from cnn_core.training.losses import cross_entropy, logits_node
from cnn_core.training.memory import keep_freed_memory
from cnn_core.training.optimizers import Sgd

from .measure import Spread, interleaved, ratios, spread
from .nets import random_parameters, residual

__all__ = ["STEPS", "MeasuredStep", "measure_step", "resnet_16_32_64"]

BATCH, CLASSES, RATE, MOMENTUM = 32, 10, 1e-4, 0.9
TOLERANCE = 1e-2
"""Largest distance of the whole gradient from PyTorch's, as a share of its length; in float32 some values
next to 0 pass a ReLU in one of the two alone."""

Step = Callable[[], object]
Gradients = Callable[[], Mapping[str, Array]]
CHANNELS_LAST = {"torch": False, "torch_last": True}


def resnet_16_32_64() -> Graph:
    """Three stages of three blocks on 64x64 (He et al. 2016, section 4.2, n = 3: ResNet-20)."""
    net = Builder(InputSpec(channels=3, height=64, width=64))
    net.conv_act("stem", 16, 3)
    for stage, filters in enumerate((16, 32, 64), 1):
        for block in (1, 2, 3):
            stride = 2 if block == 1 and stage > 1 else 1
            residual(net, f"block_{stage}_{block}", filters, stride)
    return net.classify(CLASSES)


STEPS: Mapping[str, tuple[str, Callable[[], Graph]]] = {
    "train_tiny_vgg": ("Tiny VGG, batch 32", lambda: tiny_vgg(CLASSES)),
    "train_resnet": ("ResNet 16-32-64 at 64x64, batch 32", resnet_16_32_64),
}
"""Title and graph by name."""


@dataclass(frozen=True, slots=True)
class MeasuredStep:
    """One net: seconds a step of everyone, how much longer than ours, how far PyTorch's gradients are off."""

    name: str
    title: str
    seconds: Mapping[str, Spread]
    ratios: Mapping[str, Spread]
    difference: float


def measure_step(name: str, peers: list[str], rounds: int, threads: int) -> MeasuredStep:
    """Check the gradients of one half batch against PyTorch's, then take times.

    Raises:
        ValueError: a gradient differs by more than rounding.
    """
    title, build = STEPS[name]
    graph = build()
    parameters = random_parameters(graph)
    rng = np.random.default_rng(2)
    x = rng.random((BATCH, *graph.shapes["input"][1:]), np.float32)
    labels = rng.integers(0, CLASSES, BATCH)
    keep_freed_memory()
    difference = 0.0
    turns: dict[str, Step] = {}
    with ThreadPoolExecutor(threads) as pool, threadpool_limits(1, "blas"):
        turns["ours"] = _our_step(graph, parameters, x, labels, threads, pool)
        for peer in (peer for peer in peers if peer in CHANNELS_LAST):
            step, gradients = _torch_step(graph, parameters, x, labels, threads, CHANNELS_LAST[peer])
            half = slice(0, BATCH // 2)
            mine = _gradients(TrainingPlans(graph), parameters, x[half], labels[half], BATCH // 2)[0]
            difference = max(difference, _distance(gradients(), mine))
            turns[peer] = step
        if difference > TOLERANCE:
            raise ValueError(
                f"bench: the gradient for {title} must be PyTorch's within {TOLERANCE:.0e} of its length, "
                f"it is {difference:.1e} away"
            )
        taken = interleaved(turns, rounds)
    return MeasuredStep(
        name,
        title,
        {each: spread(values) for each, values in taken.items()},
        {each: ratios(values, taken["ours"]) for each, values in taken.items()},
        difference,
    )


def _distance(found: Mapping[str, Array], wanted: Mapping[str, Array]) -> float:
    far, long = (
        sum(float(np.square(values, dtype=np.float64).sum()) for values in each)
        for each in ([value - wanted[name] for name, value in found.items()], wanted.values())
    )
    return math.sqrt(far / long)


def _gradients(
    plans: TrainingPlans, parameters: Params, x: Array, labels: Array, batch: int
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Gradients, and running statistics after the step, of a part of a batch."""
    scores = logits_node(plans.graph)
    with plans.lent(x.shape) as plan:
        plan.forward(parameters, x, until=scores)
        loss = cross_entropy(plan.output(scores), labels)
        found = plan.backward(parameters, {scores: loss.gradient * (len(x) / batch)})
        return found.params, plan.updates


def _our_step(
    graph: Graph, parameters: Params, x: Array, labels: Array, threads: int, pool: ThreadPoolExecutor
) -> Step:
    """A step as ``convscope train`` makes it: a shard for each thread, gradients added."""
    rule = Sgd(momentum=MOMENTUM, weight_decay=0)
    held = dict(parameters)
    trained = [name for name in held if name not in graph.tracked()]
    state = [rule.init({name: held[name] for name in trained})]
    parts, plans = np.array_split(np.arange(len(x)), threads), TrainingPlans(graph)

    def step() -> None:
        shares = list(pool.map(lambda part: _gradients(plans, held, x[part], labels[part], len(x)), parts))
        total = {name: sum((share[0][name] for share in shares[1:]), shares[0][0][name]) for name in trained}
        moved, state[0] = rule.step({name: held[name] for name in trained}, total, state[0], RATE)
        held.update(moved)
        held.update(shares[0][1])

    return step


def _torch_step(
    graph: Graph, parameters: Params, x: Array, labels: Array, threads: int, channels_last: bool
) -> tuple[Step, Gradients]:
    import torch

    from .torch_module import torch_module

    torch.set_num_threads(threads)
    scores = logits_node(graph)
    module = torch_module(graph, parameters, until=scores).train()
    form: Any = torch.channels_last if channels_last else torch.contiguous_format
    module = module.to(memory_format=form)
    images, wanted = torch.from_numpy(x).to(memory_format=form), torch.from_numpy(labels)
    optimizer = torch.optim.SGD(module.parameters(), lr=RATE, momentum=MOMENTUM, nesterov=True)

    def run(part: slice) -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(module(images[part]), wanted[part]).backward()

    def step() -> None:
        run(slice(None))
        optimizer.step()

    def gradients() -> dict[str, Array]:
        run(slice(0, len(x) // 2))
        return {name: np.array(value.grad.numpy()) for name, value in module.named_parameters()}

    return step, gradients
