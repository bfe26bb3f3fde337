"""What a network does when its image moves: equivariance of its maps, invariance of its answer."""

from cnn_core.equivariance.comparison import Comparison, LayerComparison
from cnn_core.equivariance.curves import CurvePoint, error_curve
from cnn_core.equivariance.dense_contrast import DenseContrast, dense_contrast, random_dense
from cnn_core.equivariance.geometry import Fill
from cnn_core.equivariance.invariance import (
    FlipRow,
    ProbabilityPoint,
    class_probabilities,
    consistency,
    flip_rate,
    flip_rows,
    probability_curve,
    top_classes,
)
from cnn_core.equivariance.lab import Baseline, Lab, equivariance
from cnn_core.equivariance.liveliest import liveliest_channel
from cnn_core.equivariance.shifts import FILLS, shift_image, shift_maps
from cnn_core.equivariance.survey import Flips, LayerError, ShiftSurvey
from cnn_core.equivariance.variants import BORDERS, POOLINGS, Border, Pooling

__all__ = [
    "BORDERS",
    "FILLS",
    "POOLINGS",
    "Baseline",
    "Border",
    "Comparison",
    "CurvePoint",
    "DenseContrast",
    "Fill",
    "FlipRow",
    "Flips",
    "Lab",
    "LayerComparison",
    "LayerError",
    "Pooling",
    "ProbabilityPoint",
    "ShiftSurvey",
    "class_probabilities",
    "consistency",
    "dense_contrast",
    "equivariance",
    "error_curve",
    "flip_rate",
    "flip_rows",
    "liveliest_channel",
    "probability_curve",
    "random_dense",
    "shift_image",
    "shift_maps",
    "top_classes",
]
