"""The picture made for a channel: its derivatives, its value, and what it has to reach."""

import numpy as np
import pytest

from cnn_core import load_model, trace
from cnn_core.atlas import CutPictures, make_atlas
from cnn_core.errors import GraphError, ShapeError
from cnn_core.preprocess import read_image, scale_batch
from cnn_core.runtime import compile_plan
from cnn_core.visualise import target_of, visualise
from cnn_core.visualise.canvas import PixelCanvas, SpectrumCanvas
from cnn_core.visualise.warps import random_warp


@pytest.fixture(scope="module")
def tiny():
    return load_model("tiny_vgg")


def _last(model, node, channel, **options):
    *_, last = visualise(model.graph, model.parameters, model.spec, node, channel, **options)
    return last


@pytest.mark.parametrize("side", [7, 8])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_spectrums_gradient_is_that_of_its_picture(channels, side):
    rng = np.random.default_rng(1)
    canvas = SpectrumCanvas(channels, side)
    parameters = canvas.start(2, rng)
    upstream = rng.normal(size=(2, channels, side, side)).astype(np.float32)
    direction = rng.normal(size=parameters.shape).astype(np.float32)
    found = float((canvas.pull_back(parameters, upstream) * direction).sum(dtype=np.float64))
    step = np.float32(1e-3)
    ahead, behind = (canvas.picture(parameters + s * direction).astype(np.float64) for s in (step, -step))
    wanted = float((upstream * (ahead - behind)).sum() / (2 * step))
    assert found == pytest.approx(wanted, rel=2e-3)


def test_a_warp_and_its_adjoint_fit():
    rng = np.random.default_rng(2)
    warp = random_warp(9, rng)
    x, y = rng.normal(size=(2, 2, 3, 9, 9))
    assert (warp.apply(x) * y).sum() == pytest.approx((x * warp.pull_back(y)).sum())
    even = np.full((1, 1, 9, 9), 0.3)
    assert np.allclose(warp.apply(even), even)


def test_for_one_convolution_the_picture_is_the_best_there_is(tiny):
    kernel, bias = (tiny.parameters[f"conv_1_1.{key}"] for key in ("weight", "bias"))
    mean, std = (np.asarray(v)[:, None, None] for v in (tiny.spec.mean, tiny.spec.std))
    for channel in (0, 7):
        slope = kernel[channel].astype(np.float64) / std
        best = np.maximum(slope, 0).sum() - (slope * mean).sum() + bias[channel]
        assert _last(tiny, "relu_1_1", channel).value == pytest.approx(best, rel=1e-4)


def test_the_value_is_the_real_networks_where_the_field_lies_in_the_photo(tiny):
    last = _last(tiny, "relu_2_1", 4)
    target = target_of(tiny.graph, tiny.parameters, "relu_2_1", 4)
    assert target.side < 64
    assert last.picture.shape == (target.side, target.side, 3)
    photo = np.full((64, 64, 3), 90, np.uint8)
    photo[8 : 8 + target.side, 8 : 8 + target.side] = last.picture
    x = scale_batch(photo[np.newaxis], tiny.spec)
    records = compile_plan(tiny.graph, tiny.parameters, x.shape).records(x)
    output = next(record.output for record in records if record.node.name == "conv_2_1")
    _, y, x_place = target.index
    value = float(output[0, 4, y + 8 // 2, x_place + 8 // 2])
    assert last.value == pytest.approx(value, rel=1e-5)


def test_a_seed_makes_the_same_picture_and_another_another(tiny):
    one, again, other = (_last(tiny, "relu_1_2", 2, seed=seed, steps=20) for seed in (3, 3, 4))
    assert np.array_equal(one.picture, again.picture)
    assert one.value == again.value
    assert not np.array_equal(one.picture, other.picture)


def test_it_forms_step_by_step(tiny):
    seen = list(visualise(tiny.graph, tiny.parameters, tiny.spec, "relu_2_1", 1, steps=40))
    assert [f.step for f in seen] == [12, 20, 28, 36, 40]
    assert [f.done for f in seen] == [False] * 4 + [True]
    assert seen[-1].value > seen[0].value


def test_it_goes_on_unmoved_where_the_best_photo_was_not_reached(tiny):
    last = _last(tiny, "relu_2_1", 1, steps=14, goal=1e9)
    assert not last.robust
    assert last.step == 14 + 64
    assert _last(tiny, "relu_2_1", 1, steps=14, goal=-1e9).robust


def test_it_beats_the_best_photo(tiny, tmp_path):
    import skimage

    files = ("coffee.png", "chelsea.png", "astronaut.png", "rocket.jpg")
    pictures = tuple(read_image(f"{skimage.__path__[0]}/data/{name}") for name in files)
    atlas = make_atlas(tiny, CutPictures(pictures, files, 8), tmp_path)
    for node, channel in (("relu_1_2", 6), ("relu_2_1", 3), ("output", 2)):
        best = max((patch.value for patch in atlas.card(node, channel).top), default=0)
        assert _last(tiny, node, channel, goal=best).value >= best


def test_another_network_recognises_the_picture_of_a_class():
    maker, judge = load_model("resnet"), load_model("vgg")
    picture = _last(maker, "output", maker.labels.index("monarch_butterfly"), steps=14).picture
    answer = trace(judge, picture)[judge.graph.output].output
    assert judge.labels[int(answer.argmax())] == "monarch_butterfly"


def test_what_cannot_be_excited_is_refused_by_name(tiny):
    with pytest.raises(ShapeError, match=r"node 'relu_1_1': channel must be 0\.\.9, got 10"):
        _last(tiny, "relu_1_1", 10)
    with pytest.raises(GraphError, match="wanted a layer of a network of one input, got 'input'"):
        _last(tiny, "input", 0)
    with pytest.raises(GraphError, match="no node 'nothing'"):
        _last(tiny, "nothing", 0)


def test_pixels_stay_between_black_and_white():
    canvas = PixelCanvas(3, 4)
    assert canvas.keep(np.array([-1.0, 0.5, 2.0])).tolist() == [0, 0.5, 1]
