"""What became of a message, where the answer was lost; and what the books know of messages."""

from collections.abc import Mapping

from channels.whatsapp_linked.calls import words
from channels.whatsapp_linked.client import AnswerLost, Gateway, GatewayError, in_path
from channels.whatsapp_linked.names import full_name, read_name
from channels.whatsapp_linked.outcomes import is_missing
from sales.ids import ConversationId
from sales.messages import Content, MessageKind
from sales.outbox import Row
from sales.ports import Transactions
from sales.views.outgoing import Receiver, last_heard
from sales.views.said import unknown_among, written_by_us

LOOKED_AT = 30
"""Our newest messages in a chat that are compared."""
TOLERANCE = 60
"""Seconds by which clocks may differ."""


class Lookup:
    def __init__(self, gateway: Gateway, transactions: Transactions) -> None:
        self._gateway = gateway
        self._transactions = transactions

    async def is_ours(self, conversation_id: ConversationId, external_id: str) -> bool:
        return await self._transactions.read(written_by_us(conversation_id, external_id))

    async def last_heard(self, conversation_id: ConversationId) -> str | None:
        """Calls are no messages of WhatsApp's."""
        found = await self._transactions.read(last_heard(conversation_id))
        return None if found is None or found.startswith("call:") else found

    async def sent(self, to: Receiver, own_id: str, content: Content, row: Row) -> str | None:
        """The id of what an earlier attempt of this row sent; ``None``: nothing, as far as the gateway knows.

        Files can't be given an id, nor can anything on some engines: there, one of our newest messages that says the
        same and that the books don't know is it. Raises ``GatewayError``: nobody knows, so nothing is sent.
        """
        if content.kind is MessageKind.TEXT and await self._exists(to, own_id):
            return own_id
        same = [name for name in await self._newest(to, row) if _says(name[1], content)]
        unknown = await self._transactions.read(unknown_among(to.conversation_id, [name for name, _ in same]))
        return unknown[-1] if unknown else None

    async def _exists(self, to: Receiver, own_id: str) -> bool:
        name = in_path(full_name(True, to.address, own_id))
        try:
            path = self._gateway.path(f"chats/{in_path(to.address)}/messages/{name}")
            return id_in(await self._gateway.get(path, {"downloadMedia": "false"})) == own_id
        except GatewayError as error:
            if is_missing(error):
                return False
            raise

    async def _newest(self, to: Receiver, row: Row) -> list[tuple[str, Mapping[str, object]]]:
        """Ours since the row was made, the newest first, each with its bare id."""
        since = max(0, row.created_at // 1000 - TOLERANCE)
        about = {"limit": str(LOOKED_AT), "downloadMedia": "false", "filter.fromMe": "true"}
        path = self._gateway.path(f"chats/{in_path(to.address)}/messages")
        found = await self._gateway.get(path, {**about, "filter.timestamp.gte": str(since)})
        if not isinstance(found, list):
            raise AnswerLost("no list of messages")
        return [(name, item) for item in found if isinstance(item, Mapping) and (name := id_in(item)) is not None]


def id_in(answer: object) -> str | None:
    """The bare id of a message; engines answer with ``id`` (GOWS), ``key.id`` (NOWEB), ``id._serialized`` (WEBJS)."""
    if not isinstance(answer, Mapping):
        return None
    found, key = answer.get("id"), answer.get("key")
    if isinstance(found, Mapping):
        found = found.get("_serialized") or found.get("id")
    if found is None and isinstance(key, Mapping):
        found = key.get("id")
    name = read_name(found) if isinstance(found, str) else None
    return name.id if name is not None else None


def _says(item: Mapping[str, object], content: Content) -> bool:
    """A text that says the same; a file with the same words."""
    return item.get("hasMedia") is (content.file is not None) and (item.get("body") or "") == words(content)
