import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from cnn_core.errors import BadInput
from cnn_core.preprocess import flatten_image, image_formats, read_image

# every corner its own colour, so that a turned picture shows
CORNERS = np.array(
    [[[200, 10, 10], [10, 200, 10], [60, 60, 60]], [[10, 10, 200], [200, 200, 10], [120, 60, 0]]], np.uint8
)


def encoded(picture, format, **options):  # noqa: A002
    data = io.BytesIO()
    picture.save(data, format, **options)
    data.seek(0)
    return Image.open(data)


def png(width, height, bit_depth, colour_type, rows, *chunks):
    """A PNG file written by hand, for what Pillow cannot write."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, colour_type, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + row for row in rows))
    extra = b"".join(chunk(kind, data) for kind, data in chunks)
    file = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return Image.open(io.BytesIO(file))


class TestFlattenImage:
    def test_rgb_comes_through(self):
        np.testing.assert_array_equal(flatten_image(Image.fromarray(CORNERS)), CORNERS)

    @pytest.mark.parametrize("height", [255, 256, 257, 600])
    def test_a_tall_picture_comes_through_whole(self, height):
        image = np.random.default_rng(0).integers(0, 256, (height, 3, 3), dtype=np.uint8)
        np.testing.assert_array_equal(flatten_image(Image.fromarray(image)), image)

    @pytest.mark.parametrize("orientation", range(1, 9))
    @pytest.mark.parametrize("format_", ["PNG", "TIFF", "WEBP"])
    def test_every_exif_orientation_is_turned_upright(self, orientation, format_):
        stored = {
            1: CORNERS,
            2: CORNERS[:, ::-1],
            3: CORNERS[::-1, ::-1],
            4: CORNERS[::-1],
            5: CORNERS.transpose(1, 0, 2),
            6: CORNERS.transpose(1, 0, 2)[::-1],
            7: CORNERS[::-1, ::-1].transpose(1, 0, 2),
            8: CORNERS.transpose(1, 0, 2)[:, ::-1],
        }[orientation]
        exif = Image.Exif()
        exif[0x0112] = orientation
        options = {"lossless": True} if format_ == "WEBP" else {}
        picture = encoded(Image.fromarray(np.ascontiguousarray(stored)), format_, exif=exif, **options)
        np.testing.assert_array_equal(flatten_image(picture), CORNERS)

    def test_a_damaged_exif_block_does_not_cost_the_picture(self):
        picture = encoded(Image.fromarray(CORNERS), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xffgarbage")
        np.testing.assert_array_equal(flatten_image(picture), CORNERS)

    def test_transparency_lies_on_white(self):
        rgba = Image.new("RGBA", (3, 1), (100, 0, 200, 255))
        rgba.putpixel((1, 0), (100, 0, 200, 0))
        rgba.putpixel((2, 0), (100, 0, 200, 51))
        expected = [[[100, 0, 200], [255, 255, 255], [224, 204, 244]]]
        assert flatten_image(encoded(rgba, "PNG")).tolist() == expected

    def test_grey_with_alpha_lies_on_white(self):
        picture = Image.new("LA", (2, 1), (40, 255))
        picture.putpixel((1, 0), (40, 0))
        assert flatten_image(encoded(picture, "PNG")).tolist() == [[[40] * 3, [255] * 3]]

    def test_a_palette_keeps_its_colours_and_its_transparency(self):
        picture = Image.new("P", (3, 1))
        picture.putpalette([10, 20, 30, 200, 100, 0, 1, 2, 3])
        picture.putdata([0, 1, 2])
        assert flatten_image(encoded(picture, "PNG")).tolist() == [[[10, 20, 30], [200, 100, 0], [1, 2, 3]]]
        expected = [[[10, 20, 30], [255, 255, 255], [1, 2, 3]]]
        assert flatten_image(encoded(picture, "PNG", transparency=1)).tolist() == expected
        assert flatten_image(encoded(picture, "GIF", transparency=1)).tolist() == expected

    def test_a_transparent_colour_of_rgb_lies_on_white(self):
        picture = encoded(Image.fromarray(CORNERS), "PNG", transparency=(60, 60, 60))
        expected = CORNERS.copy()
        expected[0, 2] = 255
        np.testing.assert_array_equal(flatten_image(picture), expected)

    def test_cmyk_is_ink_not_light(self):
        white_red_black = Image.new("CMYK", (48, 16), (0, 0, 0, 0))
        white_red_black.paste((0, 255, 255, 0), (16, 0, 32, 16))
        white_red_black.paste((0, 0, 0, 255), (32, 0, 48, 16))
        for format_ in ("TIFF", "JPEG"):
            seen = flatten_image(encoded(white_red_black, format_)).astype(int)
            for column, colour in ((4, (255, 255, 255)), (24, (255, 0, 0)), (44, (0, 0, 0))):
                assert np.abs(seen[8, column] - colour).max() <= 3, format_

    @pytest.mark.parametrize("format_", ["PNG", "TIFF"])
    def test_sixteen_bit_grey_keeps_its_white_and_its_darks(self, format_):
        values = np.array([[0, 128, 129, 257, 32896, 65535]], np.uint16)
        seen = flatten_image(encoded(Image.fromarray(values), format_))
        assert seen[0, :, 0].tolist() == [0, 0, 1, 1, 128, 255]
        assert (seen == seen[:, :, :1]).all()

    def test_big_endian_sixteen_bit_grey_is_the_same(self):
        picture = Image.frombytes("I;16B", (3, 1), np.array([0, 257, 65535], ">u2").tobytes())
        assert flatten_image(picture)[0, :, 0].tolist() == [0, 1, 255]

    def test_sixteen_bit_grey_has_its_transparent_value_on_white(self):
        picture = png(2, 1, 16, 0, [struct.pack(">HH", 500, 25700)], (b"tRNS", struct.pack(">H", 500)))
        assert flatten_image(picture)[0, :, 0].tolist() == [255, 100]

    def test_sixteen_bit_colour_keeps_its_upper_bytes(self):
        picture = png(2, 1, 16, 2, [struct.pack(">6H", 65535, 0, 25700, 257, 514, 771)])
        assert flatten_image(picture).tolist() == [[[255, 0, 100], [1, 2, 3]]]

    def test_black_and_white_is_0_and_255(self):
        picture = Image.new("1", (2, 1))
        picture.putpixel((1, 0), 1)
        assert flatten_image(encoded(picture, "PNG")).tolist() == [[[0] * 3, [255] * 3]]

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([0.0, 0.5, 1.0], [0, 128, 255]),
            ([-3.0, 51.0, 255.0], [0, 51, 255]),
            ([0.0, 25700.0, 65535.0], [0, 100, 255]),
            ([0.0, 1.2e6, 2e6], [0, 153, 255]),
            ([np.nan, -np.inf, np.inf], [0, 0, 255]),
            ([-2.0, -1.0, 0.0], [0, 0, 0]),
        ],
    )
    def test_floating_point_grey_finds_its_white(self, values, expected):
        picture = encoded(Image.fromarray(np.array([values], np.float32)), "TIFF")
        assert picture.mode == "F"
        assert flatten_image(picture)[0, :, 0].tolist() == expected

    @pytest.mark.parametrize(
        ("values", "expected"),
        [([0, 100, 255], [0, 100, 255]), ([0, 25700, 40000], [0, 100, 156]), ([-5, 0, 1 << 30], [0, 0, 255])],
    )
    def test_integer_grey_finds_its_white(self, values, expected):
        picture = Image.fromarray(np.array([values], np.int32))
        assert picture.mode == "I"
        assert flatten_image(picture)[0, :, 0].tolist() == expected

    @pytest.mark.parametrize("format_", ["GIF", "PNG", "WEBP", "TIFF"])
    def test_an_animation_shows_its_first_frame(self, format_):
        frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "lime", "blue")]
        options = {"lossless": True} if format_ == "WEBP" else {}
        picture = encoded(frames[0], format_, save_all=True, append_images=frames[1:], **options)
        picture.seek(1)
        assert flatten_image(picture)[4, 4].tolist() == [255, 0, 0]

    @pytest.mark.parametrize("mode", ["YCbCr", "HSV", "LAB"])
    def test_other_colour_spaces_become_rgb(self, mode):
        seen = flatten_image(Image.new("RGB", (2, 2), (200, 30, 60)).convert(mode)).astype(int)
        assert np.abs(seen - (200, 30, 60)).max() <= 4

    @pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
    def test_a_file_cut_short_is_refused_with_a_reason(self, format_):
        data = io.BytesIO()
        noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3), dtype=np.uint8)
        Image.fromarray(noise).save(data, format_)
        cut = data.getvalue()[: len(data.getvalue()) // 2]
        with pytest.raises(BadInput, match=r"cut short|not an image"):
            read_image_bytes(cut)


def read_image_bytes(data):
    """As an upload is read: what cannot even be opened counts as refused."""
    try:
        picture = Image.open(io.BytesIO(data))
    except OSError as error:
        raise BadInput("not an image") from error
    return flatten_image(picture)


class TestReadImage:
    @pytest.mark.parametrize("format_", image_formats())
    def test_every_listed_format_is_read_from_a_path(self, format_, tmp_path):
        path = tmp_path / "no_telling_suffix"
        Image.new("RGB", (16, 16), (200, 100, 50)).save(path, format_)
        for source in (path, str(path)):
            seen = read_image(source).astype(int)
            assert seen.shape == (16, 16, 3)
            assert np.abs(seen - (200, 100, 50)).max() <= 6

    def test_the_usual_formats_are_listed(self):
        assert {"JPEG", "PNG", "GIF", "BMP", "TIFF"} <= set(image_formats())

    def test_pillow_images_and_arrays_are_taken(self):
        np.testing.assert_array_equal(read_image(Image.fromarray(CORNERS)), CORNERS)
        np.testing.assert_array_equal(read_image(CORNERS), CORNERS)
        grey = CORNERS[:, :, 0]
        np.testing.assert_array_equal(read_image(grey), np.stack([grey] * 3, axis=2))
        np.testing.assert_array_equal(read_image(grey[:, :, np.newaxis]), np.stack([grey] * 3, axis=2))
        clear = np.zeros((2, 2, 4), np.uint8)
        assert (read_image(clear) == 255).all()

    def test_what_is_read_does_not_follow_the_array_it_came_from(self):
        image = CORNERS.copy()
        seen = read_image(image)
        image[:] = 0
        np.testing.assert_array_equal(seen, CORNERS)

    @pytest.mark.parametrize(
        "array", [np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8), np.zeros((0, 4), np.uint8)]
    )
    def test_another_array_is_refused_with_those_wanted(self, array):
        with pytest.raises(BadInput, match="wanted a uint8 array"):
            read_image(array)

    @pytest.mark.parametrize("content", [b"", b"just text, no picture", b"%PDF-1.4", b"\x80\x04K\x01."])
    def test_a_file_that_is_no_image_is_refused_with_what_was_wanted(self, content, tmp_path):
        path = tmp_path / "photo.jpg"
        path.write_bytes(content)
        with pytest.raises(BadInput, match=r"photo.jpg: not an image; wanted one of JPEG, PNG"):
            read_image(path)

    def test_a_format_off_the_list_is_refused(self, tmp_path):
        path = tmp_path / "photo.ppm"
        Image.new("RGB", (4, 4)).save(path)
        with pytest.raises(BadInput, match="not an image; wanted one of"):
            read_image(path)

    def test_a_path_that_leads_nowhere_says_so(self, tmp_path):
        with pytest.raises(BadInput, match=r"absent.png: cannot be read \(No such file"):
            read_image(tmp_path / "absent.png")
        with pytest.raises(BadInput, match=r"cannot be read \(Is a directory"):
            read_image(tmp_path)

    def test_a_picture_too_large_to_be_honest_is_refused(self, tmp_path):
        header = struct.pack(">IIBBBBB", 60000, 60000, 8, 2, 0, 0, 0)
        chunk = b"IHDR" + header
        file = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
        path = tmp_path / "bomb.png"
        path.write_bytes(file)
        with pytest.raises(BadInput, match=r"bomb.png: (too large an image|cannot be read|not an image)"):
            read_image(path)
