"""Bodies as Kommo sends them (PLATFORMS.md D), with made-up people in them."""

import json
from pathlib import Path

from crm.reading import Node

PLACE = Path(__file__).parent / "payloads"


def raw(name: str) -> bytes:
    return (PLACE / name).read_bytes()


def body(name: str) -> object:
    found: object = json.loads(raw(f"{name}.json"))
    return found


def node(name: str) -> Node:
    return Node(body(name), name)
