"""A network of a race at one step, as a file that other programs and the other pages read."""

from __future__ import annotations

import numpy as np
import safetensors.numpy

from cnn_core.training.race.learner import Learner, NetState

from ..model_records import Choices
from .cards import card_of_step
from .views import Replay

__all__ = ["model_of_step", "onnx_bytes", "safetensors_bytes"]


def safetensors_bytes(learner: Learner, state: NetState) -> bytes:
    """Its parameters, with the names of its classes in the header."""
    weights = {name: np.ascontiguousarray(value) for name, value in state.parameters.items()}
    header = {"classes": ",".join(learner.task.classes), "step": str(state.step), "net": learner.runner.id}
    return safetensors.numpy.save(weights, header)


def onnx_bytes(learner: Learner, state: NetState) -> bytes:
    """The whole network, with what it wants of pixels."""
    from cnn_core.onnx_export import export_model

    return export_model(
        learner.graph,
        state.parameters,
        name=f"{learner.runner.title} of {learner.task.title}",
        labels=learner.task.classes,
        spec=learner.task.spec,
    )


def model_of_step(replay: Replay, net: str, step: int) -> tuple[bytes, Choices]:
    """A network after a step as a file, and what is said of it among the models.

    Raises:
        BadRecipe: it does not take part, or has not made that step.
    """
    learner, state = replay.learner(net), replay.state(net, step)
    card = card_of_step(replay.about, learner, state)
    assert card.validation is not None
    title = f"{card.title}, {100 * card.validation.top1:.1f} % right"
    return onnx_bytes(learner, state), Choices(title, learner.task.classes, card=card)
