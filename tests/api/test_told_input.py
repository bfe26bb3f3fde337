"""What a file's metadata say of pixels is honoured, or named."""

from __future__ import annotations

import json

import pytest

from app.services.told_input import told_input
from cnn_core.input_spec import InputSpec, scaled_spec

SPEC = InputSpec(3, 16, 16)
IMAGENET = scaled_spec(SPEC, "imagenet")
BYTES = scaled_spec(SPEC, "bytes")


@pytest.mark.parametrize(
    ("metadata", "divisor", "mean", "std", "order"),
    [
        ({}, 255, 0, 1, "RGB"),
        ({"stride": "32", "names": "{0: 'cat'}", "format": "onnx", "imgsz": "[640, 640]"}, 255, 0, 1, "RGB"),
        (
            {"Image.BitmapPixelFormat": "Bgr8", "Image.NominalPixelRange": "NominalRange_0_255"},
            1,
            0,
            1,
            "BGR",
        ),
        ({"Image.NominalPixelRange": "Normalized_0_1"}, 255, 0, 1, "RGB"),
        ({"Image.NominalPixelRange": "Normalized_1_1"}, 255, 0.5, 0.5, "RGB"),
        ({"mean": "[0.5, 0.5, 0.5]", "std": "[0.25, 0.25, 0.25]"}, 255, 0.5, 0.25, "RGB"),
        ({"mean": "0.5 0.5 0.5", "std": "0.25,0.25,0.25", "color_format": "rgb"}, 255, 0.5, 0.25, "RGB"),
        ({"input_mean": "127.5", "input_std": "128"}, 1, 127.5, 128, "RGB"),
        ({"pixel_mean": "[127, 127, 127]", "channel_order": "BGR"}, 1, 127, 1, "BGR"),
        ({"input_range": "[0, 255]"}, 1, 0, 1, "RGB"),
        ({"input_range": "0-255", "color_space": "bgr"}, 1, 0, 1, "BGR"),
        ({"range": "[-1, 1]"}, 255, 0.5, 0.5, "RGB"),
        (
            {
                "preprocessor_config": json.dumps(
                    {
                        "do_normalize": True,
                        "image_mean": [0.5] * 3,
                        "image_std": [0.25] * 3,
                        "rescale_factor": 0.5,
                    }
                )
            },
            2,
            0.5,
            0.25,
            "RGB",
        ),
        (
            {"preprocessing": json.dumps({"mean": [2] * 3, "std": [4] * 3, "divisor": 255, "order": "BGR"})},
            255,
            2,
            4,
            "BGR",
        ),
    ],
)
def test_conventions_are_honoured(
    metadata: dict[str, str], divisor: float, mean: float, std: float, order: str
) -> None:
    found, notes = told_input(SPEC, metadata)
    assert (found.divisor, found.mean, found.std, found.order) == (divisor, (mean,) * 3, (std,) * 3, order)
    assert all(note.startswith("Pixels are scaled as the file's metadata say: ") for note in notes)
    assert found == SPEC or notes


@pytest.mark.parametrize(
    ("metadata", "named"),
    [
        ({"mean": "unknown"}, "mean unknown"),
        ({"std": "[0, 0, 0]"}, "std [0, 0, 0]"),
        ({"mean": "[1, 2]"}, "mean [1, 2]"),
        ({"color_format": "YUV"}, "color_format YUV"),
        ({"Image.NominalPixelRange": "NominalRange_16_235"}, "Image.NominalPixelRange NominalRange_16_235"),
        ({"Image.ColorSpaceGamma": "SRGB"}, "Image.ColorSpaceGamma SRGB"),
        ({"preprocessing": "divide by 127.5, subtract 1"}, "preprocessing divide by 127.5, subtract 1"),
        ({"normalization": "per image"}, "normalization per image"),
        ({"preprocessing": json.dumps({"do_normalize": False})}, "do_normalize false"),
    ],
)
def test_what_is_not_understood_is_named_and_changes_nothing(metadata: dict[str, str], named: str) -> None:
    found, notes = told_input(SPEC, metadata)
    assert found == SPEC
    (note,) = notes
    assert "not understood here: " in note
    assert named in note


def test_names_of_conventions_are_found_again() -> None:
    told = {"mean": json.dumps(IMAGENET.mean), "std": json.dumps(IMAGENET.std)}
    assert told_input(SPEC, told)[0] == IMAGENET
    assert told_input(SPEC, {"pixel_range": "0..255"})[0] == BYTES
    grey = InputSpec(1, 28, 28)
    assert told_input(grey, {"Image.BitmapPixelFormat": "Gray8"})[0] == grey
