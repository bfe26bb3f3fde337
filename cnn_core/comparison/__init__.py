"""Two subjects held against each other, value by value or by what they tell apart; noise; untrained twins."""

from cnn_core.comparison.correspondence import Pair, corresponding, unmatched
from cnn_core.comparison.difference import Difference, difference
from cnn_core.comparison.layers import LayerDifference, NetworkDifference, compare
from cnn_core.comparison.noise import EPSILONS, Attack, Noise, answer_gradient, noisy
from cnn_core.comparison.similarity import LEAST_IMAGES, gram_matrices, linear_cka, similarity_table
from cnn_core.comparison.untrained import untrained

__all__ = [
    "EPSILONS",
    "LEAST_IMAGES",
    "Attack",
    "Difference",
    "LayerDifference",
    "NetworkDifference",
    "Noise",
    "Pair",
    "answer_gradient",
    "compare",
    "corresponding",
    "difference",
    "gram_matrices",
    "linear_cka",
    "noisy",
    "similarity_table",
    "unmatched",
    "untrained",
]
