"""Maps by Captum and zennit, for ``test_against_torch.py``: of the zoo, and of a network of PyTorch's own.

``python -m tests.core.attributions.make_torch_maps``, where torch, captum and zennit are installed, writes
them again, and the ONNX file of that one: to be done when weights or methods change. Of every map each third
row and column is kept.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from cnn_core.attributions import Case, layers_with_places
from cnn_core.attributions.places import shared_out
from cnn_core.layers import BatchNorm2d, Conv2d, Dense, GlobalAvgPool2d, MaxPool2d, ReLU
from tests.core.attributions.cases import FILES, zoo

STORED = Path(__file__).with_name("torch_maps.npz")
NETWORKS = ("tiny_vgg", "vgg", "resnet", "lenet5", "mlp")
STEPS, SIDE, STRIDE = 8, 8, 16
"""Of integrated gradients; of occlusion, as parts of the image's side."""

Maps = dict[str, np.ndarray[Any, Any]]


def thinned(picture: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return picture[::3, ::3].astype(np.float32)


def module_of(torch: ModuleType, case: Case) -> Any:
    """The graph as PyTorch's own modules, in float64."""
    nn = torch.nn

    def made(layer: Any) -> Any:
        if isinstance(layer, Conv2d):
            top, left, bottom, right = layer.padding
            assert (top, left) == (bottom, right), "PyTorch pads both sides alike"
            sizes = (layer.in_channels, layer.out_channels, layer.kernel_size, layer.stride, (top, left))
            return nn.Conv2d(*sizes, layer.dilation, layer.groups, layer.bias)
        if isinstance(layer, Dense):
            return nn.Linear(layer.in_features, layer.out_features, layer.bias)
        if isinstance(layer, BatchNorm2d):
            return nn.BatchNorm2d(layer.channels, layer.epsilon)
        if isinstance(layer, MaxPool2d):
            return nn.MaxPool2d(layer.kernel_size, layer.stride, layer.padding[:2])
        return {
            "relu": nn.ReLU,
            "tanh": nn.Tanh,
            "flatten": nn.Flatten,
            "dropout": nn.Identity,
            "global_avg_pool2d": lambda: nn.AdaptiveAvgPool2d(1),
            "avg_pool2d": lambda: nn.AvgPool2d(layer.kernel_size, layer.stride),
            "add": lambda: None,
        }[layer.kind]()

    class Network(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.parts = nn.ModuleDict(
                {n.name: made(n.layer) or nn.Identity() for n in case.graph if n.inputs}
            )

        def forward(self, x: Any) -> Any:
            outputs = {case.entry: x}
            for node in case.graph:
                if node.inputs:
                    first, *rest = (outputs[name] for name in node.inputs)
                    outputs[node.name] = self.parts[node.name](first + rest[0] if rest else first)
            return outputs[case.question.node]

    network = Network().double().eval()
    state = network.state_dict()
    for name, value in case.parameters.items():
        if f"parts.{name}" in state:
            state[f"parts.{name}"].copy_(torch.tensor(value.tolist(), dtype=torch.float64))
    return network


def fire(torch: ModuleType) -> Any:
    """Branches side by side, groups, a leaky rectifier, an average pool, two dense layers; random weights."""
    nn = torch.nn

    class Fire(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.stem, self.norm = nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8)
            self.leaky, self.pool = nn.LeakyReLU(0.1), nn.MaxPool2d(2)
            self.squeeze, self.squeezed = nn.Conv2d(8, 6, 1), nn.ReLU()
            self.near, self.wide = nn.Conv2d(6, 8, 1), nn.Conv2d(6, 8, 3, padding=1, groups=2)
            self.fired, self.mean = nn.ReLU(), nn.AvgPool2d(2)
            self.hidden, self.bent, self.head = nn.Linear(256, 10), nn.ReLU(), nn.Linear(10, 5)

        def forward(self, x: Any) -> Any:
            x = self.squeezed(self.squeeze(self.pool(self.leaky(self.norm(self.stem(x))))))
            x = self.mean(self.fired(torch.cat([self.near(x), self.wide(x)], 1)))
            return self.head(self.bent(self.hidden(torch.flatten(x, 1))))

    torch.manual_seed(3)
    module = Fire().eval()
    module.norm.running_mean.uniform_(-0.3, 0.3)
    module.norm.running_var.uniform_(0.5, 2)
    return module


def captum_maps(torch: ModuleType, case: Case, network: Any, layer: Any = None) -> Maps:
    """By name of our method; ``layer`` is that of the last maps."""
    attr: Any = importlib.import_module("captum.attr")
    x = tensor(torch, case.x).requires_grad_()
    target = int(case.question.weights.argmax())
    black, grey = (
        tensor(torch, np.broadcast_to(v, case.x.shape)) for v in (case.levels.black, case.levels.grey)
    )
    by_integral = {"baselines": black, "n_steps": STEPS, "method": "riemann_middle"}
    found = {
        "gradient": attr.Saliency(network).attribute(x, target, abs=False),
        "gradient_times_input": attr.InputXGradient(network).attribute(x, target),
        "integrated_gradients": attr.IntegratedGradients(network).attribute(x, target=target, **by_integral),
    }
    if any(isinstance(node.layer, ReLU) for node in case.graph):
        found["guided_backprop"] = attr.GuidedBackprop(network).attribute(x, target)
    height, width = case.x.shape[2:]
    maps = {name: array(value)[0].sum(axis=0) for name, value in found.items()}
    if len(case.x[0]) == 3:
        side, step = height // SIDE, height // STRIDE
        options = {"strides": (3, step, step), "baselines": grey, "perturbations_per_eval": 16}
        covered = attr.Occlusion(network).attribute(x, (3, side, side), target=target, **options)
        maps["occlusion"] = array(covered)[0, 0]
    if layers := layers_with_places(case.graph):
        layer = layer or network.parts[layers[-1]]
        cam = attr.LayerGradCam(network, layer).attribute(x, target)
        maps["grad_cam"] = shared_out(array(cam)[0, 0], height, width)
        product = array(attr.LayerGradientXActivation(network, layer).attribute(x, target=target))[0]
        if "guided_backprop" in maps:
            # the maps are those of a rectifier: where the slope is negative, so is the product
            maps["layer_cam"] = shared_out(np.maximum(product, 0).sum(axis=0), height, width)
    return maps


def zennit_map(torch: ModuleType, case: Case, network: Any) -> np.ndarray[Any, Any]:
    """LRP: the box rule on the image, gamma in convolutions, else epsilon; biases keep their share."""
    rules: Any = importlib.import_module("zennit.rules")
    composites: Any = importlib.import_module("zennit.composites")
    canonizers: Any = importlib.import_module("zennit.canonizers")
    low, high = (tensor(torch, level[None]) for level in (case.levels.black, case.levels.white))
    first = next(n.name for n in case.graph if isinstance(n.layer, Conv2d | Dense))

    def rule(name: str, layer: Any) -> Any:
        if name == first:
            return rules.ZBox(low, high) if isinstance(layer, Conv2d) else rules.ZBox(*flat(torch, case))
        if isinstance(layer, Conv2d):
            return rules.Gamma(0.25)
        return rules.Pass() if isinstance(layer, ReLU) else rules.Epsilon(1e-6)

    hooked = [n for n in case.graph if isinstance(n.layer, Conv2d | Dense | GlobalAvgPool2d | ReLU)]
    by_name = [((f"parts.{n.name}",), rule(n.name, n.layer)) for n in hooked]
    x = tensor(torch, case.x).requires_grad_()
    seed = tensor(torch, case.question.weights[None])
    merged = [canonizers.SequentialMergeBatchNorm()]
    with composites.NameMapComposite(by_name, canonizers=merged).context(network) as changed:
        for norm in changed.modules():
            if isinstance(norm, torch.nn.BatchNorm2d):
                norm.eps = 0.0  # of a norm that was merged zennit leaves the division by sqrt(1 + epsilon)
        scores = changed(x)
        (relevance,) = torch.autograd.grad(scores, x, seed * scores.detach())
    return array(relevance)[0].sum(axis=0)


def flat(torch: ModuleType, case: Case) -> list[Any]:
    levels = (case.levels.black, case.levels.white)
    return [tensor(torch, np.broadcast_to(level, case.x.shape).reshape(1, -1)) for level in levels]


def tensor(torch: ModuleType, values: Any) -> Any:
    return torch.tensor(np.asarray(values).tolist(), dtype=torch.float64)


def array(values: Any) -> np.ndarray[Any, Any]:
    return np.array(values.detach().tolist())


def main() -> None:
    """Make them all and store them."""
    import torch

    maps: Maps = {}
    for name in NETWORKS:
        case = zoo(name)
        for method, picture in captum_maps(torch, case, module_of(torch, case)).items():
            maps[f"{name}/{method}"] = thinned(picture)
        if name in ("tiny_vgg", "vgg", "mlp"):
            maps[f"{name}/lrp"] = thinned(zennit_map(torch, case, module_of(torch, case)))
    module = fire(torch)
    torch.onnx.export(module, (torch.zeros(1, 3, 16, 16),), str(FILES["torch_fire"]))
    # the importer names layers in its own way: PyTorch's module is explained as it stands
    for method, picture in captum_maps(torch, zoo("torch_fire"), module.double(), module.mean).items():
        maps[f"torch_fire/{method}"] = thinned(picture)
    np.savez_compressed(STORED, **maps)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
