"""The whole of training, optimizer and loss included, against what PyTorch made of the same epoch."""

from __future__ import annotations

import numpy as np
import pytest

from cnn_core.models import MODELS
from cnn_core.training.loop import EpochEnd, Step, train
from cnn_core.training.recipes import Recipe
from tests.core.training.make_torch_epochs import RUNS, STORED, noise


@pytest.mark.parametrize(("name", "recipe"), RUNS, ids=[f"{name}-{r.optimizer}" for name, r in RUNS])
def test_the_losses_of_an_epoch_equal_pytorchs(name: str, recipe: Recipe) -> None:
    with np.load(STORED) as stored:
        prefix = f"{name}-{recipe.optimizer}/"
        theirs = {key.removeprefix(prefix): stored[key] for key in stored if key.startswith(prefix)}
    made = MODELS[name]
    graph, data = made.build(10), noise(48, made.spec)
    *records, end = train(graph, made.spec, data, recipe)
    assert isinstance(end, EpochEnd)
    np.testing.assert_allclose([r.loss for r in records if isinstance(r, Step)], theirs["losses"], rtol=1e-4)
    assert set(graph.tracked()) == set(theirs) - {"losses"}
    for key in graph.tracked():
        size = end.state.parameters[key.replace("mean", "var")].mean() ** (0.5 if "mean" in key else 1)
        np.testing.assert_allclose(
            end.state.parameters[key], theirs[key], rtol=0, atol=1e-3 * size, err_msg=key
        )
