"""An epoch of every architecture in PyTorch, for ``test_against_torch.py``: losses and running statistics.

``python -m tests.core.training.make_torch_epochs``, where torch is installed, writes them again: to be done
when architectures, initial weights or the recipes below change.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnn_core.models import MODELS
from cnn_core.preprocess import InputSpec
from cnn_core.training.augment import Augmentation
from cnn_core.training.datasets import Dataset, normalise, to_tensors
from cnn_core.training.loop import initial_state
from cnn_core.training.recipes import Recipe
from tests.core.training.torch_networks import TorchNetwork

STORED = Path(__file__).with_name("torch_epochs.npz")
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


def epoch(torch: ModuleType, name: str, recipe: Recipe) -> dict[str, np.ndarray]:
    """What PyTorch makes of one epoch: ``losses``, and the running statistics by name."""
    made = MODELS[name]
    graph, data = made.build(10), noise(48, made.spec)
    network = TorchNetwork(torch, graph, initial_state(graph, made.spec, data, recipe).parameters)
    losses = torch_losses(
        torch, network, data, normalise(to_tensors(data.images, made.spec), made.spec), recipe
    )
    statistics = {key: np.array(network.tensors[key].tolist(), np.float32) for key in graph.tracked()}
    return {"losses": np.array(losses), **statistics}


def main() -> None:
    """Run them all and store what they gave."""
    import torch

    arrays = {
        f"{name}-{recipe.optimizer}/{key}": array
        for name, recipe in RUNS
        for key, array in epoch(torch, name, recipe).items()
    }
    np.savez_compressed(STORED, made_by=f"torch {torch.__version__}", **arrays)


if __name__ == "__main__":
    main()
