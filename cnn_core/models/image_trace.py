"""A model on one image, or on the spectrogram of a sound."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from cnn_core.graph.trace import Trace
from cnn_core.models.base import Model
from cnn_core.preprocess import Crop, InputSpec, Pixels, default_crop, read_image, to_tensor
from cnn_core.runtime import run_compiled
from cnn_core.sound import read_sound, sound_pixels

__all__ = ["ImageTrace", "pixels_for", "trace"]

Source = str | os.PathLike[str] | Image.Image | NDArray[Any]


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
    image: Source,
    crop: Crop | None = None,
) -> ImageTrace:
    """Run a model on a picture, or a sound if it takes sounds; without a crop, on the largest centred one.

    Layers run as they are asked for.

    Raises:
        BadInput: the image cannot be read.
        ShapeError: the crop leaves the image.
    """
    return ImageTrace(model, pixels_for(model.spec, image), crop)


def pixels_for(spec: InputSpec, source: Source) -> Pixels:
    """What a network can be shown of a file, a Pillow image or an array: of a sound file its spectrogram.

    An array is a picture, of a sound too (``cnn_core.sound.sound_pixels``).

    Raises:
        BadInput: it cannot be read, or is no sound and the network takes sounds, or the other way round.
    """
    if spec.takes == "sound" and isinstance(source, str | os.PathLike):
        return sound_pixels(read_sound(source))
    return read_image(source)
