"""From a photograph to the tensor a network takes, and back to the crop that was used.

Three steps, each usable alone: ``read_image`` turns any picture into upright RGB pixels
``uint8 (H, W, 3)``; ``crop_pixels`` cuts and resizes what the network sees; ``to_tensor`` scales that to
``float32 (1, C, H, W)``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError, features

from cnn_core.errors import BadInput, ShapeError
from cnn_core.input_spec import InputSpec

__all__ = [
    "Crop",
    "InputSpec",
    "Pixels",
    "bits_of",
    "crop_from",
    "crop_pixels",
    "default_crop",
    "flatten_image",
    "image_formats",
    "read_image",
    "scale_batch",
    "scale_pixels",
    "to_pixels",
    "to_tensor",
]

Pixels = NDArray[np.uint8]

STRIP = 256
"""Rows of a picture that are converted at a time."""

ORIENTATION_TAG = 0x0112
UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (Exif 2.32, tag 0x0112); 1 is upright already."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A box of the image, in its pixels: ``left`` and ``top`` belong to it, the far edges do not."""

    left: int
    top: int
    width: int
    height: int


def default_crop(spec: InputSpec, width: int, height: int) -> Crop:
    """The largest centred box with the network's aspect in an image of ``width x height``.

    >>> default_crop(InputSpec(3, 64, 64), 640, 480)
    Crop(left=80, top=0, width=480, height=480)
    """
    # the widest box whose height, rounded as in _crop_height, still fits
    widest = (spec.width * (2 * height + 1) - 1) // (2 * spec.height)
    box_width = max(1, min(width, widest))
    box_height = min(height, _crop_height(spec, box_width))
    return Crop((width - box_width) // 2, (height - box_height) // 2, box_width, box_height)


def crop_from(spec: InputSpec, left: int, top: int, width: int, image_width: int, image_height: int) -> Crop:
    """The box asked for, its height following from the network's aspect.

    Raises:
        ShapeError: it is narrower than one pixel or leaves the image.
    """
    if width < 1:
        raise ShapeError(f"crop: the box must be at least 1 pixel wide, got {width}")
    height = _crop_height(spec, width)
    if left < 0 or top < 0 or left + width > image_width or top + height > image_height:
        raise ShapeError(
            f"crop: the box of {width} x {height} pixels at ({left}, {top}) leaves the image, "
            f"which is {image_width} x {image_height} pixels"
        )
    return Crop(left, top, width, height)


def _crop_height(spec: InputSpec, width: int) -> int:
    return max(1, (2 * width * spec.height + spec.width) // (2 * spec.width))


def crop_pixels(image: Pixels, spec: InputSpec, crop: Crop) -> Pixels:
    """The pixels the network sees: the crop, resized to the network's size.

    Pillow's bilinear filter, whose support grows with the reduction so that nothing aliases; a crop of the
    network's own size comes through unchanged. A network of one channel gets luminance (ITU-R 601).

    Shape:
        image: ``(H, W, 3)`` RGB or ``(H, W, 1)`` grey. Result: ``(spec.height, spec.width, spec.channels)``.

    Raises:
        BadInput: image is no such array.
        ShapeError: the crop leaves the image.
    """
    _check_pixels(image)
    height, width = image.shape[:2]
    right, bottom = crop.left + crop.width, crop.top + crop.height
    if min(crop.left, crop.top) < 0 or min(crop.width, crop.height) < 1 or right > width or bottom > height:
        raise ShapeError(f"crop: {crop} does not lie in an image of {width} x {height} pixels")
    picture = Image.fromarray(image[crop.top : bottom, crop.left : right].squeeze(axis=_grey_axis(image)))
    picture = picture.convert("L" if spec.channels == 1 else "RGB")
    resized = picture.resize((spec.width, spec.height), Image.Resampling.BILINEAR)
    return np.asarray(resized).reshape(spec.height, spec.width, spec.channels)


def to_tensor(image: Pixels, spec: InputSpec, crop: Crop | None = None) -> NDArray[np.float32]:
    """The network's input for one image; without a crop, the largest centred one.

    Shape:
        image: ``(H, W, 3)`` or ``(H, W, 1)``. Result: ``(1, spec.channels, spec.height, spec.width)``.

    Raises:
        BadInput, ShapeError: as ``crop_pixels``.
    """
    _check_pixels(image)
    crop = crop or default_crop(spec, width=image.shape[1], height=image.shape[0])
    return scale_pixels(crop_pixels(image, spec, crop), spec)


def scale_pixels(pixels: NDArray[Any], spec: InputSpec) -> NDArray[np.float32]:
    """What the network gets for the pixels it sees, 0 to 255, ordered and scaled as it wants them.

    Raises:
        ShapeError: pixels are not ``(spec.height, spec.width, spec.channels)``.
    """
    if pixels.shape != (wanted := (spec.height, spec.width, spec.channels)):
        raise ShapeError(f"pixels: wanted {wanted}, got {pixels.shape}")
    return scale_batch(pixels[np.newaxis], spec)


def scale_batch(pixels: NDArray[Any], spec: InputSpec) -> NDArray[np.float32]:
    """``scale_pixels`` of many images at once, to the same bits: ``(N, H, W, C)`` to ``(N, C, H, W)``."""
    ordered = pixels[..., ::-1] if spec.order == "BGR" else pixels
    seen = ordered.astype(np.float32) / np.float32(spec.divisor)
    scaled = (seen - np.asarray(spec.mean, np.float32)) / np.asarray(spec.std, np.float32)
    return np.ascontiguousarray(scaled.transpose(0, 3, 1, 2))


def to_pixels(x: NDArray[np.float32], spec: InputSpec) -> Pixels:
    """A network's input as a picture again: what ``to_tensor`` did, undone and rounded.

    Shape:
        x: ``(1, spec.channels, H, W)``. Result: ``(H, W, 3)``, one channel as grey.
    """
    mean, std = (np.asarray(each, np.float32)[:, np.newaxis, np.newaxis] for each in (spec.mean, spec.std))
    values = np.clip(np.rint((x[0] * std + mean) * np.float32(spec.divisor)), 0, 255).astype(np.uint8)
    ordered = values[::-1] if spec.order == "BGR" else values
    return np.broadcast_to(ordered, (3, *values.shape[1:])).transpose(1, 2, 0)


def _grey_axis(image: Pixels) -> tuple[int, ...]:
    return (2,) if image.shape[2] == 1 else ()


def _check_pixels(image: Any) -> None:
    if not isinstance(image, np.ndarray):
        raise BadInput(f"image: wanted a uint8 array (H, W, 3), got {type(image).__name__}")
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] not in (1, 3) or 0 in image.shape:
        raise BadInput(f"image: wanted uint8 (H, W, 3) or (H, W, 1), got {image.dtype} {image.shape}")


def read_image(source: str | os.PathLike[str] | Image.Image | NDArray[Any]) -> Pixels:
    """Upright RGB pixels ``uint8 (H, W, 3)`` of a file, a Pillow image or an array.

    An array is taken as it is: ``uint8``, ``(H, W)`` or ``(H, W, 1)`` grey, ``(H, W, 3)`` RGB,
    ``(H, W, 4)`` RGBA.

    Raises:
        BadInput: no such file, not an image in one of ``image_formats()``, damaged, or another kind of array.
    """
    if isinstance(source, np.ndarray):
        return _read_array(source)
    if isinstance(source, Image.Image):
        return flatten_image(source)
    try:
        with Image.open(source, formats=image_formats()) as picture:
            return flatten_image(picture)
    except UnidentifiedImageError:
        wanted = ", ".join(image_formats())
        raise BadInput(f"{os.fspath(source)}: not an image; wanted one of {wanted}") from None
    except OSError as error:
        raise BadInput(f"{os.fspath(source)}: cannot be read ({error.strerror or error})") from error
    except Image.DecompressionBombError as error:
        raise BadInput(f"{os.fspath(source)}: too large an image ({error})") from error


def _read_array(array: NDArray[Any]) -> Pixels:
    grey = array[..., np.newaxis] if array.ndim == 2 else array
    if array.dtype != np.uint8 or grey.ndim != 3 or grey.shape[2] not in (1, 3, 4) or 0 in grey.shape:
        raise BadInput(
            "image: wanted a uint8 array (H, W), (H, W, 1), (H, W, 3) or (H, W, 4), "
            f"got {array.dtype} {array.shape}"
        )
    return flatten_image(Image.fromarray(grey.squeeze(axis=_grey_axis(grey))))


@lru_cache(maxsize=1)
def image_formats() -> tuple[str, ...]:
    """Names of the formats that are decoded, as Pillow calls them; everything else is refused."""
    optional = [name for name in ("WEBP", "AVIF") if features.check(name.lower())]
    return ("JPEG", "PNG", *optional, *_heif(), "GIF", "BMP", "TIFF")


def _heif() -> tuple[str, ...]:
    """What iPhones write, where its decoder is installed."""
    if find_spec("pillow_heif") is None:
        return ()
    import pillow_heif

    # one thread a picture: several may be decoded at a time
    pillow_heif.register_heif_opener(thumbnails=False, decode_threads=1)
    return ("HEIF",)


def flatten_image(picture: Image.Image) -> Pixels:
    """Upright RGB pixels ``uint8 (H, W, 3)`` of a Pillow image, whatever its mode.

    The first frame of an animation; EXIF orientation applied; transparency on white; CMYK, palette and grey
    converted; 16-bit grey by the white of ``bits_of``. Colour profiles are not applied.

    Raises:
        BadInput: the pixels cannot be decoded.
    """
    try:
        picture.seek(0)
        picture.load()
        turn = UPRIGHT.get(_orientation(picture))
        upright = picture if turn is None else picture.transpose(turn)
        return _flattened(upright)
    except MemoryError:
        raise
    except Exception as error:  # damaged files surface as whatever the format's decoder tripped over
        raise BadInput(f"image: cannot be decoded, the file is damaged or cut short ({error})") from error


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # a damaged EXIF block must not cost the picture
        return 1


def _flattened(picture: Image.Image) -> Pixels:
    """Strip by strip, so that a large picture is held twice and not five times."""
    width, height = picture.size
    if picture.mode in ("I", "F"):
        return np.repeat(_from_wide(picture)[..., np.newaxis], 3, axis=2)
    white = (1 << (bits_of(picture) or 16)) - 1
    pixels = np.empty((height, width, 3), np.uint8)
    for top in range(0, height, STRIP):
        strip = picture.crop((0, top, width, min(top + STRIP, height)))
        pixels[top : top + STRIP] = np.asarray(_on_white(strip, white))
    return pixels


def bits_of(picture: Image.Image) -> int | None:
    """How many of its 16 bits a grey picture uses: 10, 12, 14 or all; None of pictures of other kinds.

    Cameras and scanners of 12 bits write their values into 16 as they are, and no file says so: the white is
    taken to be the first of these that no value exceeds.
    """
    if not picture.mode.startswith("I;16"):
        return None
    peak = int(np.asarray(picture).max())
    return next(bits for bits in (10, 12, 14, 16) if peak < 1 << bits)


def _on_white(picture: Image.Image, white: int) -> Image.Image:
    if picture.mode.startswith("I;16"):
        return Image.fromarray(_from_sixteen_bit(picture, white)).convert("RGB")
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    straight = picture.convert("LA") if picture.mode == "La" else picture
    colours = straight if straight.mode == "RGBA" else straight.convert("RGBA")
    background = Image.new("RGB", picture.size, "white")
    background.paste(colours, mask=colours.getchannel("A"))
    return background


def _from_sixteen_bit(picture: Image.Image, white: int) -> Pixels:
    """16-bit grey in 8 bits, by a table: a large picture never becomes floating point."""
    table = ((np.minimum(np.arange(65536), white) * 510 + white) // (2 * white)).astype(np.uint8)
    values = np.asarray(picture)
    grey: Pixels = table[values]
    transparent = picture.info.get("transparency")
    if isinstance(transparent, int):
        grey[values == transparent] = 255
    return grey


def _from_wide(picture: Image.Image) -> Pixels:
    """32-bit integer or floating-point grey in 8 bits.

    These modes do not say where their white is: it is taken to be the first of 1 (floats alone), 255 and
    65535 that no value exceeds, else the largest value. Infinity is white, NaN black.
    """
    values = np.array(picture, dtype=np.float32)
    peak = float(np.max(values, where=np.isfinite(values), initial=0.0))
    whites = [1.0] if picture.mode == "F" else []
    white = next(candidate for candidate in [*whites, 255.0, 65535.0, peak] if peak <= candidate)
    np.nan_to_num(values, copy=False, nan=0.0, posinf=white, neginf=0.0)
    np.clip(values, 0, white, out=values)
    values *= np.float32(255 / white)
    np.rint(values, out=values)
    return values.astype(np.uint8)
