"""The picture that excites a channel most, made from noise.

>>> from cnn_core import load_model
>>> from cnn_core.visualise import visualise
>>> model = load_model("tiny_vgg")
>>> *_, last = visualise(model.graph, model.parameters, model.spec, "relu_1_1", 3)
>>> last.done, last.picture.shape
(True, (8, 8, 3))
"""

from cnn_core.visualise.ascent import Forming, visualise
from cnn_core.visualise.target import Target, target_of

__all__ = ["Forming", "Target", "target_of", "visualise"]
