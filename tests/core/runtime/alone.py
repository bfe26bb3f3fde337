"""One kernel alone: bound strip by strip to memory of its own, beside the plain operator in float64."""

from dataclasses import replace

import numpy as np

from cnn_core.runtime.kernels.base import Site
from cnn_core.runtime.places import Place, Strip, Tensor, beside


def site_of(layer, shapes, orders, order, rng):
    """A site with parameters drawn anew, all of them away from 0 and 1."""
    params = {
        name: rng.uniform(0.5, 1.5, shape).astype(np.float32)
        if name == "running_var"
        else rng.standard_normal(shape).astype(np.float32)
        for name, shape in layer.parameter_shapes().items()
    }
    return Site(layer, params, shapes, layer.infer_shape(*shapes), orders, order)


def run_alone(kernel, inputs, strips, more=0):
    """The kernel's output for NCHW inputs; ``more`` widens every border, as another reader's wish would.

    What lies outside of the inputs' borders and in the scratch is NaN, so that reading it shows.
    """
    site = kernel.site
    border = tuple(side + more for side in kernel.border)
    places = [
        Place(x.shape, order, border if x.ndim == 4 else (0, 0, 0, 0))
        for x, order in zip(inputs, site.sources, strict=True)
    ]
    laid, size = beside([*places, Place(site.output, site.order)], start=16)
    memory = np.full(size, np.nan, np.float32)
    tensors = [Tensor(memory, place) for place in laid]
    for x, tensor in zip(inputs, tensors, strict=False):
        tensor.whole[...] = 0
        tensor.nchw[...] = x
    before = [tensor.whole.copy() for tensor in tensors[:-1]]
    for strip in strips:
        scratch = np.full(kernel.scratch(*strip.count) + 64, np.nan, np.float32)
        guard = scratch[kernel.scratch(*strip.count) :]
        for call in kernel.bind(tuple(tensors[:-1]), tensors[-1], strip, scratch):
            call()
        if kernel.reach != "value":
            assert np.isnan(guard).all(), "wrote beyond its scratch"
    for tensor, whole in zip(tensors, before, strict=False):
        np.testing.assert_array_equal(tensor.whole, whole)
    return tensors[-1].nchw.copy()


def in_float64(site, inputs):
    """The plain operator's output, computed in float64."""
    params = {name: value.astype(np.float64) for name, value in site.params.items()}
    return site.layer.forward(params, *(x.astype(np.float64) for x in inputs)).output


def strips_of(kernel, rows):
    """The whole output cut into strips of about so many rows, or its channels into two."""
    images, channels = kernel.site.output[:2]
    height = kernel.site.output[2] if len(kernel.site.output) == 4 else 1
    everything = Strip(slice(0, images), slice(0, height))
    if kernel.split == "never":
        return [everything]
    if kernel.split == "channels":
        half = channels // 2
        parts = (slice(0, half), slice(half, channels)) if half else (slice(0, channels),)
        return [replace(everything, channels=part) for part in parts]
    step = -(-rows // kernel.grain) * kernel.grain
    return [
        Strip(slice(image, image + 1), slice(first, min(first + step, height)))
        for image in range(images)
        for first in range(0, height, step)
    ]


def relative_error(found, wanted):
    """The largest difference, as a share of the largest value."""
    return float(np.abs(found - wanted).max() / max(np.abs(wanted).max(), 1e-30))
