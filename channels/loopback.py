"""Answers to test clients end here: they are made up, so nothing may reach the platform."""

from sales.outbox import Row, Sent


def loop_back(row: Row, parts: int = 1) -> Sent:
    """As if the platform had taken it, with ids that no platform gives."""
    return Sent(tuple(f"loop:{row.id}:{place}" for place in range(parts)))
