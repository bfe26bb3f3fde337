"""The same atlas however it was made; and what can go wrong."""

import dataclasses
import errno
import shutil
import threading

import numpy as np
import pytest

from cnn_core.atlas import (
    CutPictures,
    FolderPhotos,
    Made,
    find_atlases,
    in_threads,
    jobs,
    make_atlas,
    open_atlas,
    survey,
    weights_digest,
    work,
)
from cnn_core.atlas.histograms import Histograms, bins_of
from cnn_core.atlas.jobs import make_job
from cnn_core.atlas.shards import Surveyor
from cnn_core.errors import BadAtlas, BadDataset, DiskFull, GraphError
from cnn_core.graph import Graph, Node
from cnn_core.layers import Conv2d, Input, ReLU
from cnn_core.models.base import Model
from cnn_core.preprocess import InputSpec


def _backwards(job, numbers):
    surveyor = Surveyor(job)
    for number in reversed(numbers):
        yield Made(surveyor.survey(number))
    surveyor.close()


def test_the_order_of_the_shards_changes_no_bit(small_model, photos, atlas, tmp_path):
    other = make_atlas(small_model, photos, tmp_path, _backwards)
    assert other.id == atlas.id  # the name is the digest of every file


def test_a_survey_goes_on_where_it_was_stopped(small_model, photos, atlas, tmp_path):
    made = []

    def counted(job, numbers):
        for number in numbers:
            made.append(number)
            yield from _backwards(job, [number])

    run = survey(small_model, photos, tmp_path, counted)
    for progress in run:
        if progress.photos >= 16:
            break
    run.close()
    assert make_atlas(small_model, photos, tmp_path, counted).id == atlas.id
    assert sorted(made) == sorted(set(made)) == list(range(make_job(small_model, photos).shards))
    assert not list(tmp_path.glob(".*"))  # nothing is left of the shards


def test_progress_counts_photos(small_model, photos, tmp_path):
    seen = [p.photos for p in survey(small_model, photos, tmp_path) if p.step == "surveying"]
    assert seen == [0, 8, 16, 24, 29]


def test_unreadable_files_are_named_counted_and_left_out(atlas):
    assert atlas.photos == 27
    assert atlas.manifest["skipped"] == 2
    named = atlas.manifest["skipped_named"]
    assert [line.split(":")[0] for line in named] == ["bus/notes.txt", "cat/cut.png"]
    assert "not an image" in named[0]


def test_a_zip_and_its_folder_make_the_same_numbers(small_model, folder, atlas, tmp_path):
    packed = shutil.make_archive(str(tmp_path / "photos"), "zip", folder)
    other = make_atlas(small_model, FolderPhotos.at(packed), tmp_path / "out")
    assert other.manifest["files"] == atlas.manifest["files"]


def test_a_flat_folder_has_no_classes(small_model, folder, tmp_path):
    flat = tmp_path / "flat"
    shutil.copytree(folder / "cat", flat)
    atlas = make_atlas(small_model, FolderPhotos.at(flat), tmp_path / "out")
    assert atlas.classes == ()
    assert atlas.card("output", 0).best_class is None
    assert atlas.card("output", 0).class_means == ()


def test_folders_without_images_are_refused(small_model, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadDataset, match="no file in it"):
        FolderPhotos.at(tmp_path / "empty")
    with pytest.raises(BadDataset, match="no such file or folder"):
        FolderPhotos.at(tmp_path / "gone")
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("a")
    with pytest.raises(BadDataset, match=r"none of 1 files.*a\.txt: not an image"):
        make_atlas(small_model, FolderPhotos.at(tmp_path / "texts"), tmp_path)


def test_an_atlas_of_other_weights_is_refused_with_both_names(small_model, atlas):
    parameters = {**small_model.parameters, "output.bias": small_model.parameters["output.bias"] + 1}
    other = dataclasses.replace(small_model, name="taller", title="Taller", parameters=parameters)
    with pytest.raises(BadAtlas, match=r"is of Small \(small.*not of Taller \(taller"):
        open_atlas(atlas.folder, other)
    assert open_atlas(atlas.folder, small_model).id == atlas.id


def test_atlases_are_found_by_weights(small_model, atlas):
    found = find_atlases(atlas.folder.parent, weights_digest(small_model))
    assert [each.id for each in found] == [atlas.id]
    assert find_atlases(atlas.folder.parent, "0" * 32) == []


def test_a_damaged_atlas_is_refused(atlas, tmp_path):
    broken = tmp_path / atlas.id
    shutil.copytree(atlas.folder, broken)
    (broken / "peaks.npy").unlink()
    with pytest.raises(BadAtlas, match=r"peaks\.npy is missing"):
        open_atlas(broken)
    (broken / "manifest.json").write_text("{")
    with pytest.raises(BadAtlas, match="manifest is missing or damaged"):
        open_atlas(broken)


def test_unknown_layers_and_channels_are_named(atlas):
    with pytest.raises(BadAtlas, match=r"no layer 'stem_conv'; it has stem_relu"):
        atlas.card("stem_conv", 0)
    with pytest.raises(BadAtlas, match=r"channels 0\.\.5, got 6"):
        atlas.card("stem_relu", 6)


def test_a_full_disk_stops_before_the_work_and_says_what_is_missing(
    small_model, photos, tmp_path, monkeypatch
):
    monkeypatch.setattr(work.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(DiskFull, match=r"about \d+ MB more are needed in"):
        make_atlas(small_model, photos, tmp_path)


def test_a_disk_that_fills_up_keeps_what_is_done(small_model, photos, atlas, tmp_path, monkeypatch):
    replace, calls = work.os.replace, []

    def full(source, target):
        calls.append(target)
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        replace(source, target)

    monkeypatch.setattr(work.os, "replace", full)
    with pytest.raises(DiskFull, match="what is done stays done"):
        make_atlas(small_model, photos, tmp_path)
    calls.clear()
    monkeypatch.undo()
    first = next(iter(survey(small_model, photos, tmp_path)))
    assert first.photos == 16


def test_histograms_add_up_in_any_order():
    rng = np.random.default_rng(3)
    parts = [rng.normal(0, 10.0**k, (50, 4)).astype(np.float32) for k in range(-3, 3)]
    whole = Histograms.empty(4)
    for order in (range(6), (3, 0, 5, 1, 4, 2)):
        merged = Histograms.empty(4)
        for k in order:
            one = Histograms.empty(4)
            factors = one.widen(slice(0, 4), np.abs(parts[k]).max(axis=0))
            places = np.empty(parts[k].shape, np.uint8)
            bins_of(parts[k] * factors, places, signed=True)
            one.count(slice(0, 4), places, np.arange(4), signed=True)
            merged.add(one)
        if order == range(6):
            whole = merged
    assert np.array_equal(whole.counts, merged.counts)
    assert np.array_equal(whole.exponents, merged.exponents)
    values = np.concatenate(parts)
    for channel in range(4):
        edges = (np.arange(65) - 32) * 2.0 ** whole.exponents[channel]
        assert np.array_equal(np.histogram(values[:, channel], edges)[0], whole.counts[channel])


def wide(channels):
    graph = Graph(
        [
            Node("input", Input(shape=(3, 4, 4))),
            Node("wide", Conv2d(in_channels=3, out_channels=channels, kernel_size=(1, 1)), ("input",)),
            Node("relu", ReLU(), ("wide",)),
        ]
    )
    return Model("wide", "Wide", graph, {}, (), InputSpec(3, 4, 4), _no_card())


def test_very_many_channels(tmp_path):
    model = wide(1000)
    model = dataclasses.replace(model, parameters=model.graph.init(np.random.default_rng(1)))
    photos = CutPictures((np.arange(192, dtype=np.uint8).reshape(8, 8, 3),), ("ramp",), 4)
    atlas = make_atlas(model, photos, tmp_path)
    assert atlas.layers["relu"].channels == 1000
    assert atlas.card("relu", 999).low


def test_more_channels_than_an_atlas_holds_are_refused_with_both_numbers(photos):
    with pytest.raises(GraphError, match=r"at most 262,144 channels, Wide has 300,000 in 1 layers"):
        make_job(wide(300_000), photos)


def test_of_very_many_photos_only_some_values_are_kept_one_by_one(small_model, photos):
    million = dataclasses.replace(photos, names=("",) * 10**6, labels=(-1,) * 10**6)
    assert make_job(small_model, photos).keep_every == 1
    assert 10**6 / make_job(small_model, million).keep_every <= 2**16


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_make_the_same_bits_and_are_told_of(small_model, photos, atlas, tmp_path, threads):
    told = []
    other = make_atlas(small_model, photos, tmp_path, in_threads(threads), told.append)
    assert other.id == atlas.id
    last = [progress.workers for progress in told if progress.workers][-1]
    assert [worker.name for worker in last] == [f"thread {i + 1}" for i in range(threads)]
    assert sum(worker.shards for worker in last) == make_job(small_model, photos).shards
    assert all(not worker.now or worker.now.startswith("shard ") for worker in last)


def test_threads_end_with_the_survey(small_model, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_PHOTOS_A_SHARD", 4)
    made, threads, one = [], threading.active_count(), Surveyor.survey
    monkeypatch.setattr(Surveyor, "survey", lambda self, number: made.append(number) or one(self, number))
    run = survey(small_model, photos, tmp_path, in_threads(2))
    assert [next(run).photos for _ in range(2)] == [0, 4]
    run.close()
    assert threading.active_count() == threads
    assert len(made) < make_job(small_model, photos).shards == 8


def test_what_a_thread_fails_at_is_told(small_model, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(Surveyor, "survey", lambda self, number: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_atlas(small_model, photos, tmp_path, in_threads(2))


def _no_card():
    from cnn_core.models.base import Card

    return Card("", "", "", "", "", 0, 0)
