import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnn_core.errors import BadInput, ShapeError
from cnn_core.preprocess import Crop, InputSpec, crop_from, crop_pixels, default_crop, to_tensor

RGB64 = InputSpec(3, 64, 64)


class TestInputSpec:
    def test_one_number_counts_for_every_channel(self):
        spec = InputSpec(3, 8, 8, mean=(0.5,), std=(0.25,))
        assert (spec.mean, spec.std) == ((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
        assert (RGB64.mean, RGB64.std) == ((0, 0, 0), (1, 1, 1))

    @pytest.mark.parametrize(
        ("options", "complaint"),
        [
            ({"channels": 2}, "got 2x8x8"),
            ({"height": 0}, "got 3x0x8"),
            ({"mean": (0.5, 0.5)}, "mean must have 3 numbers, got 2"),
            ({"std": (1, 1, 1, 1)}, "std must have 3 numbers, got 4"),
            ({"std": (1, 0, 1)}, "std and divisor must be above 0"),
            ({"divisor": 0.0}, "std and divisor must be above 0"),
            ({"mean": (float("nan"),)}, "must be finite"),
            ({"order": "GBR"}, "order must be one of RGB, BGR, got 'GBR'"),
        ],
    )
    def test_what_no_network_can_take_is_refused(self, options, complaint):
        with pytest.raises(ShapeError, match=complaint):
            InputSpec(**{"channels": 3, "height": 8, "width": 8, **options})


class TestCrop:
    @pytest.mark.parametrize(
        ("size", "expected"),
        [
            ((640, 480), Crop(80, 0, 480, 480)),
            ((480, 640), Crop(0, 80, 480, 480)),
            ((64, 64), Crop(0, 0, 64, 64)),
            ((5, 4), Crop(0, 0, 4, 4)),
            ((1, 1), Crop(0, 0, 1, 1)),
        ],
    )
    def test_the_default_is_the_largest_in_the_middle(self, size, expected):
        assert default_crop(RGB64, *size) == expected

    @settings(derandomize=True, deadline=None, max_examples=200)
    @given(*[st.integers(1, 90)] * 4)
    def test_the_default_fits_and_no_wider_one_would(self, width, height, spec_width, spec_height):
        spec = InputSpec(3, spec_height, spec_width)
        crop = default_crop(spec, width, height)
        assert crop.left >= 0
        assert crop.top >= 0
        assert crop.left + crop.width <= width
        assert crop.top + crop.height <= height
        assert abs(width - crop.width - 2 * crop.left) <= 1
        assert abs(height - crop.height - 2 * crop.top) <= 1
        with pytest.raises(ShapeError, match="leaves the image"):
            crop_from(spec, 0, 0, crop.width + 1, width, height)

    def test_the_height_follows_the_aspect(self):
        assert crop_from(InputSpec(3, 30, 40), 5, 7, 81, 400, 300) == Crop(5, 7, 81, 61)
        assert crop_from(RGB64, 0, 0, 480, 640, 480) == Crop(0, 0, 480, 480)

    @pytest.mark.parametrize("box", [(-1, 0, 10), (0, -1, 10), (91, 0, 10), (0, 41, 10), (0, 0, 51)])
    def test_a_box_that_leaves_the_image_is_refused(self, box):
        with pytest.raises(ShapeError, match="leaves the image, which is 100 x 50 pixels"):
            crop_from(RGB64, *box, 100, 50)

    @pytest.mark.parametrize("width", [0, -5])
    def test_a_box_below_one_pixel_is_refused(self, width):
        with pytest.raises(ShapeError, match=f"at least 1 pixel wide, got {width}"):
            crop_from(RGB64, 0, 0, width, 100, 50)


class TestCropPixels:
    image = np.random.default_rng(0).integers(0, 256, (90, 120, 3), dtype=np.uint8)

    def test_a_crop_of_the_networks_own_size_comes_through_unchanged(self):
        seen = crop_pixels(self.image, RGB64, Crop(10, 20, 64, 64))
        np.testing.assert_array_equal(seen, self.image[20:84, 10:74])

    def test_nothing_outside_the_crop_is_seen(self):
        image = np.full((100, 100, 3), 255, np.uint8)
        image[30:60, 40:70] = 7
        assert (crop_pixels(image, RGB64, Crop(40, 30, 30, 30)) == 7).all()

    def test_reducing_does_not_alias(self):
        stripes = np.zeros((256, 256, 3), np.uint8)
        stripes[:, ::2] = 255
        seen = crop_pixels(stripes, RGB64, Crop(0, 0, 256, 256))
        assert np.abs(seen[:, 1:-1].astype(int) - 127).max() <= 2

    def test_a_grey_network_sees_luminance(self):
        image = np.zeros((4, 4, 3), np.uint8)
        image[..., 1] = 100
        seen = crop_pixels(image, InputSpec(1, 4, 4), Crop(0, 0, 4, 4))
        assert seen.shape == (4, 4, 1)
        assert (seen == 59).all()  # 0.587 of green

    def test_a_grey_image_fills_three_channels(self):
        grey = self.image[:, :, :1]
        seen = crop_pixels(grey, RGB64, Crop(0, 0, 64, 64))
        np.testing.assert_array_equal(seen, np.repeat(grey[:64, :64], 3, axis=2))

    @pytest.mark.parametrize(
        "crop", [Crop(-1, 0, 5, 5), Crop(0, 0, 0, 5), Crop(116, 0, 5, 5), Crop(0, 86, 5, 5)]
    )
    def test_a_crop_outside_is_refused(self, crop):
        with pytest.raises(ShapeError, match="does not lie in an image of 120 x 90 pixels"):
            crop_pixels(self.image, RGB64, crop)


class TestToTensor:
    def test_scales_then_normalises_channel_by_channel(self):
        image = np.zeros((2, 2, 3), np.uint8)
        image[0, 1] = (255, 51, 0)
        x = to_tensor(image, InputSpec(3, 2, 2, mean=(0.5, 0.1, 0.2), std=(0.5, 0.2, 0.4)))
        assert x.shape == (1, 3, 2, 2)
        assert x.dtype == np.float32
        assert x.flags.c_contiguous
        np.testing.assert_allclose(x[0, :, 0, 1], [1.0, 0.5, -0.5], rtol=1e-6)
        np.testing.assert_allclose(x[0, :, 1, 0], [-1.0, -0.5, -0.5], rtol=1e-6)

    def test_without_a_crop_it_is_the_largest_centred(self):
        image = np.zeros((10, 30, 3), np.uint8)
        image[:, 10:20] = 255
        assert (to_tensor(image, InputSpec(3, 5, 5)) == 1).all()

    @pytest.mark.parametrize(
        "image",
        [
            np.zeros((4, 4, 3), np.float32),
            np.zeros((4, 4, 3), np.int16),
            np.zeros((4, 4), np.uint8),
            np.zeros((4, 4, 4), np.uint8),
            np.zeros((0, 4, 3), np.uint8),
            np.zeros((1, 3, 4, 4), np.uint8),
            [[0, 0], [0, 0]],
            None,
        ],
        ids=lambda image: f"{getattr(image, 'dtype', type(image).__name__)}{getattr(image, 'shape', '')}",
    )
    def test_another_array_is_refused_with_the_one_wanted(self, image):
        with pytest.raises(BadInput, match=r"image: wanted .*uint8.*\(H, W, 3\).*, got"):
            to_tensor(image, RGB64)
