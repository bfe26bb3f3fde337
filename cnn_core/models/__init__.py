"""The trained networks of this package; importing a module here registers its model."""

# Imported, and so registered, in the order in which they are shown.
# isort: off
from cnn_core.models import tiny_vgg as tiny_vgg
from cnn_core.models import lenet5 as lenet5
from cnn_core.models import vgg as vgg
from cnn_core.models import resnet as resnet
from cnn_core.models import efficientnet as efficientnet
from cnn_core.models import mlp as mlp
from cnn_core.models import spoken_words as spoken_words
from cnn_core.models import efficientnet_lite as efficientnet_lite

# isort: on
from cnn_core.models.base import (
    MODELS,
    Accuracy,
    Architecture,
    Card,
    Model,
    card_of,
    find_architecture,
    load_card,
    load_model,
    load_weights,
    model_names,
    register_model,
    save_card,
    save_weights,
)
from cnn_core.models.image_trace import ImageTrace, trace

__all__ = [
    "MODELS",
    "Accuracy",
    "Architecture",
    "Card",
    "ImageTrace",
    "Model",
    "card_of",
    "find_architecture",
    "load_card",
    "load_model",
    "load_weights",
    "model_names",
    "register_model",
    "save_card",
    "save_weights",
    "trace",
]
