"""What each pixel of an image has to do with one value of a network, and whether to believe it.

>>> import numpy as np
>>> from cnn_core import load_model
>>> from cnn_core.attributions import Case, Gradient, ask_class, finish, levels_of
>>> model = load_model("tiny_vgg")
>>> x = np.full((1, 3, 64, 64), 0.5, np.float32)
>>> case = Case(model.graph, model.parameters, x, ask_class(model.graph, 1), levels_of(model.spec))
>>> finish(Gradient().explain(case)).map.shape
(64, 64)
"""

# in the order in which pages and tables show the methods
# isort: off
from cnn_core.attributions.gradient import Gradient
from cnn_core.attributions.gradient_times_input import GradientTimesInput
from cnn_core.attributions.smooth_grad import SmoothGrad
from cnn_core.attributions.integrated_gradients import IntegratedGradients
from cnn_core.attributions.lrp import Lrp
from cnn_core.attributions.grad_cam import GradCam
from cnn_core.attributions.layer_cam import LayerCam
from cnn_core.attributions.occlusion import Occlusion
from cnn_core.attributions.rise import Rise
from cnn_core.attributions.guided_backprop import GuidedBackprop
from cnn_core.attributions.edges_only import EdgesOnly

# isort: on
from cnn_core.attributions.base import (
    METHODS,
    Attribution,
    Method,
    Progress,
    Promise,
    finish,
    method_from,
    register_method,
)
from cnn_core.attributions.cascade import Forgetting, Memory, cascade, forgets, rank_correlation, stages
from cnn_core.attributions.case import Case
from cnn_core.attributions.levels import Levels, blurred, filled, levels_in, levels_of
from cnn_core.attributions.places import layers_with_places
from cnn_core.attributions.question import Question, ask_channel, ask_class, ask_pair, ask_value, scores_of
from cnn_core.attributions.trust import Film, adds_up, beats, film, random_map, ranks

__all__ = [
    "METHODS",
    "Attribution",
    "Case",
    "EdgesOnly",
    "Film",
    "Forgetting",
    "GradCam",
    "Gradient",
    "GradientTimesInput",
    "GuidedBackprop",
    "IntegratedGradients",
    "LayerCam",
    "Levels",
    "Lrp",
    "Memory",
    "Method",
    "Occlusion",
    "Progress",
    "Promise",
    "Question",
    "Rise",
    "SmoothGrad",
    "adds_up",
    "ask_channel",
    "ask_class",
    "ask_pair",
    "ask_value",
    "beats",
    "blurred",
    "cascade",
    "filled",
    "film",
    "finish",
    "forgets",
    "layers_with_places",
    "levels_in",
    "levels_of",
    "method_from",
    "random_map",
    "rank_correlation",
    "ranks",
    "register_method",
    "scores_of",
    "stages",
]
