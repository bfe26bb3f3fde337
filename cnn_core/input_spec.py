"""What a network takes: its size, its channels, and how it wants the values of a picture."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from cnn_core.errors import ShapeError

__all__ = ["SCALINGS", "InputSpec", "Scaling", "scaled_spec", "scaling_of"]

ORDERS = ("RGB", "BGR")
"""In which order a network of three channels takes them."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What a network takes: ``channels`` of ``height x width``, each ``(value / divisor - mean) / std``.

    ``mean`` and ``std`` have one number per channel, in the order in which the network takes the channels; a
    single number counts for all of them. ``order`` is ``RGB`` or ``BGR``; one channel is luminance. A network
    that ``takes`` sounds is shown their spectrograms (``cnn_core.sound``).

    Raises:
        ShapeError: sizes below 1, channels other than 1 or 3, a mean or std of another length or not finite,
            a std or divisor that is not above 0, an unknown order.
    """

    channels: int
    height: int
    width: int
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    divisor: float = 255.0
    order: str = "RGB"
    takes: Literal["picture", "sound"] = "picture"

    def __post_init__(self) -> None:
        """Check the numbers, and give mean and std one per channel."""
        if self.channels not in (1, 3) or self.height < 1 or self.width < 1:
            form = f"{self.channels}x{self.height}x{self.width}"
            raise ShapeError(f"input spec: wanted 1 or 3 channels of at least 1x1, got {form}")
        for name in ("mean", "std"):
            values = tuple(map(float, getattr(self, name)))
            values = values * self.channels if len(values) == 1 else values
            if len(values) != self.channels:
                raise ShapeError(f"input spec: {name} must have {self.channels} numbers, got {len(values)}")
            object.__setattr__(self, name, values)
        if not all(map(math.isfinite, (*self.mean, *self.std, self.divisor))):
            raise ShapeError(f"input spec: mean, std and divisor must be finite, got {self}")
        if min(*self.std, self.divisor) <= 0:
            raise ShapeError(
                f"input spec: std and divisor must be above 0, got {self.std} and {self.divisor}"
            )
        if self.order not in ORDERS:
            raise ShapeError(f"input spec: order must be one of {', '.join(ORDERS)}, got {self.order!r}")


@dataclass(frozen=True, slots=True)
class Scaling:
    """One convention: numbers for red, green and blue, and for one channel of grey.

    ``title`` is what people call it; ``order`` is that in which the network takes the channels.
    """

    name: str
    title: str
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    grey: tuple[float, float]
    """Mean and std of luminance."""
    divisor: float = 255.0
    order: str = "RGB"


SCALINGS: dict[str, Scaling] = {
    scaling.name: scaling
    for scaling in (
        Scaling("unit", "0 to 1", (0, 0, 0), (1, 1, 1), (0, 1)),
        Scaling("imagenet", "ImageNet", (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), (0.449, 0.226)),
        Scaling("signed", "-1 to 1", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.5, 0.5)),
        Scaling("bytes", "0 to 255", (0, 0, 0), (1, 1, 1), (0, 1), divisor=1.0),
        Scaling(
            "caffe",
            "Caffe (BGR)",
            (103.939, 116.779, 123.68),
            (1, 1, 1),
            (117.378, 1),
            divisor=1.0,
            order="BGR",
        ),
    )
}
"""``imagenet``: torchvision's; ``signed``: TensorFlow's MobileNet and Inception; ``caffe``: ImageNet's mean
colour, for the VGG networks (Simonyan and Zisserman 2015), blue first."""


def scaled_spec(spec: InputSpec, name: str) -> InputSpec:
    """The same input with the values of a convention.

    >>> scaled_spec(InputSpec(1, 28, 28), "signed").mean
    (0.5,)

    Raises:
        ShapeError: no convention of that name; the message lists them.
    """
    if name not in SCALINGS:
        raise ShapeError(f"scaling: wanted one of {', '.join(SCALINGS)}, got {name!r}")
    scaling = SCALINGS[name]
    grey = spec.channels == 1
    return replace(
        spec,
        mean=scaling.grey[:1] if grey else scaling.mean,
        std=scaling.grey[1:] if grey else scaling.std,
        divisor=scaling.divisor,
        order="RGB" if grey else scaling.order,
    )


def scaling_of(spec: InputSpec) -> str | None:
    """The name of the convention that an input follows; None: numbers of its own."""
    return next((name for name in SCALINGS if scaled_spec(spec, name) == spec), None)
