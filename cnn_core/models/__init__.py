"""The trained networks of this package; importing a module here registers its model."""

from cnn_core.models import tiny_vgg as tiny_vgg
from cnn_core.models.base import (
    MODELS,
    Accuracy,
    Architecture,
    Card,
    ImageTrace,
    Model,
    load_card,
    load_model,
    load_weights,
    model_names,
    register_model,
    save_card,
    save_weights,
    trace,
)

__all__ = [
    "MODELS",
    "Accuracy",
    "Architecture",
    "Card",
    "ImageTrace",
    "Model",
    "load_card",
    "load_model",
    "load_weights",
    "model_names",
    "register_model",
    "save_card",
    "save_weights",
    "trace",
]
