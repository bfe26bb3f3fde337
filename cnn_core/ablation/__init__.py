"""What each channel of a layer is worth: muted in turn, on one image or on many that have classes."""

from cnn_core.ablation.activity import ALIKE, Twin
from cnn_core.ablation.asked import Asked, channel_mean, class_score, scores_node
from cnn_core.ablation.layer import LayerAblation
from cnn_core.ablation.mutes import Muted, Mutes, Total
from cnn_core.ablation.table import ChannelRow, LayerTable

__all__ = [
    "ALIKE",
    "Asked",
    "ChannelRow",
    "LayerAblation",
    "LayerTable",
    "Muted",
    "Mutes",
    "Total",
    "Twin",
    "channel_mean",
    "class_score",
    "scores_node",
]
