"""What a network does when its image moves: equivariance of its maps, invariance of its answer."""

from cnn_core.analyses.comparison import Comparison, LayerComparison
from cnn_core.analyses.curves import CurvePoint, error_curve
from cnn_core.analyses.dense_contrast import DenseContrast, dense_contrast, random_dense
from cnn_core.analyses.equivariance import Baseline, Lab, equivariance
from cnn_core.analyses.geometry import Fill
from cnn_core.analyses.invariance import (
    FlipRow,
    ProbabilityPoint,
    class_probabilities,
    consistency,
    flip_rate,
    flip_rows,
    probability_curve,
    top_classes,
)
from cnn_core.analyses.shifts import FILLS, shift_image, shift_maps
from cnn_core.analyses.survey import Flips, LayerError, ShiftSurvey
from cnn_core.analyses.variants import BORDERS, POOLINGS, Border, Pooling

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
    "probability_curve",
    "random_dense",
    "shift_image",
    "shift_maps",
    "top_classes",
]
