"""What a picture is while it forms: a spectrum in uncorrelated colours, or pixels."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from cnn_core.layers.base import Array

__all__ = ["COLOURS", "Canvas", "PixelCanvas", "SpectrumCanvas"]

COLOURS = np.array([[0.243, 0.127, 0.033], [0.249, 0.002, -0.064], [0.244, -0.128, 0.032]], np.float32)
"""Light and dark, blue and orange, green and purple: the axes along which colours of photographs vary, each
as long as they do (a root of the covariance of red, green, blue in 0..1, measured on 2,000 small photos)."""

CONTRAST = 8.0
"""From the colours' natural spread to the argument of the sigmoid, so that pictures use the whole range."""


class Canvas(Protocol):
    """Parameters of several pictures at once, and the pictures: values 0..1, ``(N, C, S, S)``."""

    rate: float
    """How far Adam should go in a step."""

    def start(self, count: int, rng: np.random.Generator) -> Array:
        """Parameters of ``count`` pictures of faint noise."""

    def picture(self, parameters: Array) -> Array:
        """The pictures."""

    def pull_back(self, parameters: Array, gradient: Array) -> Array:
        """From the gradient by the pictures to that by the parameters."""

    def keep(self, parameters: Array) -> Array:
        """The parameters where they are allowed."""


class SpectrumCanvas:
    """``sigmoid(colours . irfft2(spectrum / frequency ** fall))``: in photographs too high ones weigh less.

    Reference: Olah, Mordvintsev and Schubert 2017, Feature Visualization, Distill (preconditioning).

    Shape:
        parameters: float32 ``(N, 2, C, S, S // 2 + 1)``, real and imaginary parts.
    """

    rate = 0.08

    def __init__(self, channels: int, side: int, fall: float = 1.0) -> None:
        """A square canvas."""
        self.channels, self.side = channels, side
        rows, columns = np.fft.fftfreq(side)[:, np.newaxis], np.fft.rfftfreq(side)[np.newaxis]
        frequency = np.sqrt(rows**2 + columns**2)
        self._scale = (1 / np.maximum(frequency, 1 / side) ** fall).astype(np.float32)
        self._scale *= np.float32(1 / np.sqrt(np.mean(self._scale**2)))
        # a real picture's spectrum is its own mirror image: what the half kept says twice, counts twice
        self._twice = np.full(columns.shape, 2, np.float32)
        self._twice[:, 0] = 1
        if side % 2 == 0:
            self._twice[:, -1] = 1
        self._colours = COLOURS if channels == 3 else np.eye(channels, dtype=np.float32) * COLOURS[0, 0]

    def start(self, count: int, rng: np.random.Generator) -> Array:
        """Spectra of faint noise."""
        shape = (count, 2, self.channels, self.side, self.side // 2 + 1)
        return rng.normal(0, 0.05, shape).astype(np.float32)

    def picture(self, parameters: Array) -> Array:
        """The pictures, float32."""
        from scipy.special import expit  # late: a server that draws no such picture starts without it

        return np.asarray(expit(self._logits(parameters)))

    def pull_back(self, parameters: Array, gradient: Array) -> Array:
        """The adjoint of ``picture``'s derivative."""
        shown = self.picture(parameters)
        mixed = np.tensordot(gradient * shown * (1 - shown), self._colours, axes=(1, 0)) * CONTRAST
        spectrum = np.fft.rfft2(np.moveaxis(mixed, -1, 1), norm="ortho") * self._scale * self._twice
        return np.stack([spectrum.real, spectrum.imag], axis=1).astype(np.float32)

    def keep(self, parameters: Array) -> Array:
        """Every spectrum is allowed."""
        return parameters

    def _logits(self, parameters: Array) -> Array:
        spectrum = (parameters[:, 0] + 1j * parameters[:, 1]) * self._scale
        planes = np.fft.irfft2(spectrum, s=(self.side, self.side), norm="ortho")
        mixed = np.tensordot(planes, self._colours, axes=(1, 1)) * CONTRAST
        return np.moveaxis(mixed, -1, 1).astype(np.float32)


class PixelCanvas:
    """The pixels themselves, held between 0 and 1: for fields of few pixels, which have no texture."""

    rate = 0.1

    def __init__(self, channels: int, side: int) -> None:
        """A square canvas."""
        self.channels, self.side = channels, side

    def start(self, count: int, rng: np.random.Generator) -> Array:
        """Grey, all but even, so that it stays grey where the channel does not look."""
        shape = (count, self.channels, self.side, self.side)
        return np.clip(rng.normal(0.5, 0.01, shape), 0, 1).astype(np.float32)

    def picture(self, parameters: Array) -> Array:
        """The parameters."""
        return parameters

    def pull_back(self, parameters: Array, gradient: Array) -> Array:
        """The gradient."""
        return gradient

    def keep(self, parameters: Array) -> Array:
        """Cut to 0..1."""
        return np.clip(parameters, 0, 1)
