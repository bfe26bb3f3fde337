"""The whole of training, optimizer and loss included, against PyTorch where it is installed."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from cnn_core.layers.base import Params
from cnn_core.models import MODELS
from cnn_core.training.augment import Augmentation
from cnn_core.training.datasets import Dataset, to_tensors
from cnn_core.training.loop import Step, initial_state, train
from cnn_core.training.recipes import Recipe

RECIPE = Recipe(epochs=1, batch=8, rate=2e-3, smoothing=0.1, clip=1.0, augmentation=Augmentation())


def noise(count: int) -> Dataset:
    rng = np.random.default_rng(5)
    images = rng.integers(0, 256, (count, 64, 64, 3), np.uint8)
    names = tuple(f"{i:03d}" for i in range(count))
    return Dataset(images, rng.integers(0, 10, count), tuple("abcdefghij"), names)


def torch_network(torch: ModuleType, weights: Params) -> Any:
    """Tiny VGG as a PyTorch module with these weights."""
    nn = torch.nn
    convs = [nn.Conv2d(3, 10, 3), nn.Conv2d(10, 10, 3), nn.Conv2d(10, 10, 3), nn.Conv2d(10, 10, 3)]
    dense = nn.Linear(1690, 10)
    names = ["conv_1_1", "conv_1_2", "conv_2_1", "conv_2_2", "output"]
    with torch.no_grad():
        for name, layer in zip(names, [*convs, dense], strict=True):
            layer.weight.copy_(torch.tensor(weights[f"{name}.weight"]))
            layer.bias.copy_(torch.tensor(weights[f"{name}.bias"]))
    blocks = [[a, nn.ReLU(), b, nn.ReLU(), nn.MaxPool2d(2)] for a, b in (convs[:2], convs[2:])]
    return nn.Sequential(*blocks[0], *blocks[1], nn.Flatten(), dense)


def torch_optimizer(torch: ModuleType, network: Any) -> Any:
    decayed = [p for p in network.parameters() if p.ndim > 1]
    others = [p for p in network.parameters() if p.ndim == 1]
    groups = [
        {"params": decayed, "weight_decay": RECIPE.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=RECIPE.rate, betas=(0.9, 0.99))


def torch_losses(torch: ModuleType, network: Any, data: Dataset, images: np.ndarray) -> list[float]:
    """The losses of one epoch in the order in which the loop draws its batches."""
    rule = torch_optimizer(torch, network)
    schedule = RECIPE.make_schedule(len(data) // RECIPE.batch)
    order = np.random.default_rng((RECIPE.seed, 1, 0)).permutation(len(data))
    losses = []
    for step, chosen in enumerate(order.reshape(-1, RECIPE.batch)):
        for group in rule.param_groups:
            group["lr"] = schedule(step)
        rule.zero_grad()
        scores, labels = network(torch.tensor(images[chosen])), torch.tensor(data.labels[chosen])
        loss = torch.nn.functional.cross_entropy(scores, labels, label_smoothing=RECIPE.smoothing)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), RECIPE.clip)
        rule.step()
        losses.append(loss.item())
    return losses


def test_the_losses_of_an_epoch_of_tiny_vgg_equal_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    made = MODELS["tiny_vgg"]
    graph, data = made.build(10), noise(80)
    network = torch_network(torch, initial_state(graph, made.spec, data, RECIPE).parameters)
    theirs = torch_losses(torch, network, data, to_tensors(data.images, made.spec))
    ours = [r.loss for r in train(graph, made.spec, data, RECIPE) if isinstance(r, Step)]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4)
