"""The approved templates of an account, kept for a few minutes.

Left out are those that staff could not fill in: with a picture or a film on top, with several cards, with a code that
only a program knows. (Their sending is allowed; it is the choosing that makes no sense.)
"""

import asyncio
import re
from collections.abc import Sequence

from channels.reading import Anomalous, Node
from channels.whatsapp_cloud.account import BusinessAccount, pages
from channels.whatsapp_cloud.client import GraphClient, WhatsAppError
from sales.errors import Unavailable
from sales.ports.channels import Template, TemplateVariable

KEPT = 300.0
"""Seconds. A change is told by a webhook besides, where the app is subscribed to it."""
_FIELDS = "name,language,status,category,components,parameter_format"
_BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_FILLED_IN = frozenset({"HEADER", "BODY", "FOOTER", "BUTTONS"})
_PLAIN_BUTTONS = frozenset({"QUICK_REPLY", "URL", "PHONE_NUMBER", "COPY_CODE"})


class Templates:
    """One account's. Whoever asks while they are fetched waits for the same answer."""

    def __init__(self, graph: GraphClient, account: BusinessAccount) -> None:
        self._graph = graph
        self._account = account
        self._kept: tuple[Template, ...] = ()
        self._until = float("-inf")
        self._fetching = asyncio.Lock()

    def forget(self) -> None:
        """They have changed."""
        self._until = float("-inf")

    async def all(self) -> Sequence[Template]:
        """Raises ``Unavailable``."""
        async with self._fetching:
            now = asyncio.get_running_loop().time()
            if now >= self._until:
                self._kept = await self._fetch()
                self._until = now + KEPT
            return self._kept

    async def _fetch(self) -> tuple[Template, ...]:
        try:
            path = f"{await self._account.id()}/message_templates"
            nodes = [node async for node in pages(self._graph, path, fields=_FIELDS, status="APPROVED", limit="100")]
        except (WhatsAppError, Anomalous) as error:
            raise Unavailable(f"the templates can't be had now: {error}") from error
        read = [template for node in nodes if (template := read_template(node)) is not None]
        return tuple(sorted(read, key=lambda template: (template.name, template.language)))


def read_template(node: Node) -> Template | None:
    """``None`` for one that may not be sent, or can't be filled in by a person."""
    try:
        return _template(node) if node.text("status") == "APPROVED" else None
    except Anomalous:
        return None


def _template(node: Node) -> Template | None:
    parts = {part.text("type").upper(): part for part in node.nodes("components")}
    body, header = parts.get("BODY"), parts.get("HEADER")
    if body is None or not parts.keys() <= _FILLED_IN or (header is not None and header.text("format") != "TEXT"):
        return None
    buttons = list(parts["BUTTONS"].nodes("buttons")) if "BUTTONS" in parts else []
    if any(button.text("type") not in _PLAIN_BUTTONS for button in buttons):
        return None
    variables = [*_variables(header, "header"), *_variables(body, "body"), *_button_variables(buttons)]
    return Template(
        node.text("name"),
        node.text("language"),
        node.maybe_text("category") or "",
        body.text("text"),
        header.text("text") if header is not None else "",
        (parts["FOOTER"].maybe_text("text") or "") if "FOOTER" in parts else "",
        tuple(variables),
        tuple(button.maybe_text("text") or "" for button in buttons),
    )


def _variables(part: Node | None, section: str) -> list[TemplateVariable]:
    """Each blank once, in the order of the text."""
    if part is None:
        return []
    names = list(dict.fromkeys(_BLANK.findall(part.text("text"))))
    examples = _examples(part, section)
    return [
        TemplateVariable(f"{section}.{name}", examples.get(name, examples.get(str(place), "")))
        for place, name in enumerate(names, 1)
    ]


def _examples(part: Node, section: str) -> dict[str, str]:
    """``body_text`` is a list of lists, ``header_text`` a list; named blanks have their names beside."""
    example = part.maybe_node("example")
    if example is None:
        return {}
    named = {one.text("param_name"): one.text("example") for one in example.nodes(f"{section}_text_named_params")}
    told = example.fields.get(f"{section}_text")
    rows = told[0] if isinstance(told, list) and told and isinstance(told[0], list) else told
    listed = rows if isinstance(rows, list) else []
    return named or {str(place): text for place, text in enumerate(listed, 1) if isinstance(text, str)}


def _button_variables(buttons: Sequence[Node]) -> list[TemplateVariable]:
    found = []
    for place, button in enumerate(buttons):
        told = button.fields.get("example")
        first = told[0] if isinstance(told, list) and told else told
        example = first if isinstance(first, str) else ""
        if button.text("type") == "COPY_CODE":
            found.append(TemplateVariable(f"button.{place}.coupon_code", example))
        elif _BLANK.search(button.maybe_text("url") or ""):
            found.append(TemplateVariable(f"button.{place}.1", example))
    return found
