"""Message templates: which there are, whether what is sent fits, and what the person reads."""

from __future__ import annotations

import re
from typing import Any

from .accounts import Business, Template
from .errors import GraphError, missing

Json = dict[str, Any]

MAX_BODY = 1024
MAX_CODE = 15
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_MEDIA = ("IMAGE", "VIDEO", "DOCUMENT", "LOCATION")
_BAD_TEXT = re.compile(r"[\n\t]| {5,}")


def find(business: Business, sent: Json) -> Template:
    """The approved template that is named; GraphError 132001, 132015 or 132016."""
    name, language = sent["name"], sent["language"]["code"]
    for template in business.templates:
        if template.name == name and template.language == language:
            return _usable(template)
    raise GraphError(132001, f"template name ({name}) does not exist in {language}")


def _usable(template: Template) -> Template:
    status = template.body["status"]
    if status == "PAUSED":
        raise GraphError(132015, "Template is paused due to low quality so it cannot be sent.")
    if status == "DISABLED":
        raise GraphError(132016, "Template has been paused too many times and is now permanently disabled.")
    if status != "APPROVED":
        raise GraphError(132001, f"template name ({template.name}) does not exist in {template.language}")
    return template


def fill(template: Template, sent: Json) -> Json:
    """What the person gets: header, body, footer, buttons with all values in. Raises GraphError."""
    parts = list(sent.get("components") or [])
    shown: Json = {"name": template.name, "language": template.language, "buttons": []}
    for component in template.body["components"]:
        kind = component["type"].upper()
        if kind == "HEADER":
            shown["header"] = _header(component, _parameters(parts, "header"))
        elif kind == "BODY":
            shown["body"] = _text("body", component["text"], _parameters(parts, "body"), template)
        elif kind == "FOOTER":
            shown["footer"] = component["text"]
        elif kind == "BUTTONS":
            shown["buttons"] = [_button(at, button, parts) for at, button in enumerate(component["buttons"])]
    _none_left(template, parts)
    if len(shown.get("body", "")) > MAX_BODY:
        raise GraphError(132005, "Translated text too long: the body has more than 1024 characters.")
    return shown


def _parameters(parts: list[Json], kind: str) -> list[Json]:
    found = [part for part in parts if str(part["type"]).lower() == kind]
    return [parameter for part in found for parameter in part.get("parameters") or []]


def _header(component: Json, parameters: list[Json]) -> Json:
    wanted = component.get("format", "TEXT")
    if wanted not in _MEDIA:
        return {"type": "text", "text": _text("header", component["text"], parameters, None)}
    got = str(parameters[0].get("type", "")).upper() if parameters else "UNKNOWN"
    if got != wanted or len(parameters) > 1:
        raise GraphError(132012, f"header: Format mismatch, expected {wanted}, received {got}")
    kind = wanted.lower()
    media = parameters[0].get(kind)
    if not isinstance(media, dict) or (kind != "location" and not (media.get("id") or media.get("link"))):
        raise missing(f"{kind} of the header")
    return {"type": kind, kind: media}


def _text(what: str, text: str, parameters: list[Json], template: Template | None) -> str:
    names = list(dict.fromkeys(_VARIABLE.findall(text)))
    if len(parameters) != len(names):
        raise GraphError(
            132000,
            f"{what}: number of localizable_params ({len(parameters)}) does not match the expected number of params "
            f"({len(names)})",
        )
    values = [_value(parameter) for parameter in parameters]
    if template is not None and template.body.get("parameter_format") == "NAMED":
        values = _by_name(names, parameters)
    known = dict(zip(names, values, strict=True))
    return _VARIABLE.sub(lambda match: known[match.group(1)], text)


def _by_name(names: list[str], parameters: list[Json]) -> list[str]:
    given = {str(parameter.get("parameter_name", "")): _value(parameter) for parameter in parameters}
    if set(given) != set(names):
        raise GraphError(100, "Parameter name is missing or empty")
    return [given[name] for name in names]


def _value(parameter: Json) -> str:
    kind = parameter.get("type")
    if kind in ("currency", "date_time"):
        return str((parameter.get(kind) or {}).get("fallback_value", ""))
    if kind != "text":
        raise GraphError(132012, f"body: Format mismatch, expected TEXT, received {str(kind).upper()}")
    text = parameter.get("text")
    if not isinstance(text, str) or not text:
        raise GraphError(100, "Parameter 'text' is mandatory for component parameter type 'text'")
    if _BAD_TEXT.search(text):
        details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"
        raise GraphError(132018, details)
    return text


def _button(at: int, button: Json, parts: list[Json]) -> Json:
    given = [part for part in parts if part["type"] == "button" and str(part.get("index")) == str(at)]
    parameters = [item for part in given for item in part.get("parameters") or []]
    shown = {"type": button["type"], "text": button.get("text", "Copy code")}
    if button["type"] == "COPY_CODE":
        code = parameters[0].get("coupon_code") if len(parameters) == 1 else None
        if not isinstance(code, str) or not 1 <= len(code) <= MAX_CODE:
            raise GraphError(131008, f"buttons: Button at index {at} of type CopyCode requires a coupon_code")
        return shown | {"code": code}
    if button["type"] == "QUICK_REPLY":
        return shown | {"payload": parameters[0].get("payload", "") if parameters else button["text"]}
    if button["type"] == "URL" and _VARIABLE.search(button["url"]):
        if len(parameters) != 1:
            raise GraphError(131008, f"buttons: Button at index {at} of type Url requires a parameter")
        return shown | {"url": _VARIABLE.sub(lambda _: _value(parameters[0]), button["url"])}
    return shown | {name: button[name] for name in ("url", "phone_number") if name in button}


def _none_left(template: Template, parts: list[Json]) -> None:
    """Values for components that the template does not have are refused, too."""
    has = {component["type"].lower() for component in template.body["components"]}
    for part in parts:
        kind = str(part["type"]).lower()
        if kind not in ("header", "body", "button"):
            raise GraphError(132012, f"Unexpected component type {kind}")
        if part.get("parameters") and (kind if kind != "button" else "buttons") not in has:
            raise GraphError(132000, f"{kind}: number of params does not match the expected number of params (0)")
