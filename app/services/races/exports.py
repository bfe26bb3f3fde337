"""A network of a race at one step, as a file that other programs and the other pages read."""

from __future__ import annotations

import numpy as np
import safetensors.numpy

from cnn_core.input_spec import InputSpec
from cnn_core.training.race.learner import Learner, NetState

from ..model_records import Choices
from .run import RaceRun

__all__ = ["onnx_bytes", "safetensors_bytes", "trained_choices"]


def safetensors_bytes(learner: Learner, state: NetState) -> bytes:
    """Its parameters, with the names of its classes in the header."""
    weights = {name: np.ascontiguousarray(value) for name, value in state.parameters.items()}
    header = {"classes": ",".join(learner.task.classes), "step": str(state.step), "net": learner.runner.id}
    return safetensors.numpy.save(weights, header)


def onnx_bytes(learner: Learner, state: NetState) -> bytes:
    """The whole network; pictures go in from 0 to 1."""
    from cnn_core.onnx_export import export_model

    channels, height, width = learner.task.shape
    return export_model(
        learner.graph,
        state.parameters,
        name=f"{learner.runner.title} of {learner.task.title}",
        labels=learner.task.classes,
        spec=InputSpec(channels, height, width),
    )


def trained_choices(run: RaceRun, net: str, step: int) -> Choices:
    """What is said of it among the models."""
    right = [row for row in run.scores if row.net == net and row.step <= step]
    known = f", {100 * right[-1].right / right[-1].count:.1f} % right" if right else ""
    title = f"{net.upper()} of {run.about.title}, step {step}{known}"
    return Choices(name=title, labels=run.task.classes if run.task else None, scaling="unit")
