"""What every channel of a network detects: a folder of photos surveyed, and a card for each channel.

>>> from cnn_core.atlas import FolderPhotos, make_atlas, open_atlas
>>> atlas = make_atlas(load_model("resnet"), FolderPhotos.at("photos"), "atlases")  # doctest: +SKIP
>>> atlas.card("block_2_relu", 7).top[0]  # doctest: +SKIP
Patch(photo=411, value=7.97..., y=3, x=12, box=(-3, 33, 27, 63))
"""

from cnn_core.atlas.cards import Card, Partner, Patch, Twin
from cnn_core.atlas.jobs import Job, make_job, weights_digest
from cnn_core.atlas.layers import SurveyedLayer, surveyed_layers
from cnn_core.atlas.photos import CutPictures, FolderPhotos, Photos
from cnn_core.atlas.shards import Shard, Surveyor
from cnn_core.atlas.store import RARE, TWINS, Atlas, find_atlases, open_atlas
from cnn_core.atlas.survey import Made, Makers, Progress, Worker, in_this_process, make_atlas, survey
from cnn_core.atlas.threads import in_threads

open = open_atlas  # noqa: A001
"""The same as ``open_atlas``: ``cnn_core.atlas.open(folder)`` reads well."""

__all__ = [
    "RARE",
    "TWINS",
    "Atlas",
    "Card",
    "CutPictures",
    "FolderPhotos",
    "Job",
    "Made",
    "Makers",
    "Partner",
    "Patch",
    "Photos",
    "Progress",
    "Shard",
    "SurveyedLayer",
    "Surveyor",
    "Twin",
    "Worker",
    "find_atlases",
    "in_this_process",
    "in_threads",
    "make_atlas",
    "make_job",
    "open",
    "open_atlas",
    "survey",
    "surveyed_layers",
    "weights_digest",
]
