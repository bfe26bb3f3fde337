"""An atlas's numbers against the arrays they were taken from."""

import numpy as np
import pytest

from cnn_core.atlas.jobs import make_job
from cnn_core.atlas.looks import boxes_of, looks, summed_area
from cnn_core.atlas.shards import Surveyor
from cnn_core.preprocess import scale_batch
from cnn_core.runtime import compile_plan

LAYERS = ("stem_relu", "sum_relu", "output")


@pytest.fixture(scope="module")
def readable(photos):
    return [i for i, name in enumerate(photos.names) if not name.endswith(("notes.txt", "cut.png"))]


@pytest.fixture(scope="module")
def maps(small_model, photos, readable):
    """Every node's output on every photo, by a plan of its own."""
    reader = photos.open()
    views = np.stack([reader.view(i, small_model.spec) for i in readable])
    reader.close()
    x = scale_batch(views, small_model.spec)
    batch = make_job(small_model, photos).batch
    plan = compile_plan(small_model.graph, small_model.parameters, (batch, *x.shape[1:]), threads=1)
    outputs = {node.name: [] for node in small_model.graph}
    for first in range(0, len(x), batch):
        part = np.zeros((batch, *x.shape[1:]), np.float32)
        part[: len(x[first : first + batch])] = x[first : first + batch]
        for record in plan.records(part):
            outputs[record.node.name].append(np.array(record.output[: len(x) - first]))
    return {name: np.concatenate(parts) for name, parts in outputs.items()}


def _flat(maps, node):
    return maps[node].reshape(*maps[node].shape[:2], -1)


def test_layers_with_a_card_are_activations_and_scores(atlas):
    assert tuple(atlas.layers) == LAYERS
    assert atlas.layers["sum_relu"].before == "sum"


@pytest.mark.parametrize("node", LAYERS)
def test_patches_are_the_strongest_values_and_lie_where_the_map_has_them(atlas, maps, readable, node):
    values = _flat(maps, node)
    for channel in range(values.shape[1]):
        card = atlas.card(node, channel)
        peaks = values[:, channel].max(axis=1)
        assert len({patch.photo for patch in card.top}) == len(card.top)
        assert (card.top[0].value if card.top else 0) == peaks.max()
        for patch in card.top:
            row = readable.index(patch.photo)
            assert maps[node].reshape(*maps[node].shape[:2], *_sides(atlas, node))[
                row, channel, patch.y, patch.x
            ] == pytest.approx(patch.value, abs=0)
            assert patch.value == peaks[row]
        assert [p.value for p in card.top] == sorted((p.value for p in card.top), reverse=True)


def _sides(atlas, node):
    return atlas.layers[node].height, atlas.layers[node].width


@pytest.mark.parametrize("node", LAYERS)
def test_sums_and_shares_are_those_of_all_values(atlas, maps, node):
    values = _flat(maps, node)
    for channel in range(values.shape[1]):
        card, own = atlas.card(node, channel), values[:, channel]
        assert card.mean == pytest.approx(own.mean(dtype=np.float64), rel=1e-6, abs=1e-9)
        assert card.zeros == np.count_nonzero(own == 0) / own.size
        assert card.on == np.count_nonzero(own.max(axis=1) > 0) / len(own)
        wanted, _ = np.histogram(own, bins=np.array(card.edges))
        assert sum(card.counts) == own.size
        assert card.counts == tuple(wanted)


def test_coldest_are_told_before_the_rectifier(atlas, maps, readable):
    before = _flat(maps, "sum").max(axis=2)
    for channel in range(6):
        photo, value = atlas.card("sum_relu", channel).low[0]
        assert value == before[:, channel].min()
        assert readable[int(before[:, channel].argmin())] == photo


def test_class_means_and_separation_are_those_of_the_strongest_values(atlas, maps, photos, readable):
    labels = np.array(photos.labels)[readable]
    peaks = _flat(maps, "stem_relu").max(axis=2)
    for channel in range(6):
        card = atlas.card("stem_relu", channel)
        means = [peaks[labels == c, channel].mean(dtype=np.float64) for c in range(3)]
        assert card.class_means == pytest.approx(means, rel=1e-6)
        assert card.best_class == int(np.argmax(means))
        inside, outside = peaks[labels == card.best_class, channel], peaks[labels != card.best_class, channel]
        above = (inside[:, None] > outside).sum() + 0.5 * (inside[:, None] == outside).sum()
        assert card.separation == pytest.approx(above / (len(inside) * len(outside)), rel=1e-6)


def test_twins_are_the_most_correlated_channels(atlas, maps):
    peaks = _flat(maps, "stem_relu").max(axis=2).astype(np.float64)
    alive = [0, 2, 3, 4, 5]
    wanted = np.full((6, 6), -2.0)
    wanted[np.ix_(alive, alive)] = np.corrcoef(peaks[:, alive].T) - 3 * np.eye(5)
    assert atlas.card("stem_relu", 1).twin is None
    for channel in alive:
        twin = atlas.card("stem_relu", channel).twin
        assert twin.channel == int(wanted[channel].argmax())
        assert twin.correlation == pytest.approx(wanted[channel].max(), rel=1e-5)


def test_a_channel_that_is_always_zero_is_dead(atlas):
    stem = atlas.layers["stem_relu"]
    assert atlas.dead(stem).tolist() == [False, True, False, False, False, False]
    assert atlas.card("stem_relu", 1).top == ()
    assert not atlas.rare(stem)[1]


def test_rank_is_the_share_of_photos_below(atlas, maps):
    peaks = _flat(maps, "sum_relu").max(axis=2)[:, 2]
    value = float(np.median(peaks)) + 1e-4
    assert atlas.rank("sum_relu", 2, value) == np.count_nonzero(peaks < value) / len(peaks)


def test_names_and_accuracy(atlas, maps, photos, readable):
    labels = np.array(photos.labels)[readable]
    assert atlas.classes == ("apple", "bus", "cat")
    assert atlas.manifest["right"] == np.count_nonzero(maps["softmax"].argmax(axis=1) == labels)
    photo = atlas.card("output", 1).top[0].photo
    assert atlas.name_of(photo) == photos.names[photo]
    assert atlas.label_of(photo) == photos.labels[photo]


def test_pictures_are_what_the_network_got(atlas, small_model, photos):
    photo = atlas.card("stem_relu", 0).top[0].photo
    reader = photos.open()
    wanted = reader.view(photo, small_model.spec)
    reader.close()
    assert np.array_equal(atlas.picture(photo), wanted)


def test_a_look_is_that_of_its_own_photo_and_place(small_model, photos):
    job = make_job(small_model, photos)
    surveyor, reader = Surveyor(job), photos.open()
    found = surveyor.survey(1).arrays
    for layer in job.layers:
        for rank in (0, 3, 5):
            photo, place, look = (
                found[f"top_{name}"][layer.first, rank] for name in ("photo", "place", "look")
            )
            sums = summed_area(reader.view(int(photo), small_model.spec)[np.newaxis])
            wanted = looks(sums, np.zeros(1, np.int64), boxes_of(layer, place[np.newaxis]))
            assert np.array_equal(look, wanted[0])
    surveyor.close()
    reader.close()


def test_of_two_photos_nearly_the_same_one_is_shown(atlas, photos):
    doubles = {photos.names.index("cat/7.png"), photos.names.index("cat/8.png")}
    shown = [
        {patch.photo for patch in atlas.card(layer.node, channel).top}
        for layer in atlas.layers.values()
        for channel in range(layer.channels)
    ]
    assert any(found & doubles for found in shown)
    assert not any(doubles <= found for found in shown)


def test_sources_are_weights_times_mean_activity(atlas, small_model):
    kernel = small_model.parameters["branch_conv.weight"]
    scale = small_model.parameters["branch_norm.weight"] / np.sqrt(
        small_model.parameters["branch_norm.running_var"] + 1e-5
    )
    mean = [atlas.card("stem_relu", s).mean for s in range(6)]
    target = 3
    # the way through the convolution and the shortcut, which hands channel 3 on as it is
    signs = np.where(kernel[target].sum(axis=(1, 2)) < 0, -1, 1)
    weights = np.abs(kernel[target]).sum(axis=(1, 2)) * signs * scale[target]
    weights[target] += 1
    strengths = [(value, s) for s, value in enumerate(weights * mean) if s != 1]  # 1 is dead
    wanted = sorted(strengths, key=lambda row: -abs(row[0]))
    found = atlas.card("sum_relu", target).sources
    assert [(p.node, p.channel) for p in found] == [("stem_relu", s) for _, s in wanted]
    assert [p.strength for p in found] == pytest.approx([v for v, _ in wanted], rel=1e-4)
    strongest = found[0]
    back = atlas.card("stem_relu", strongest.channel).targets
    assert (strongest.strength, "sum_relu", target) in [
        (pytest.approx(p.strength), p.node, p.channel) for p in back
    ]
