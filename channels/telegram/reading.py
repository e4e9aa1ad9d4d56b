"""Reading raw JSON, as every mapping does it."""

from channels.reading import MOST, Anomalous, Node

__all__ = ["MOST", "Anomalous", "Node"]
