"""A model on one image."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnn_core.graph.trace import Trace
from cnn_core.models.base import Model
from cnn_core.preprocess import Crop, Pixels, default_crop, read_image, to_tensor
from cnn_core.runtime import run_compiled

__all__ = ["ImageTrace", "trace"]


class ImageTrace(Trace):
    """The trace of a model on one image: every layer, the crop that was used, and the classes.

    It runs a plan compiled from the model's parameters as they are now; a server's give the same bits.
    """

    def __init__(self, model: Model, image: Pixels, crop: Crop | None = None) -> None:
        """Cut and scale ``image`` (uint8 ``(H, W, 3)``); nothing runs yet."""
        self.model = model
        self.crop = crop or default_crop(model.spec, width=image.shape[1], height=image.shape[0])
        x = to_tensor(image, model.spec, self.crop)
        super().__init__(model.graph, model.parameters, x, run=run_compiled)

    def top(self, k: int = 3) -> list[tuple[str, float]]:
        """The ``k`` likeliest classes with their probabilities, likeliest first."""
        probabilities = self.output.reshape(-1)
        order = np.argsort(-probabilities, kind="stable")[:k]
        return [(self.model.labels[i], float(probabilities[i])) for i in order]


def trace(
    model: Model,
    image: str | os.PathLike[str] | Image.Image | NDArray[Any],
    crop: Crop | None = None,
) -> ImageTrace:
    """Run a model on a picture; without a crop, on the largest centred one. Layers run as they are asked for.

    Raises:
        BadInput: the image cannot be read.
        ShapeError: the crop leaves the image.
    """
    return ImageTrace(model, read_image(image), crop)
