"""Approved texts, filled in: how they read for the client, and what may stand in a blank."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict

from sales.errors import Invalid
from sales.messages import Content, MessageKind, TemplateUse
from sales.ports.channels import Template, TemplateVariable

_BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_GAPS = re.compile(r"[\n\t\r]| {5,}")
LONGEST_VALUE = 1024
"""Characters in one blank (PLATFORMS.md B5)."""


def rendered(template: Template, values: Mapping[str, str]) -> str:
    """As the client will read it; what has no value yet stays a blank."""
    parts = (_filled("header", template.header, values), _filled("body", template.body, values), template.footer)
    return "\n\n".join(part for part in parts if part)


def _filled(section: str, text: str, values: Mapping[str, str]) -> str:
    return _BLANK.sub(lambda blank: values.get(f"{section}.{blank[1]}", blank[0]), text)


def next_blank(template: Template, values: Mapping[str, str]) -> TemplateVariable | None:
    return next((one for one in template.variables if one.place not in values), None)


def clean_value(text: str) -> str:
    """One line, as WhatsApp demands. Raises ``Invalid``."""
    value = text.strip()
    if not value or len(value) > LONGEST_VALUE or _GAPS.search(value):
        raise Invalid("template_value")
    return value


def content_of(template: Template, values: Mapping[str, str]) -> Content:
    """Raises ``Invalid`` while a blank is left."""
    if next_blank(template, values) is not None:
        raise Invalid("template_value")
    parameters = tuple((one.place, values[one.place]) for one in template.variables)
    use = TemplateUse(template.name, template.language, parameters)
    return Content(MessageKind.TEXT, rendered(template, values), template=use)


def to_text(template: Template) -> str:
    """For a dialog."""
    return json.dumps(asdict(template), ensure_ascii=False)


def from_text(text: str) -> Template:
    data = json.loads(text)
    variables = tuple(TemplateVariable(**one) for one in data.pop("variables"))
    return Template(**{**data, "variables": variables, "buttons": tuple(data["buttons"])})
