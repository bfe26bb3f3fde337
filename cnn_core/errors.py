"""Every error the core raises, so that a caller can catch one thing.

    CnnError
    ├── ShapeError            arrays or layers whose shapes do not fit
    ├── GraphError            a network that is no acyclic graph of known inputs
    ├── UnsupportedOperator   a layer kind or operator that does not exist here
    ├── UnknownModel          a model name that is not registered
    ├── BadInput              an image tensor that cannot be computed on (NaN, infinity)
    ├── BadModelFile          weights or a graph file that is damaged or does not fit
    │   └── ModelLimit        a file that is larger, or asks for more, than its reader allows
    ├── BadDataset            data that cannot be trained or evaluated on
    ├── BadAtlas              an atlas that is damaged, or is of another network
    ├── DiskFull              results that there is no room for
    ├── BadRecipe             training settings that make no sense, or do not suit the network
    └── TrainingFailed        a run that cannot go on (non-finite loss, unusable checkpoint)

A message says who complains, what was wanted and what came:
``conv2d: x must have 3 channels, got 4``.
"""

__all__ = [
    "BadAtlas",
    "BadDataset",
    "BadInput",
    "BadModelFile",
    "BadRecipe",
    "CnnError",
    "DiskFull",
    "GraphError",
    "ModelLimit",
    "ShapeError",
    "TrainingFailed",
    "UnknownModel",
    "UnsupportedOperator",
]


class CnnError(Exception):
    """Anything that goes wrong in the core for a reason its caller can act on."""


class ShapeError(CnnError, ValueError):
    """Arrays or layers whose shapes do not fit together."""


class GraphError(CnnError, ValueError):
    """A network that is no acyclic graph: a cycle, a missing input, a name used twice."""


class UnsupportedOperator(CnnError, LookupError):
    """A layer kind that is not registered; the message lists those that are."""


class UnknownModel(CnnError, LookupError):
    """A model name that is not registered; the message lists those that are."""


class BadInput(CnnError, ValueError):
    """An image or tensor that cannot be computed on."""


class BadModelFile(CnnError, ValueError):
    """A weights or graph file that is damaged, or does not fit its architecture."""


class ModelLimit(BadModelFile):
    """A graph file that is larger than allowed, or asks for more nodes, numbers or memory than allowed."""


class BadDataset(CnnError, ValueError):
    """A data set that cannot be read, or not be used for what was asked."""


class BadAtlas(CnnError, ValueError):
    """An atlas that is damaged, of another format, or of other weights than it is wanted for."""


class DiskFull(CnnError, RuntimeError):
    """There is no room to write; what was written stays, and the work can be taken up again."""


class BadRecipe(CnnError, ValueError):
    """Training settings that make no sense, or that the network cannot be trained with."""


class TrainingFailed(CnnError, RuntimeError):
    """A training run that cannot go on; the last good checkpoint is whole."""
