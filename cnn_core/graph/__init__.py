"""Networks as graphs: what they are, how they run, how they are differentiated and explained."""

from cnn_core.graph.backward import GraphGradients, backward
from cnn_core.graph.explain import ExplainedValue, explain
from cnn_core.graph.field import Box, ReceptiveField, field_box, receptive_field
from cnn_core.graph.graph import Graph, Node
from cnn_core.graph.trace import NodeRecord, Trace, forward

__all__ = [
    "Box",
    "ExplainedValue",
    "Graph",
    "GraphGradients",
    "Node",
    "NodeRecord",
    "ReceptiveField",
    "Trace",
    "backward",
    "explain",
    "field_box",
    "forward",
    "receptive_field",
]
