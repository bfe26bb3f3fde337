"""Files that are no ONNX models: what they are, and the line that makes one of them."""

from __future__ import annotations

from cnn_core.errors import BadModelFile

__all__ = ["check_format"]

TO_ONNX = 'torch.onnx.export(model.eval(), torch.zeros(1, 3, 224, 224), "model.onnx", external_data=False)'
FROM_PT2 = 'torch.onnx.export(torch.export.load("model.pt2"), f="model.onnx", external_data=False)'
FROM_SCRIPT = (
    'torch.onnx.export(torch.jit.load("model.pt").eval(), torch.zeros(1, 3, 224, 224), "model.onnx", '
    "dynamo=False)"
)
FROM_KERAS = 'keras.saving.load_model("model.keras").export("model.onnx", format="onnx")'
FROM_TFLITE = "python -m tf2onnx.convert --tflite model.tflite --output model.onnx"
FROM_SAVED_MODEL = "python -m tf2onnx.convert --saved-model . --output model.onnx"
AGAIN = f"nothing converts it back, so export the network where it was made: {TO_ONNX}"

_ZIP = b"PK\x03\x04"

_ARCHIVES: tuple[tuple[tuple[bytes, ...], str], ...] = (
    ((b"models/model.json",), f"an exported program of PyTorch; load and convert it: {FROM_PT2}"),
    ((b"serialized_exported_program.json",), f"an exported program of PyTorch; convert it: {FROM_PT2}"),
    ((b"constants.pkl", b"/code/"), f"TorchScript; convert it: {FROM_SCRIPT}"),
    ((b"metadata.json", b"config.json", b".weights.h5"), f"a Keras file; convert it: {FROM_KERAS}"),
    ((b"com.apple.CoreML",), f"a Core ML package; {AGAIN}"),
    ((b"saved_model.pb",), f"a TensorFlow SavedModel; unpack and convert it: {FROM_SAVED_MODEL}"),
)
"""Names that all stand in an archive, and what it then is."""

_PYTORCH = (b"data.pkl", b"constants.pkl", b"serialization_id")
"""Names of which any stands in the archives of weights that PyTorch writes."""

_MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ORTM", "the ORT format of one runtime; take the .onnx file that it was converted from"),
    (0, _ZIP, "a zip archive: unpack it and take the .onnx file inside"),
    (0, b"\x1f\x8b", "compressed with gzip: unpack it first"),
    (0, b"7z\xbc\xaf", "a 7z archive: unpack it first"),
    (0, b"\x89HDF", f"HDF5, as Keras writes it; convert it: {FROM_KERAS}"),
    (4, b"TFL3", f"TensorFlow Lite; convert it: {FROM_TFLITE}"),
    (8, b'{"', f"safetensors: weights without a network; load them in PyTorch, then {TO_ONNX}"),
    (0, b"version https://git-lfs", "a pointer of Git LFS: fetch the file itself with git lfs pull"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, b"<", "a web page or XML"),
)
"""Where a file begins in a way of its own, and what it then is."""


def check_format(data: bytes) -> None:
    """Refuse what is known to be something else than ONNX.

    Raises:
        BadModelFile: it is; the message says what, and how to make ONNX of it.
    """
    if not data:
        raise BadModelFile("ONNX file: it is empty")
    if data.startswith(_ZIP):
        _check_archive(data)
    # a pickle begins with its protocol
    if data[0] == 0x80 and len(data) > 1 and data[1] <= 5:
        raise BadModelFile(_PICKLED)
    for offset, magic, what in _MAGIC:
        if data.startswith(magic, offset):
            raise BadModelFile(f"ONNX file: this is no ONNX model but {what}")
    if b"com.github.apple.coremltools" in data[: 1 << 20]:
        raise BadModelFile(f"ONNX file: this is no ONNX model but Core ML; {AGAIN}")


_PICKLED = (
    "ONNX file: this is a PyTorch file, and nothing is unpickled here, because a pickle can run any "
    f"program; write it as ONNX where it was made, {TO_ONNX}, "
    "or look at it from there, convscope.explore(model, torch.zeros(1, 3, 224, 224))"
)


def _check_archive(data: bytes) -> None:
    for names, what in _ARCHIVES:
        if all(name in data for name in names):
            raise BadModelFile(f"ONNX file: this is no ONNX model but {what}")
    if any(name in data for name in _PYTORCH):
        raise BadModelFile(_PICKLED)
