"""The whole of training, optimizer and loss included, against PyTorch where it is installed."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnn_core.models import MODELS
from cnn_core.preprocess import InputSpec
from cnn_core.training.augment import Augmentation
from cnn_core.training.datasets import Dataset, to_tensors
from cnn_core.training.loop import EpochEnd, Step, initial_state, train
from cnn_core.training.recipes import Recipe
from tests.core.training.torch_networks import TorchNetwork

ADAMW = Recipe(epochs=1, batch=8, rate=2e-3, smoothing=0.1, clip=1.0, shards=1, augmentation=Augmentation())
SGD = replace(ADAMW, optimizer="sgd", rate=0.01, weight_decay=0.0)  # PyTorch's adds it to the gradient
RUNS = [(name, SGD) for name, made in MODELS.items() if made.seed is None]
# AdamW steps by the sign of a gradient that is all rounding, and batch norms have such ones behind them
RUNS += [(name, ADAMW) for name in ("tiny_vgg", "lenet5", "mlp")]


def noise(count: int, spec: InputSpec) -> Dataset:
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, (count, spec.height, spec.width, spec.channels), np.uint8)
    names = tuple(f"{i:03d}" for i in range(count))
    return Dataset(images, rng.integers(0, 10, count), tuple("abcdefghij"), names)


def torch_optimizer(torch: ModuleType, network: TorchNetwork, recipe: Recipe) -> Any:
    tensors = [network.tensors[name] for name in network.trained]
    groups = [
        {"params": [p for p in tensors if p.ndim > 1], "weight_decay": recipe.weight_decay},
        {"params": [p for p in tensors if p.ndim == 1], "weight_decay": 0.0},
    ]
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=recipe.rate, betas=(0.9, 0.99))
    return torch.optim.SGD(groups, lr=recipe.rate, momentum=0.9, nesterov=True)


def torch_losses(
    torch: ModuleType, network: TorchNetwork, data: Dataset, images: np.ndarray, recipe: Recipe
) -> list[float]:
    """The losses of one epoch in the order in which the loop draws its batches."""
    rule = torch_optimizer(torch, network, recipe)
    schedule = recipe.make_schedule(len(data) // recipe.batch)
    order = np.random.default_rng((recipe.seed, 1, 0)).permutation(len(data))
    losses = []
    for step, chosen in enumerate(order.reshape(-1, recipe.batch)):
        for group in rule.param_groups:
            group["lr"] = schedule(step)
        rule.zero_grad()
        scores, labels = network(torch.tensor(images[chosen])), torch.tensor(data.labels[chosen])
        loss = torch.nn.functional.cross_entropy(scores, labels, label_smoothing=recipe.smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([network.tensors[name] for name in network.trained], recipe.clip)
        rule.step()
        losses.append(loss.item())
    return losses


@pytest.mark.parametrize(("name", "recipe"), RUNS, ids=[f"{name}-{r.optimizer}" for name, r in RUNS])
def test_the_losses_of_an_epoch_equal_pytorchs(name: str, recipe: Recipe) -> None:
    torch = pytest.importorskip("torch")
    made = MODELS[name]
    graph, data = made.build(10), noise(48, made.spec)
    network = TorchNetwork(torch, graph, initial_state(graph, made.spec, data, recipe).parameters)
    theirs = torch_losses(torch, network, data, to_tensors(data.images, made.spec), recipe)
    *records, end = train(graph, made.spec, data, recipe)
    assert isinstance(end, EpochEnd)
    np.testing.assert_allclose([r.loss for r in records if isinstance(r, Step)], theirs, rtol=1e-4)
    for key in graph.tracked():
        size = end.state.parameters[key.replace("mean", "var")].mean() ** (0.5 if "mean" in key else 1)
        ours, moved = end.state.parameters[key], network.tensors[key].numpy()
        np.testing.assert_allclose(ours, moved, rtol=0, atol=1e-3 * size, err_msg=key)
