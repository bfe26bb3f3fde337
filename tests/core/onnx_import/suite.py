"""The standard suite of the onnx package: what of it is run, and what is not, by name and reason."""

import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, numpy_helper
from onnx.backend.test.loader import load_model_tests

# fmt: off
LISTED = (
    "Abs", "Acos", "Acosh", "Add", "And", "ArgMax", "ArgMin", "Asin", "Asinh", "Atan", "Atanh",
    "AveragePool", "BatchNormalization", "Cast", "Ceil", "Celu", "Clip", "Compress", "Concat",
    "Constant", "ConstantOfShape", "Conv", "ConvTranspose", "Cos", "Cosh", "CumSum", "DepthToSpace",
    "Div", "Dropout", "Einsum", "Elu", "Equal", "Erf", "Exp", "Expand", "Flatten", "Floor", "Gather",
    "GatherElements", "GatherND", "Gelu", "Gemm", "GlobalAveragePool", "GlobalLpPool", "GlobalMaxPool",
    "Greater", "GreaterOrEqual", "GroupNormalization", "HardSigmoid", "HardSwish", "Identity",
    "InstanceNormalization", "LRN", "LayerNormalization", "LeakyRelu", "Less", "LessOrEqual", "Log",
    "LogSoftmax", "LpNormalization", "LpPool", "MatMul", "Max", "MaxPool", "Mean",
    "MeanVarianceNormalization", "Min", "Mish", "Mul", "Neg", "Not", "Or", "PRelu", "Pad", "Pow",
    "RMSNormalization", "Range", "Reciprocal", "ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp",
    "ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceSum", "ReduceSumSquare", "Relu",
    "Reshape", "Resize", "ReverseSequence", "Round", "Scatter", "ScatterElements", "ScatterND", "Selu",
    "Shape", "Shrink", "Sigmoid", "Sign", "Sin", "Sinh", "Size", "Slice", "Softmax", "Softplus",
    "Softsign", "SpaceToDepth", "Split", "Sqrt", "Squeeze", "Sub", "Sum", "Swish", "Tan", "Tanh",
    "ThresholdedRelu", "Tile", "TopK", "Transpose", "Unsqueeze", "Upsample", "Where", "Xor",
)
# fmt: on

SKIPPED = {
    r"test_(averagepool|maxpool|convtranspose|lppool)_3d.*": "maps of three sides",
    r"test_(AvgPool|MaxPool|Conv)3d.*": "maps of three sides",
    r"test_batchnorm_.*_training_mode": "training: normalized by the batch",
    r"test_training_dropout(?!_zero_ratio$).*": "training: drawn at random",
    r"test_(celu|compress|reversesequence)_bfloat16": "8 bits of precision",
    r"test_scatter(nd|_elements)_.*(add|mul|multiply|max|min|duplicate).*": "several values to one place",
    r"test_dropout_default_mask.*": "a second output, the mask",
    r"test_maxpool_with_argmax.*": "a second output, the places of maxima",
    r"test_(cast|castlike)(_no_saturate|_e8m0)?_FLOAT(16)?_to_(FLOAT[48]|U?INT[248]).*": "8 bits and fewer",
    r"test_maxpool_2d_uint8": "integers",
    r"test_identity_(sequence|opt)": "no tensor",
    r"test_matmul_(bcast|1d_3d)": "several batches of matrices, one side repeated",
    r"test_reduce_(\w+)_empty_set(_non_reduced_axis_zero)?": "no values",
    r"test_split_zero_size.*": "no values",
    r"test_reshape_allowzero.*": "no values",
    r"test_slice_start_out_of_bounds": "no values",
    r"test_resize_downsample_scales_(linear|cubic)_align_corners": "corners of a size that is no whole "
    "number: here as in PyTorch and ONNX Runtime",
    r"test_einsum_(transpose|sum|batch_diagonal|inner_prod|scalar)": "no product of two matrices",
    r"test_einsum_.*_bfloat16": "8 bits of precision",
    r"test_PReLU_[123]d_multiparam": "operator set 6: slopes are those of channels",
    r"test_operator_add(_broadcast|_size1_(right|singleton)_broadcast|constant)": "beyond single precision",
}
"""A pattern of names, and why these are not run."""


@dataclass(frozen=True)
class Case:
    """One test: a model, and inputs with the outputs they must give."""

    name: str
    model: ModelProto
    data: list[tuple[list[Any], list[Any]]]
    rtol: float
    atol: float

    @property
    def operators(self) -> set[str]:
        """Which operators it holds; those of other domains with their name."""
        return {f"{node.domain}{node.op_type}" for node in self.model.graph.node}

    @property
    def opset(self) -> int:
        """The operator set of the model."""
        return next((entry.version for entry in self.model.opset_import if not entry.domain), 1)

    @property
    def reason(self) -> str | None:
        """Why it is not run."""
        return next((why for pattern, why in SKIPPED.items() if re.fullmatch(pattern, self.name)), None)


def load(kind: str) -> list[Case]:
    """All tests of a kind: ``node``, ``pytorch-converted``, ``pytorch-operator``."""
    with warnings.catch_warnings():
        # the suite overflows on purpose
        warnings.simplefilter("ignore")
        found = load_model_tests(kind=kind)
    return [_case(test) for test in found]


def _case(test: Any) -> Case:
    if test.model is not None:
        data = [(_arrays(inputs), _arrays(outputs)) for inputs, outputs in test.data_sets]
        if test.name.startswith("test_layer_normalization"):
            # mean and deviation, which nothing reads, are not computed here
            del test.model.graph.output[1:]
            data = [(inputs, outputs[:1]) for inputs, outputs in data]
        return Case(test.name, test.model, data, test.rtol, test.atol)
    folder = Path(test.model_dir)
    data = [(_read(each, "input"), _read(each, "output")) for each in sorted(folder.glob("test_data_set_*"))]
    return Case(test.name, onnx.load(folder / "model.onnx"), data, test.rtol, test.atol)


def _arrays(values: Iterable[Any]) -> list[Any]:
    """Tensors and numbers as arrays; what is neither as it is."""
    return [_array(value) for value in values]


def _array(value: Any) -> Any:
    if isinstance(value, TensorProto):
        return numpy_helper.to_array(value)
    return np.asarray(value) if isinstance(value, np.generic) else value


def _read(folder: Path, what: str) -> list[np.ndarray]:
    paths = sorted(folder.glob(f"{what}_*.pb"), key=lambda path: int(path.stem.rpartition("_")[2]))
    return [numpy_helper.to_array(TensorProto.FromString(path.read_bytes())) for path in paths]
