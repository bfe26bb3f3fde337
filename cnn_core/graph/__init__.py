"""Networks as graphs: what they are, how they run, how they are differentiated and explained."""

from cnn_core.graph.backward import GraphGradients, backward
from cnn_core.graph.edits import Edit, Region, edited, edited_nodes, goes_round, untouched
from cnn_core.graph.effective import effective_field
from cnn_core.graph.explain import ExplainedValue, explain
from cnn_core.graph.field import ReceptiveField, field_box, receptive_field, receptive_fields
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.places import Box, bounds
from cnn_core.graph.reach import projective_field
from cnn_core.graph.reads import InputReads, input_reads
from cnn_core.graph.sharing import ParameterCounts, dense_weights, parameter_counts
from cnn_core.graph.statistics import ChannelStatistics, Statistics, channel_statistics, statistics
from cnn_core.graph.trace import NodeRecord, Trace, forward

__all__ = [
    "Box",
    "ChannelStatistics",
    "Edit",
    "ExplainedValue",
    "Graph",
    "GraphGradients",
    "InputReads",
    "Node",
    "NodeRecord",
    "ParameterCounts",
    "ReceptiveField",
    "Region",
    "Statistics",
    "Trace",
    "backward",
    "bounds",
    "channel_statistics",
    "dense_weights",
    "edited",
    "edited_nodes",
    "effective_field",
    "explain",
    "field_box",
    "forward",
    "goes_round",
    "input_reads",
    "parameter_counts",
    "projective_field",
    "receptive_field",
    "receptive_fields",
    "statistics",
    "untouched",
]
