"""What each channel of a layer is worth: muted in turn, on one image or on many that have classes."""

from cnn_core.ablation.asked import Asked, channel_mean, class_score, scores_node
from cnn_core.ablation.mutes import Muted, Mutes, Total

__all__ = ["Asked", "Muted", "Mutes", "Total", "channel_mean", "class_score", "scores_node"]
