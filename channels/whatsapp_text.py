"""What leaves for WhatsApp: there formatting is written in the text itself."""

from dataclasses import replace

from sales.marks import marked
from sales.views.outgoing import Part


def with_marks(part: Part) -> Part:
    """The same, with its entities in the words."""
    content = part.content
    if not content.entities:
        return part
    return replace(part, content=replace(content, text=marked(content.text, content.entities), entities=()))
