"""Networks whose weights lie in files of their own."""

import io
import zipfile

import numpy as np
import pytest
from onnx import TensorProto, numpy_helper

from cnn_core.errors import BadModelFile, ModelLimit
from cnn_core.onnx_import import Limits, import_model
from cnn_core.onnx_import.gathering import as_one_file, from_folder
from tests.core.onnx_import.files import classifier

LIMITS = Limits()


def apart(place="weights.data", made=None):
    """A network, and the numbers of its weights in another file."""
    made, data = classifier() if made is None else made, b""
    for tensor in made.graph.initializer:
        values = numpy_helper.to_array(tensor).tobytes()
        told = {"location": place, "offset": str(len(data)), "length": str(len(values))}
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in told.items():
            tensor.external_data.add(key=key, value=value)
        data += values
    return made.SerializeToString(), data


def archive(**files):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name.replace("__", "/").replace("_", "."), data)
    return made.getvalue()


def check(data):
    theirs = import_model(classifier().SerializeToString())
    ours = import_model(data)
    assert ours.graph.to_config() == theirs.graph.to_config()
    for name, value in theirs.parameters.items():
        assert np.array_equal(ours.parameters[name], value), name


def test_weights_that_came_beside_the_file():
    network, weights = apart()
    check(as_one_file(network, LIMITS, {"weights.data": weights}))


def test_a_browser_tells_no_folders():
    network, weights = apart("parts/weights.data")
    check(as_one_file(network, LIMITS, {"weights.data": weights}))


def test_weights_in_a_zip_archive():
    network, weights = apart()
    check(as_one_file(archive(net__my_onnx=network, net__weights_data=weights), LIMITS))
    check(as_one_file(archive(my_onnx=classifier().SerializeToString()), LIMITS))


def test_weights_in_a_folder(tmp_path):
    network, weights = apart()
    (tmp_path / "my.onnx").write_bytes(network)
    (tmp_path / "weights.data").write_bytes(weights)
    check(from_folder(tmp_path, LIMITS))
    check(from_folder(tmp_path / "my.onnx", LIMITS))


@pytest.mark.parametrize("place", ["../weights.data", "/etc/passwd", "a/../../b", "C:\\b", "..\\b", "", ".."])
def test_a_place_elsewhere_is_refused(tmp_path, place):
    network, weights = apart(place)
    (tmp_path.parent / "weights.data").write_bytes(weights)
    (tmp_path / "my.onnx").write_bytes(network)
    with pytest.raises(BadModelFile, match="only lie beside it"):
        from_folder(tmp_path, LIMITS)
    with pytest.raises(BadModelFile, match="only lie beside it"):
        as_one_file(network, LIMITS, {place: weights})


def test_a_link_that_leads_elsewhere_is_refused(tmp_path):
    network, weights = apart()
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "my.onnx").write_bytes(network)
    (tmp_path / "secret").write_bytes(weights)
    (folder / "weights.data").symlink_to(tmp_path / "secret")
    with pytest.raises(BadModelFile, match="only lie beside it"):
        from_folder(folder, LIMITS)


def test_what_is_missing_or_too_short_is_named():
    network, weights = apart()
    with pytest.raises(BadModelFile, match=r"'weights.data', which did not come with it; bring both"):
        as_one_file(network, LIMITS)
    with pytest.raises(BadModelFile, match=r"'weights.data' is too short"):
        as_one_file(network, LIMITS, {"weights.data": weights[:-4]})
    with pytest.raises(BadModelFile, match=r"'weights\.data'"):
        as_one_file(archive(my_onnx=network), LIMITS)
    with pytest.raises(BadModelFile, match=r"wanted one .onnx file in the archive, got 2"):
        as_one_file(archive(a_onnx=network, b_onnx=network), LIMITS)
    with pytest.raises(BadModelFile, match="damaged"):
        as_one_file(archive(my_onnx=network)[:-40], LIMITS)


def test_a_small_archive_that_becomes_large_is_refused():
    with pytest.raises(ModelLimit, match="at most 0 MiB"):
        as_one_file(archive(my_onnx=bytes(100_000)), Limits(max_bytes=10_000))


def test_every_weight_of_one_place_counts():
    network, weights = apart()
    with pytest.raises(ModelLimit):
        as_one_file(network, Limits(max_bytes=len(network) + 100), {"weights.data": weights})


def test_other_archives_stay_as_they_are():
    data = archive(data_pkl=b"x")
    assert as_one_file(data, LIMITS) == data
